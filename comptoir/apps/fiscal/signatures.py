"""ECDSA P-256 signatures as tills make them: raw r||s, base64url without padding, 86 characters.

A signature must re-encode to the very text that was received: the text enters the next record's digest, so a second
spelling of the same bytes would be a second truth. Python's `cryptography` wants DER; the conversion is here."""

import base64
import binascii
import hashlib

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

SIGNATURE_CHARACTERS = 86
_STANDARD = bytes.maketrans(b"-_+/", b"+/\xff\xff")  # the other alphabet's own signs become no signs at all
_decoded, _whole = binascii.a2b_base64, int.from_bytes
_SEQUENCE, _INTEGER = (b"\x30\x44", b"\x30\x45", b"\x30\x46"), (b"\x02\x20", b"\x02\x21\x00")  # DER, by sign bits set
ES256 = ec.ECDSA(hashes.SHA256())


class KeyRefused(ValueError):
    """The bytes are not a P-256 public key in SubjectPublicKeyInfo form."""


def base64url(raw: bytes) -> str:
    """Base64url without padding, the only spelling used in sealed records."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def thumbprint(spki: bytes) -> str:
    """The key's identifier: base64url SHA-256 of its SubjectPublicKeyInfo in DER."""
    return base64url(hashlib.sha256(spki).digest())


def load_public_key(spki: bytes) -> ec.EllipticCurvePublicKey:
    """The P-256 key held in these DER bytes; raises KeyRefused for anything else, other curves included."""
    try:
        key = serialization.load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm) as problem:
        raise KeyRefused("not a DER public key") from problem
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
        raise KeyRefused("not a P-256 key")
    return key


def public_bytes(key: ec.EllipticCurvePublicKey) -> bytes:
    """The key as SubjectPublicKeyInfo in DER."""
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def signature_der(signature: str) -> bytes:
    """The DER form of a raw base64url signature; raises ValueError when the text is not its own canonical spelling."""
    if len(signature) != SIGNATURE_CHARACTERS or signature[-1] not in "AQgw":  # four unused bits, zero in one spelling
        raise ValueError("not a signature")
    raw = _decoded(signature.encode("ascii").translate(_STANDARD) + b"==", strict_mode=True)
    return encode_dss_signature(_whole(raw[:32], "big"), _whole(raw[32:], "big"))


def signature_holds(key: ec.EllipticCurvePublicKey, *, text: str, signature: str) -> bool:
    """Whether this signature, in this very spelling, is the key's over the UTF-8 bytes of the text."""
    try:
        key.verify(signature_der(signature), text.encode("utf-8", "surrogatepass"), ES256)
    except (InvalidSignature, ValueError):
        return False
    return True


def sign(key: ec.EllipticCurvePrivateKey, *, text: str) -> str:
    """The key's signature over the UTF-8 bytes of the text, as sealed records carry it."""
    r, s = decode_dss_signature(key.sign(text.encode("utf-8"), ES256))
    return base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
