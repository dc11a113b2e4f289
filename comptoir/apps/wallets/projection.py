"""The rows that follow from the credit-note tenders of a sealed ticket. Pure.

Accounts: `credit/<reference>` for each note, `sales` for the tickets that issue and take them."""

from datetime import date
from typing import Any, NamedTuple

from comptoir.apps.fiscal.sealed import Sealed

Row = tuple[Any, ...]


class WalletRows(NamedTuple):
    """Rows of CREDIT_NOTES and WALLET_TRANSFERS."""

    notes: list[Row]
    transfers: list[Row]


NOTHING = WalletRows([], [])


def account_of(reference: str) -> str:
    return f"credit/{reference}"


def wallet_rows(sealed: Sealed, *, recorded_at: str) -> WalletRows:
    """What a ticket does to credit notes: a negative tender under the ticket's own number issues one, another negative
    one gives value back, a positive one spends. Raises KeyError or TypeError on a body that is not a ticket."""
    body = sealed.body
    codes = {tender["code"] for tender in body["settle"]["types"] if tender["kind"] == "credit_note"}
    if not codes:
        return NOTHING
    own = f"A{sealed.chain.register}-{sealed.chain.generation}-{sealed.seq}"
    issued, transfers = 0, []
    for place, payment in enumerate(body["settled"]["payments"], start=1):
        amount_minor, reference = payment["amount_minor"], payment["reference"]
        if payment["type"] not in codes or not amount_minor:
            continue
        issues = amount_minor < 0 and reference == own
        issued -= amount_minor if issues else 0
        code = "issue" if issues else "spend" if amount_minor > 0 else "restore"
        transfers.append(_transfer(sealed, place, account_of(reference), amount_minor, code, recorded_at))
    if not issued:
        return WalletRows([], transfers)
    operator = body["operator"]
    note = (
        sealed.id, own, issued, body["at"], _day(body.get("credit_valid_until")), body["customer"], operator["id"],
        operator["name"],
    )  # fmt: skip
    return WalletRows([note], transfers)


def _transfer(sealed: Sealed, place: int, account: str, amount_minor: int, code: str, recorded_at: str) -> Row:
    source, target = (account, "sales") if amount_minor > 0 else ("sales", account)
    return (
        derived_id(sealed.id, place=place), source, target, abs(amount_minor), code, sealed.id, sealed.body["at"],
        recorded_at,
    )  # fmt: skip


def _day(text: str | None) -> str | None:
    """The same text; raises ValueError for one that is not a date, which no column could hold."""
    if text is not None and date.fromisoformat(text).isoformat() != text:
        raise ValueError("credit_valid_until")
    return text


def derived_id(record: str, *, place: int) -> str:
    """The id of the transfer of a record's n-th tender: the record's own with its last digits moved by n."""
    tail = (int(record[24:], 16) + place) % (1 << 48)
    return f"{record[:24]}{tail:012x}"
