"""The rows that each record should have, table by table, as `verify` asks for them in its other processes. Pure."""

from typing import Any

from comptoir.apps.fiscal.chains import SERVER
from comptoir.apps.fiscal.projection import event_row
from comptoir.apps.fiscal.sealed import Sealed
from comptoir.apps.treasury.office_projection import cheque_rows, office_row, office_transfers
from comptoir.apps.treasury.projection import (
    cash_transfers,
    closing_row,
    closing_session_rows,
    closing_tender_rows,
    closing_transfers,
    entry_row,
    period_range_rows,
    period_row,
    session_row,
    ticket_transfers,
)
from comptoir.apps.wallets.projection import wallet_rows

from .projection import duplicate_row, ticket_rows

Row = tuple[Any, ...]
Tables = list[tuple[str, list[Row]]]


def ticket(sealed: Sealed) -> Tables:
    rows = ticket_rows(sealed)
    transfers = _sealed_part(ticket_transfers(sealed, recorded_at=""))
    wallets = wallet_rows(sealed, recorded_at="")
    return [
        ("des tickets", [rows.ticket]), ("des lignes", rows.lines), ("des règlements", rows.payments),
        ("de la TVA", rows.vat), ("des mouvements d’espèces", transfers), ("des avoirs", wallets.notes),
        ("des mouvements d’avoirs", _sealed_part(wallets.transfers)),
    ]  # fmt: skip


def cash(sealed: Sealed) -> Tables:
    """What follows from a cash record of a register, or from one of the office (the server's own chain)."""
    if sealed.chain.register == SERVER:
        return [
            ("des opérations de caisse", []), ("des sessions", []),
            ("des mouvements d’espèces", _sealed_part(office_transfers(sealed, recorded_at=""))),
            ("des mouvements du bureau", [office_row(sealed)]), ("des chèques remis", cheque_rows(sealed)),
        ]  # fmt: skip
    sessions = [session_row(sealed)] if sealed.body["kind"] == "opening" else []
    transfers = _sealed_part(cash_transfers(sealed, recorded_at=""))
    return [
        ("des opérations de caisse", [entry_row(sealed)]), ("des sessions", sessions),
        ("des mouvements d’espèces", transfers), ("des mouvements du bureau", []), ("des chèques remis", []),
    ]  # fmt: skip


def duplicate(sealed: Sealed) -> Tables:
    return [("des duplicatas", [duplicate_row(sealed)])]


def event(sealed: Sealed) -> Tables:
    return [("des événements", [event_row(sealed)])]


def z(sealed: Sealed) -> Tables:
    closing = closing_row(sealed, disagreements=[], booked_at="")[:-3]
    return [
        ("des clôtures", [closing]), ("des comptages", closing_tender_rows(sealed)),
        ("des sessions closes", closing_session_rows(sealed)),
        ("des mouvements d’espèces", _sealed_part(closing_transfers(sealed, recorded_at=""))),
    ]  # fmt: skip


def period(sealed: Sealed) -> Tables:
    return [("des périodes", [period_row(sealed)]), ("des clôtures de la période", period_range_rows(sealed))]


def _sealed_part(transfers: list[Row]) -> list[Row]:
    """Without the instant of recording, which the register does not know."""
    return [row[:-1] for row in transfers]
