"""Sealed tickets as papers for whoever holds them: the copy sent by mail, the page behind the QR code.

A copy is drawn by the engine from what was sealed alone. Its public address holds a token made of the signature, which
nobody can guess and which needs no table: base64url of SHA-256 of the signature, first 22 characters (132 bits)."""

import base64
import hashlib
import hmac
import json
from typing import Any

from comptoir import __version__
from comptoir.apps.fiscal.models import Record
from comptoir.apps.fiscal.queries import record_by_number
from comptoir.apps.settings.queries import main_establishment, shop
from comptoir.engine.door import call

TOKEN_CHARACTERS = 22


def receipt_token(signature: str) -> str:
    """The last part of a copy's public address."""
    digest = hashlib.sha256(signature.encode("ascii", "replace")).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii")[:TOKEN_CHARACTERS]


def ticket_of_token(number: str, *, token: str) -> Record | None:
    """The ticket `C1-1-412` when the token is its own, otherwise None; the comparison takes the same time either way."""
    place, _dash, seq = number.rpartition("-")
    plain = seq.isascii() and seq.isdigit() and len(seq) <= 15
    record = record_by_number(f"{place}-ticket", seq=int(seq)) if plain else None
    expected = receipt_token(record.signature if record is not None else "")
    if not hmac.compare_digest(expected.encode(), token.encode("utf-8", "replace")):
        return None
    return record


def ticket_paper(record: Record, *, duplicate: int = 0) -> dict[str, Any]:
    """`receipt/1` of a ticket; `duplicate` n prints DUPLICATA n. Raises ValueError when the record can no longer be read."""
    place = main_establishment()
    request = {
        "kind": "ticket", "shop": shop(place, software=f"Comptoir {__version__}"), "record": json.loads(record.body),
        "signature": record.signature, "duplicate": duplicate,
    }  # fmt: skip
    answer = json.loads(call("receipt", json.dumps(request)))
    if "error" in answer:
        raise ValueError(f"unreadable record {record.chain} {record.seq}")
    return answer
