"""Every row that follows from sealed records, written anew from them. For a dossier being repaired apart, never one in use."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from comptoir.apps.fiscal.models import Record
from comptoir.apps.fiscal.queries import envelope_of, sealing_key
from comptoir.apps.fiscal.raw_rows import RawTable, insert_rows, instant_text
from comptoir.apps.fiscal.sealed import Fault, Sealed, check_signature, read_sealed
from comptoir.apps.fiscal.tables import EVENTS
from comptoir.apps.treasury.models import Closing
from comptoir.apps.treasury.projection import (
    closing_row,
    closing_session_rows,
    closing_tender_rows,
    closing_transfers,
)
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
from comptoir.apps.wallets.tables import CREDIT_NOTES, WALLET_TRANSFERS

from ..record_rows import Groups, rows_of
from ..sums import disagreements
from ..tables import DUPLICATES, LINES, PAYMENTS, TICKETS, VAT
from .book_closings import is_complete

# Which column of each derived table names the record that its rows follow from.
DERIVED: tuple[tuple[RawTable, str], ...] = (
    (TICKETS, "id"), (LINES, "ticket_id"), (PAYMENTS, "ticket_id"), (VAT, "ticket_id"), (CREDIT_NOTES, "id"),
    (WALLET_TRANSFERS, "source"), (TRANSFERS, "source"), (ENTRIES, "id"), (SESSIONS, "record_id"), (OFFICE_MOVES, "id"),
    (CHEQUES, "slip_id"), (DUPLICATES, "id"), (EVENTS, "id"), (CLOSINGS, "id"), (CLOSING_TENDERS, "closing_id"),
    (CLOSING_SESSIONS, "closing_id"), (PERIODS, "id"), (PERIOD_RANGES, "closing_id"),
)  # fmt: skip
_AT_ONCE = 300


class Rebuilt(NamedTuple):
    """How many records gave their rows, and which did not because their own seal no longer holds."""

    records: int
    left: list[tuple[str, int]]


def derived_tables() -> list[str]:
    """The names of the tables that are emptied and written anew."""
    return sorted({table.name for table, _ in DERIVED})


def rebuild_rows(*, progress: Callable[[int], None] = lambda steps: None) -> Rebuilt:
    """Empties the derived tables and fills them from the sealed records, in one transaction.

    A record whose seal no longer holds proves nothing: its rows are kept as they were found. The instant at which a Z was
    booked is kept too; amounts are never read from the rows. The caller has lifted the refusal to delete."""
    with transaction.atomic():
        left, booked = [], _booked_at()
        kept: list[tuple[RawTable, list[str], list[tuple[Any, ...]]]] = []
        for record, sealed in _walk():
            if sealed is None:
                left.append((record.chain, record.seq))
                kept += _found_rows(record.id)
        with connection.cursor() as cursor:
            for name in derived_tables():
                cursor.execute(f'DELETE FROM "{name}"')  # noqa: S608 - names of models
        count = _refill(progress)
        for table, columns, rows in kept:
            _put_back(table, columns, rows)
        _book_again(booked)
    return Rebuilt(count, left)


def _walk() -> Iterator[tuple[Record, Sealed | None]]:
    """Every record with what it seals, or None when its seal no longer holds."""
    for record in Record.objects.order_by("chain", "seq").iterator(chunk_size=_AT_ONCE):
        try:
            sealed = read_sealed(envelope_of(record))
            key = sealing_key(*sealed.key_place[:1], generation=sealed.key_place[1])
            if key is None or sealed.body.get("key") != key[0]:
                raise Fault("unknown_key")
            check_signature(sealed, key=key[1])
            rows_of(sealed, received_at=instant_text(str(record.received_at)))
        except (Fault, KeyError, IndexError, TypeError, AttributeError, ValueError):
            yield record, None
        else:
            yield record, sealed


def _refill(progress: Callable[[int], None]) -> int:
    count = 0
    waiting: dict[str, tuple[RawTable, list[Any]]] = {}
    for record, sealed in _walk():
        progress(1)
        if sealed is None:
            continue
        count += 1
        for table, rows in rows_of(sealed, received_at=instant_text(str(record.received_at))):
            waiting.setdefault(table.name, (table, []))[1].extend(rows)
        if count % _AT_ONCE == 0:
            insert_rows(connection, list(waiting.values()))
            waiting.clear()
    insert_rows(connection, list(waiting.values()))
    return count


def _booked_at() -> dict[UUID, str]:
    return {pk: instant_text(str(at)) for pk, at in Closing.objects.values_list("record_id", "booked_at")}


def _book_again(booked: dict[UUID, str]) -> None:
    """Every Z whose records are all here, beside the sums of the rows just written. No event is told: what it found then
    was told then."""
    for record, sealed in _walk():
        if sealed is None or sealed.chain.type != "z" or not is_complete(sealed):
            continue
        at = booked.get(record.id) or instant_text(str(record.received_at))
        groups: Groups = [
            (CLOSINGS, [closing_row(sealed, disagreements=disagreements(sealed), booked_at=at)]),
            (CLOSING_TENDERS, closing_tender_rows(sealed)), (CLOSING_SESSIONS, closing_session_rows(sealed)),
            (TRANSFERS, closing_transfers(sealed, recorded_at=at)),
        ]  # fmt: skip
        insert_rows(connection, groups)


def _found_rows(record: UUID) -> list[tuple[RawTable, list[str], list[tuple[Any, ...]]]]:
    """The rows that a record has now, whatever they say, as the database spells them."""
    found = []
    own = record.hex if connection.vendor == "sqlite" else str(record)
    with connection.cursor() as cursor:
        for table, column in DERIVED:
            cursor.execute(f'SELECT * FROM "{table.name}" WHERE "{column}" = %s', [own])  # noqa: S608 - names of models
            rows = cursor.fetchall()
            if rows:
                found.append((table, [part[0] for part in cursor.description], rows))
    return found


def _put_back(table: RawTable, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    names, marks = ", ".join(f'"{one}"' for one in columns), ", ".join(["%s"] * len(columns))
    clash = "ON CONFLICT DO NOTHING"
    with connection.cursor() as cursor:
        cursor.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks}) {clash}', rows)  # noqa: S608
