"""The rows that follow from sealed cash records and from the cash part of tickets. Pure.

Accounts: `drawer/<register>` while a session runs, `float/<register>` between two sessions, `sales`, `outside` for
money put in or taken out, `difference` for what a count found missing (or too much), `safe/1` and others (accounts.py)."""

from typing import Any

from comptoir.apps.fiscal.projection import compact
from comptoir.apps.fiscal.sealed import Sealed

from .accounts import between_sessions, drawer, other_side

Row = tuple[Any, ...]


def derived_id(record: str, *, place: int) -> str:
    """The id of the n-th transfer that a record causes: the record's own with its last digits moved by n, so that it is
    the same at each replay and stays close to it in the index."""
    tail = (int(record[-12:], 16) + place) % (1 << 48)
    return f"{record[:-12]}{tail:012x}"


def first_transfer_id(record: str) -> tuple[str, ...]:
    """The ids under which `verify` looks for the transfers of a record that causes one at most."""
    return (derived_id(record, place=1),)


def transfer_ids(record: str) -> tuple[str, ...]:
    """The same for a record that may cause two."""
    return derived_id(record, place=1), derived_id(record, place=2)


def transfer(
    record: str, *, place: int, source: str, target: str, amount_minor: int, code: str, at: str, recorded_at: str
) -> Row:
    """A row of TRANSFERS for a signed amount: a negative one goes the other way."""
    if amount_minor < 0:
        source, target, amount_minor = target, source, -amount_minor
    return derived_id(record, place=place), source, target, amount_minor, code, record, at, recorded_at


def ticket_transfers(sealed: Sealed, *, recorded_at: str) -> list[Row]:
    """Cash that a ticket brings into its drawer: what cash tenders settle, less the change given for other tenders."""
    body = sealed.body
    kinds = {tender["code"]: tender["kind"] for tender in body["settle"]["types"]}
    amount_minor = 0
    for payment in body["settled"]["payments"]:
        if kinds[payment["type"]] == "cash":
            amount_minor += payment["amount_minor"]
        else:
            amount_minor -= payment["change_minor"]
    if not amount_minor:
        return []
    return [
        transfer(
            sealed.id, place=1, source="sales", target=drawer(sealed.chain.register), amount_minor=amount_minor,
            code="sale", at=body["at"], recorded_at=recorded_at,
        )
    ]  # fmt: skip


def cash_transfers(sealed: Sealed, *, recorded_at: str) -> list[Row]:
    """The move that a cash record states; a count moves nothing. The reason says which account stands opposite."""
    body, register = sealed.body, sealed.chain.register
    if body["kind"] == "count" or not body["amount_minor"]:
        return []
    opening = body["kind"] == "opening"
    source = between_sessions(register) if opening else other_side(register, reason=body.get("reason"))
    amount_minor = -body["amount_minor"] if body["kind"] == "out" else body["amount_minor"]
    return [
        transfer(
            sealed.id, place=1, source=source, target=drawer(register), amount_minor=amount_minor,
            code=body["kind"], at=body["at"], recorded_at=recorded_at,
        )
    ]  # fmt: skip


def entry_row(sealed: Sealed) -> Row:
    """A row of ENTRIES; raises KeyError or TypeError on a body that is not a cash record."""
    body, chain, operator = sealed.body, sealed.chain, sealed.body["operator"]
    return (
        sealed.id, chain.name, sealed.seq, chain.register, chain.generation, body["session"], body["business_date"],
        body["at"], body["kind"], body["amount_minor"], body.get("reason"), body["label"], operator["id"],
        operator["name"], compact(body.get("pieces") or []), compact(body.get("counted") or []),
    )  # fmt: skip


def session_row(sealed: Sealed) -> Row:
    """A row of SESSIONS, for a cash record of kind `opening`."""
    body, chain, operator = sealed.body, sealed.chain, sealed.body["operator"]
    return (
        body["session"], sealed.id, chain.register, chain.generation, body["business_date"], body["at"], operator["id"],
        operator["name"], body["amount_minor"],
    )  # fmt: skip


