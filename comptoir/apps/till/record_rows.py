"""The rows that a sealed record gives, whoever sealed it: written at reception, and again when a dossier is repaired. Pure."""

from collections.abc import Sequence
from typing import Any

from comptoir.apps.fiscal.chains import SERVER
from comptoir.apps.fiscal.projection import event_row
from comptoir.apps.fiscal.raw_rows import RawTable
from comptoir.apps.fiscal.sealed import Sealed
from comptoir.apps.fiscal.tables import EVENTS
from comptoir.apps.treasury.office_projection import cheque_rows, office_row, office_transfers
from comptoir.apps.treasury.projection import (
    cash_transfers,
    entry_row,
    period_range_rows,
    period_row,
    session_row,
    ticket_transfers,
)
from comptoir.apps.treasury.tables import CHEQUES, ENTRIES, OFFICE_MOVES, PERIOD_RANGES, PERIODS, SESSIONS, TRANSFERS
from comptoir.apps.wallets.projection import wallet_rows
from comptoir.apps.wallets.tables import CREDIT_NOTES, WALLET_TRANSFERS

from .projection import duplicate_row, ticket_rows
from .tables import DUPLICATES, LINES, PAYMENTS, TICKETS, VAT

Groups = list[tuple[RawTable, Sequence[Any]]]


def rows_of(sealed: Sealed, *, received_at: str) -> Groups:
    """The rows of one sealed record. A Z has none here: it is booked when its range is complete.

    Raises KeyError, IndexError, TypeError, AttributeError or ValueError on a body that is not what its chain says."""
    kind = sealed.chain.type
    if kind == "ticket":
        rows, wallets = ticket_rows(sealed), wallet_rows(sealed, recorded_at=received_at)
        return [
            (TICKETS, [rows.ticket]), (LINES, rows.lines), (PAYMENTS, rows.payments), (VAT, rows.vat),
            (TRANSFERS, ticket_transfers(sealed, recorded_at=received_at)), (CREDIT_NOTES, wallets.notes),
            (WALLET_TRANSFERS, wallets.transfers),
        ]  # fmt: skip
    if kind == "cash" and sealed.chain.register == SERVER:
        moves = office_transfers(sealed, recorded_at=received_at)
        return [(TRANSFERS, moves), (OFFICE_MOVES, [office_row(sealed)]), (CHEQUES, cheque_rows(sealed))]
    if kind == "cash":
        sessions = [session_row(sealed)] if sealed.body["kind"] == "opening" else []
        transfers = cash_transfers(sealed, recorded_at=received_at)
        return [(ENTRIES, [entry_row(sealed)]), (SESSIONS, sessions), (TRANSFERS, transfers)]
    if kind == "duplicate":
        return [(DUPLICATES, [duplicate_row(sealed)])]
    if kind == "event":
        return [(EVENTS, [event_row(sealed)])]
    if kind in ("day", "month", "year"):
        return [(PERIODS, [period_row(sealed)]), (PERIOD_RANGES, period_range_rows(sealed))]
    return []
