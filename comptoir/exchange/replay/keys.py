"""A register's key pair outside a browser: ECDSA P-256, the same bytes as WebCrypto."""

import base64
import hashlib

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


class RegisterKey:
    """Signs with a private key that lives in this process only."""

    def __init__(self, private: ec.EllipticCurvePrivateKey | None = None) -> None:
        self._private = private or ec.generate_private_key(ec.SECP256R1())
        self.spki = self._private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.thumbprint = base64url(hashlib.sha256(self.spki).digest())

    @classmethod
    def from_seed(cls, seed: int) -> "RegisterKey":
        """The same key for the same seed: for simulations that must be repeatable."""
        digest = hashlib.sha512(b"comptoir soft till %d" % seed).digest()
        order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
        return cls(ec.derive_private_key(int.from_bytes(digest, "big") % (order - 1) + 1, ec.SECP256R1()))

    def sign(self, text: str) -> str:
        r, s = decode_dss_signature(self._private.sign(text.encode("utf-8"), ec.ECDSA(hashes.SHA256())))
        return base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))

    def public_base64(self) -> str:
        return base64.b64encode(self.spki).decode("ascii")