def closing_row(sealed: Sealed, *, disagreements: list[dict[str, Any]], booked_at: str) -> Row:
    """A row of CLOSINGS; `disagreements` is what the server's own sums found different."""
    body, chain, operator = sealed.body, sealed.chain, sealed.body["operator"]
    return (
        sealed.id, chain.name, sealed.seq, chain.register, chain.generation, body["business_date"], body["opened_at"],
        body["at"], operator["id"], operator["name"], body["first_seq"], body["last_seq"],
        body["report"]["tickets"]["count"], body["total_minor"], body["perpetual_algebraic_minor"],
        body["perpetual_absolute_minor"], not disagreements, compact(disagreements), booked_at,
    )  # fmt: skip


def closing_tender_rows(sealed: Sealed) -> list[Row]:
    """Rows of CLOSING_TENDERS: what was expected, counted, different and explained, tender by tender."""
    said = {row["tender"]: row["text"] for row in sealed.body["explanations"]}
    return [
        (sealed.id, row["tender"], row["expected_minor"], row["counted_minor"], row["difference_minor"],
         said.get(row["tender"], ""))
        for row in sealed.body["differences"]
    ]  # fmt: skip


def closing_session_rows(sealed: Sealed) -> list[Row]:
    """Rows of CLOSING_SESSIONS: the drawer sessions that a Z closes."""
    return [(sealed.id, session) for session in sealed.body["sessions"]]


def closing_transfers(sealed: Sealed, *, recorded_at: str) -> list[Row]:
    """The drawer after a Z: the counted cash waits for the next opening, what a count found missing is told apart."""
    body, register = sealed.body, sealed.chain.register
    expected, counted = expected_and_counted(body)
    moves = [
        (1, drawer(register), between_sessions(register), counted, "closing"),
        (2, drawer(register), "difference", expected - counted, "difference"),
    ]
    return [
        transfer(
            sealed.id, place=place, source=source, target=target, amount_minor=amount_minor, code=code, at=body["at"],
            recorded_at=recorded_at,
        )
        for place, source, target, amount_minor, code in moves
        if amount_minor
    ]  # fmt: skip


def expected_and_counted(body: dict[str, Any]) -> tuple[int, int]:
    """The cash that a Z expected in its drawer and what was counted there; what was not counted is held for right."""
    expected = body["report"]["cash"]["expected_minor"]
    cash = [row for row in body["differences"] if row["expected_minor"] == expected and _is_cash(body, row["tender"])]
    return expected, cash[0]["counted_minor"] if cash else expected


def _is_cash(body: dict[str, Any], tender: str) -> bool:
    kinds = {row["code"]: row["kind"] for row in body["report"]["tenders"]}
    return kinds.get(tender, "cash") == "cash"


def period_row(sealed: Sealed) -> Row:
    """A row of PERIODS."""
    body, chain, operator, totals = sealed.body, sealed.chain, sealed.body["operator"], sealed.body["totals"]
    return (
        sealed.id, chain.type, chain.name, sealed.seq, body["period"]["first"], body["period"]["last"],
        totals["closings"], totals["tickets"], body["total_minor"], totals["net_minor"], totals["vat_minor"],
        totals["cash"]["difference_minor"], body["perpetual_algebraic_minor"], body["perpetual_absolute_minor"],
        operator["id"], operator["name"], body["at"],
    )  # fmt: skip


def period_range_rows(sealed: Sealed) -> list[Row]:
    """Rows of PERIOD_RANGES: the closings below, and the records that no Z covers."""
    ranges = [*sealed.body["ranges"], *sealed.body["uncovered"]]
    return [(sealed.id, one["chain"], one["first"], one["last"]) for one in ranges]
