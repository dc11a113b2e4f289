"""JSON as records use it, read and written by compiled code: integers of any size, no decimals, keys in order.

A short cut, never a second opinion: what it does not read or write exactly like the standard library is done again there
(docs/decisions/0034-reading-json.md)."""

from typing import Any, NoReturn

import msgspec


def _no_float(text: str) -> NoReturn:
    raise ValueError(f"not an integer: {text[:20]}")


_DECODER = msgspec.json.Decoder(float_hook=_no_float)
_ENCODER = msgspec.json.Encoder(order="deterministic")


def read_exact(text: str | bytes) -> Any:
    """The value of a JSON text without decimals; raises ValueError or RecursionError for anything else."""
    return _DECODER.decode(text)


def canonical_bytes(value: Any) -> bytes:
    """The canonical text of a value that was read from JSON, in UTF-8."""
    return _ENCODER.encode(value)


def canonical_value(text: str) -> Any:
    """The value written in this text when the text is its canonical form, otherwise None (null included)."""
    try:
        value = _DECODER.decode(text)
        return value if _ENCODER.encode(value) == text.encode() else None
    except (ValueError, TypeError, RecursionError):
        return None
