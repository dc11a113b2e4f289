"""Reading a sealed record without trusting it: spelling, head, string to sign, signature. Pure: no database, no clock.

Reception and `verify` use the same reading, so what one accepts the other cannot call wrong."""

import hashlib
import json
import unicodedata
from datetime import date
from typing import Any, NamedTuple, NoReturn

from cryptography.hazmat.primitives.asymmetric import ec

from comptoir.engine.checks import Refusal
from comptoir.engine.seal import prefix_of

from .chains import Chain, parse_chain
from .exact_json import canonical_value
from .signatures import signature_holds
from .spellings import DATE, INSTANT, UUID, UUID7

ENVELOPE_FIELDS = ("id", "chain", "seq", "type", "body", "to_sign", "signature")


class Fault(Exception):
    """What is wrong with a sealed record: a code for programs, a detail for the person who must look at it."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class Sealed(NamedTuple):
    """A record that reads well: its parts as received, its body as an object, the signature it claims to follow."""

    id: str
    chain: Chain
    seq: int
    body: dict[str, Any]
    text: str
    to_sign: str
    signature: str
    previous: str

    @property
    def envelope(self) -> dict[str, Any]:
        """The record as it travels."""
        return {
            "id": self.id, "chain": self.chain.name, "seq": self.seq, "type": self.chain.type, "body": self.text,
            "to_sign": self.to_sign, "signature": self.signature,
        }  # fmt: skip

    @property
    def key_place(self) -> tuple[str, int]:
        """Register and generation: which sealing key must have signed."""
        return self.chain.register, self.chain.generation


def read_sealed(envelope: dict[str, Any]) -> Sealed:
    """The record in an envelope whose fields have the right types. The signature is not checked here.

    Raises Fault: `unreadable` (not canonical text, not a known chain or format), `head_differs` (the body says
    something else than its envelope), `to_sign_differs` (the signed string does not follow from the body)."""
    chain = parse_chain(envelope["chain"]) or _unreadable(f"chaîne inconnue {envelope['chain'][:60]}")
    text = envelope["body"]
    body = _canonical_object(text)
    _check_head(envelope, chain=chain, body=body)
    to_sign = envelope["to_sign"]
    parts = to_sign.rsplit(",", 2)
    if len(parts) != 3:
        raise Fault("to_sign_differs", "chaîne signée incomplète")
    if parts[2] != hashlib.sha256(text.encode("utf-8")).hexdigest():
        raise Fault("to_sign_differs", "empreinte du contenu")
    try:
        expected = prefix_of(body, not parts[1])
    except Refusal as refusal:
        raise Fault("unreadable", f"{refusal.code} {refusal.path}") from refusal
    if parts[0] != expected:
        raise Fault("to_sign_differs", "valeurs signées")
    return Sealed(envelope["id"], chain, envelope["seq"], body, text, to_sign, envelope["signature"], parts[1])


def check_signature(sealed: Sealed, *, key: ec.EllipticCurvePublicKey) -> None:
    """Raises Fault("bad_signature") unless the key signed exactly this text."""
    if not signature_holds(key, text=sealed.to_sign, signature=sealed.signature):
        raise Fault("bad_signature")


def signature_digest(signature: str) -> str:
    """SHA-256 of a signature's text: how a Z and the anchors name the head of a chain."""
    return hashlib.sha256(signature.encode("ascii", "replace")).hexdigest()


def _unreadable(detail: str) -> NoReturn:
    raise Fault("unreadable", detail)


def _no_float(text: str) -> NoReturn:
    _unreadable(f"nombre non entier {text[:20]}")


# Made once: json.loads and json.dumps with options make a new one at each call.
_DECODER = json.JSONDecoder(parse_float=_no_float, parse_constant=_no_float)
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _canonical_object(text: str) -> dict[str, Any]:
    """The object written in this text, provided that it is its canonical form (which also excludes double keys)."""
    body = canonical_value(text)
    if not isinstance(body, dict):
        body = _slowly_read(text)
    if not _is_composed(text):
        _unreadable("forme non canonique")
    if "\\u0000" in text:
        _unreadable("caractère nul")
    return body


def _is_composed(text: str) -> bool:
    """Whether the text is in NFC. No sign of Latin-1 can be composed with another: looking for them alone is quick."""
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return unicodedata.is_normalized("NFC", text)
    return True


def _slowly_read(text: str) -> dict[str, Any]:
    """The same by the standard library, whose word is the rule; it also says what is wrong."""
    try:
        body = _DECODER.decode(text)
        again = _ENCODER.encode(body)
        text.encode()  # half a surrogate pair has no UTF-8: nothing could be computed of it
    except (ValueError, RecursionError) as problem:
        raise Fault("unreadable", "contenu illisible") from problem
    if not isinstance(body, dict):
        _unreadable("contenu illisible")
    if again != text:
        _unreadable("forme non canonique")
    return body


def _check_head(envelope: dict[str, Any], *, chain: Chain, body: dict[str, Any]) -> None:
    said = (body.get("id"), body.get("chain"), body.get("seq"), body.get("register"), body.get("generation"))
    if said != (envelope["id"], envelope["chain"], envelope["seq"], chain.register, chain.generation):
        raise Fault("head_differs", "identité, chaîne ou numéro")
    if envelope["type"] != chain.type or body.get("alg") != "ES256":
        raise Fault("head_differs", "type ou algorithme")
    if not UUID7.fullmatch(envelope["id"]):
        _unreadable("identifiant")
    if chain.type != "training" and body.get("format") != f"{chain.type}/1":
        raise Fault("unreadable", f"format {str(body.get('format'))[:40]}")
    if (body.get("training") is True) != (chain.type == "training"):
        raise Fault("head_differs", "formation")
    _check_dates(body)


def _check_dates(body: dict[str, Any]) -> None:
    at, business_date, session = body.get("at"), body.get("business_date"), body.get("session")
    if not isinstance(at, str) or not INSTANT.fullmatch(at):
        _unreadable("date et heure")
    if not isinstance(business_date, str) or not DATE.fullmatch(business_date):  # 20261122 is a date to Python too
        _unreadable("date")
    try:
        date.fromisoformat(at[:10])
        date.fromisoformat(business_date)
    except ValueError as problem:
        raise Fault("unreadable", "date") from problem
    if session is not None and not (isinstance(session, str) and UUID.fullmatch(session)):
        _unreadable("session")
