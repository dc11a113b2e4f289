"""Which rows should follow from each record, for `verify`: the tables and how to find a record's rows in them.

The rows themselves come from the same functions that write them (projection.py here and in treasury)."""

from collections.abc import Callable

from comptoir.apps.fiscal.derived_tables import DerivedTable, Projection, own_id
from comptoir.apps.fiscal.models import Event
from comptoir.apps.fiscal.raw_rows import RawTable
from comptoir.apps.fiscal.tables import EVENTS
from comptoir.apps.treasury.models import CashTransfer, Closing
from comptoir.apps.treasury.projection import transfer_ids
from comptoir.apps.treasury.tables import (
    CHEQUES,
    CLOSING_SESSIONS,
    CLOSING_TENDERS,
    CLOSINGS,
    ENTRIES,
    OFFICE_MOVES,
    PERIOD_RANGES,
    PERIODS,
    SESSIONS,
    TRANSFERS,
)
from comptoir.apps.wallets.models import WalletTransfer
from comptoir.apps.wallets.tables import CREDIT_NOTES, WALLET_TRANSFERS

from .tables import DUPLICATES, LINES, PAYMENTS, TICKETS, VAT
from .typed_tickets import transfer_keys

_HERE = "comptoir.apps.till.expected_rows:"


def _by_record(table: RawTable, key: str, *, owner: int = 0, order: str = "") -> DerivedTable:
    return DerivedTable(table, key, own_id, owner, order)


def _transfers(keys: Callable[[str], tuple[str, ...]]) -> DerivedTable:
    """Transfers are found by their derived ids: their source has no index, which each sale would pay for."""
    table = RawTable(CashTransfer, *TRANSFERS.columns[:-1])  # when it was recorded is not sealed
    return DerivedTable(table, "id", keys, 5)


def projections() -> dict[str, Projection]:
    """The projections of every record type that has rows."""
    closings = RawTable(Closing, *CLOSINGS.columns[:-3])  # what the server found by itself is not sealed
    wallets = RawTable(WalletTransfer, *WALLET_TRANSFERS.columns[:-1])  # nor when it was recorded
    return {
        "ticket": Projection(
            _HERE + "ticket",
            [
                _by_record(TICKETS, "id"), _by_record(LINES, "ticket_id", order="position"), _by_record(PAYMENTS, "ticket_id", order="position"),
                _by_record(VAT, "ticket_id", order="position"), _transfers(transfer_keys),
                _by_record(CREDIT_NOTES, "id"), DerivedTable(wallets, "source", own_id, 5, "id"),
            ],
            typed="comptoir.apps.till.typed_tickets:TICKETS",
        ),
        "cash": Projection(
            _HERE + "cash",
            [
                _by_record(ENTRIES, "id"), _by_record(SESSIONS, "record_id", owner=1), _transfers(transfer_ids),
                _by_record(OFFICE_MOVES, "id"), _by_record(CHEQUES, "slip_id"),
            ],
        ),
        "duplicate": Projection(_HERE + "duplicate", [_by_record(DUPLICATES, "id")]),
        "event": Projection(_HERE + "event", [_by_record(RawTable(Event, *EVENTS.columns), "id")]),
        "z": Projection(
            _HERE + "z",
            [
                _by_record(closings, "id"), _by_record(CLOSING_TENDERS, "closing_id"),
                _by_record(CLOSING_SESSIONS, "closing_id"), _transfers(transfer_ids),
            ],
            optional=True,
        ),
        # One projection for all three: they share their tables, whose rows are counted together.
        **dict.fromkeys(
            ("day", "month", "year"),
            Projection(_HERE + "period", [_by_record(PERIODS, "id"), _by_record(PERIOD_RANGES, "closing_id")]),
        ),
    }  # fmt: skip
