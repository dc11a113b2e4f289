"""The rows that follow from sealed bodies: written at reception, recomputed and compared by `verify`. Pure."""

import json
import unicodedata
from typing import Any

from .sealed import Sealed

Row = tuple[Any, ...]
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def compact(value: Any) -> str:
    """Canonical text of a value that came out of a canonical body."""
    return _ENCODER.encode(value)


def sealable(value: Any) -> Any:
    """The value with every text in it as sealed records may hold it: composed (NFC), without NUL and lone surrogates.

    Tills do the same before they seal; what reaches the server's own seals was typed or pasted in an office."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value.encode("utf-8", "replace").decode("utf-8").replace("\x00", ""))
    if isinstance(value, dict):
        return {sealable(key): sealable(one) for key, one in value.items()}
    return [sealable(one) for one in value] if isinstance(value, (list, tuple)) else value


def record_row(sealed: Sealed, *, received_at: str) -> Row:
    """A row of RECORDS."""
    body, chain = sealed.body, sealed.chain
    return (
        sealed.id, chain.name, sealed.seq, chain.type, chain.register, chain.generation, body["key"], sealed.text,
        sealed.to_sign, sealed.signature, body["business_date"], body["session"], body["at"], received_at,
    )  # fmt: skip


def event_row(sealed: Sealed) -> Row:
    """A row of EVENTS; raises KeyError or TypeError on a body that is not an event."""
    body, operator = sealed.body, sealed.body["operator"]
    return (
        sealed.id, body["code"], body["label"], compact(body["detail"]), sealed.chain.register, operator["id"],
        operator["name"], body["business_date"], body["at"],
    )  # fmt: skip
