"""The rows that follow from the office's cash records, sealed on `S-<n>-cash`. Pure.

A `sent` puts money on its way, a `received` takes it off: what arrived less goes to the account `difference`. A count
moves what it found different. Cheques are not cash: their slips move nothing in this ledger."""

from typing import Any

from comptoir.apps.fiscal.projection import compact
from comptoir.apps.fiscal.sealed import Sealed

from .accounts import DIFFERENCE
from .projection import Row, transfer


def office_row(sealed: Sealed) -> Row:
    """A row of OFFICE_MOVES."""
    body, operator = sealed.body, sealed.body["operator"]
    return (
        sealed.id, body["request"], sealed.chain.name, sealed.seq, body["business_date"], body["at"], body["kind"],
        body["from"], body["to"], body["amount_minor"], body["expected_minor"], body["reason"], body["label"],
        body["reference"], body["value_date"], body["origin"], operator["id"], operator["name"],
        compact(body["pieces"]),
    )  # fmt: skip


def cheque_rows(sealed: Sealed) -> list[Row]:
    """Rows of CHEQUES: what a slip lists."""
    return [
        (sealed.id, one["ticket"], one["payment"], one["chain"], one["seq"], one["sold_on"], one["amount_minor"], one["reference"])
        for one in sealed.body["cheques"]
    ]  # fmt: skip


def office_transfers(sealed: Sealed, *, recorded_at: str) -> list[Row]:
    """What the record moves between accounts; at most two transfers."""
    return [
        transfer(
            sealed.id, place=place, source=source, target=target, amount_minor=amount_minor, code=code,
            at=sealed.body["at"], recorded_at=recorded_at,
        )
        for place, source, target, amount_minor, code in _moves(sealed.body)
        if amount_minor
    ]  # fmt: skip


def _moves(body: dict[str, Any]) -> list[tuple[int, str, str, int, str]]:
    kind, source, target, amount_minor = body["kind"], body["from"], body["to"], body["amount_minor"]
    if kind in ("move", "sent"):
        return [(1, source, target, amount_minor, kind)]
    if kind == "received":
        missing = body["expected_minor"] - amount_minor
        return [(1, source, target, amount_minor, kind), (2, source, DIFFERENCE, missing, "difference")]
    if kind == "count":
        return [(2, source, DIFFERENCE, body["expected_minor"] - amount_minor, "difference")]
    return []
