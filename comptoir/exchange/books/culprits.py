"""Which stored row says otherwise than the record it comes from: read again, record by record, for one Z."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import connection

from comptoir.apps.fiscal.models import Record
from comptoir.apps.fiscal.queries import envelope_of
from comptoir.apps.fiscal.raw_rows import RawTable, Row, date_text
from comptoir.apps.fiscal.sealed import Fault, Sealed, read_sealed
from comptoir.apps.till.projection import ticket_rows
from comptoir.apps.till.tables import PAYMENTS, TICKETS, VAT
from comptoir.apps.treasury.models import CashTransfer, Closing
from comptoir.apps.treasury.projection import (
    cash_transfers,
    closing_row,
    closing_transfers,
    ticket_transfers,
)
from comptoir.apps.treasury.tables import CLOSINGS, TRANSFERS
from comptoir.engine.money import format_euro

from .ledger import credited_accounts, written_on
from .table import Span

AMOUNTS = {
    "gross_minor": "TTC", "net_minor": "HT", "vat_minor": "TVA", "base_minor": "HT", "amount_minor": "règlement",
    "total_minor": "total", "amount": "espèces",
}  # fmt: skip
LEDGER = RawTable(CashTransfer, *TRANSFERS.columns[:-1])  # when it was recorded is not sealed
SEALED_CLOSING = RawTable(Closing, *CLOSINGS.columns[:-3])  # what the server found by itself is not sealed
MOST = 20


def culprits_of(closing: Closing, body: dict[str, Any]) -> list[str]:
    """Sentences naming each ticket, movement or Z whose stored rows differ from what was sealed; twenty at most."""
    found: list[str] = []
    for one in body["ranges"]:
        if one["chain"].rsplit("-", 1)[1] in ("ticket", "cash"):
            found += _of_range(one["chain"], one["first"], one["last"])
    found += _of_range(closing.chain, closing.seq, closing.seq)
    if not found:
        return ["Aucune ligne ne diffère de son original scellé : lancez « comptoir verify » sur ce dossier."]
    more = len(found) - MOST
    return found[:MOST] + ([f"… et {more} autres."] if more > 0 else [])


def orphan_transfers(span: Span) -> Iterator[tuple[date, int, str]]:
    """Movements of the ledger that no sealed record explains, among those written for these days."""
    accounts = credited_accounts()
    if not accounts:
        return
    sql = (
        "SELECT t.at, t.amount, t.from_account, t.to_account FROM treasury_cashtransfer t"  # noqa: S608
        f" LEFT JOIN fiscal_record r ON r.id = t.source WHERE t.to_account IN ({', '.join(['%s'] * len(accounts))})"
        " AND t.at BETWEEN %s AND %s AND r.id IS NULL"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*accounts, *written_on(*span)])
        for at, amount, source, target in cursor.fetchall():
            text = f"{format_euro(int(amount))} de {source} vers {target} : aucune pièce scellée ne l’explique."
            yield date.fromisoformat(date_text(str(at)[:10])), int(amount), text


def _of_range(chain: str, first: int, last: int) -> Iterator[str]:
    expected, ledger = first, _ledger_of(chain, first, last)
    for record in Record.objects.filter(chain=chain, seq__range=(first, last)).order_by("seq").iterator(chunk_size=200):
        if record.seq > expected:
            yield f"{chain} : le n° {expected} manque."
        expected = record.seq + 1
        try:
            sealed = read_sealed(envelope_of(record))
        except Fault as fault:
            yield f"{_name(chain, record.seq)} : le contenu scellé lui-même a été touché ({fault.detail})."
            continue
        yield from _differences(sealed, ledger.get(sealed.id, []))
    if expected <= last:
        yield f"{chain} : le n° {expected} manque."


def _name(chain: str, seq: int) -> str:
    register, generation, kind = chain.split("-")
    word = {"ticket": "Ticket", "z": "Z"}.get(kind, "Mouvement")
    return f"{word} {register}-{generation}-{seq}" if kind != "cash" else f"{word} {chain}-{seq}"


def _differences(sealed: Sealed, moved: list[Row]) -> Iterator[str]:
    head = f"{_name(sealed.chain.name, sealed.seq)} du {date.fromisoformat(sealed.body['business_date']):%d/%m/%Y}"
    for table, key, wanted in _expected(sealed):
        stored = moved if table is LEDGER else _stored(table, key, sealed.id)
        for text in _compared(table, sorted(map(tuple, wanted), key=repr), sorted(stored, key=repr)):
            yield f"{head} : {text}"


def _expected(sealed: Sealed) -> list[tuple[RawTable, str, list[Row]]]:
    kind = sealed.chain.type
    if kind == "ticket":
        rows = ticket_rows(sealed)
        moves = ticket_transfers(sealed, recorded_at="")
        return [
            (TICKETS, "id", [rows.ticket]), (VAT, "ticket_id", list(rows.vat)), (PAYMENTS, "ticket_id", list(rows.payments)),
            (LEDGER, "id", [row[:-1] for row in moves]),
        ]  # fmt: skip
    if kind == "cash":
        return [(LEDGER, "id", [row[:-1] for row in cash_transfers(sealed, recorded_at="")])]
    closing = closing_row(sealed, disagreements=[], booked_at="")[:-3]
    return [
        (SEALED_CLOSING, "id", [closing]), (LEDGER, "id", [row[:-1] for row in closing_transfers(sealed, recorded_at="")]),
    ]  # fmt: skip


def _stored(table: RawTable, key: str, record: str) -> list[Row]:
    sql = f'SELECT {table.list} FROM "{table.name}" WHERE "{key}" = %s'  # noqa: S608 - names of models
    return _read(table, sql, [record.replace("-", "") if connection.vendor == "sqlite" else record])


def _ledger_of(chain: str, first: int, last: int) -> dict[str, list[Row]]:
    """The transfers that say they come from these records, whatever their ids."""
    columns = ", ".join(f't."{column}"' for column in LEDGER.columns)
    sql = (
        f"SELECT {columns} FROM treasury_cashtransfer t JOIN fiscal_record r ON r.id = t.source"  # noqa: S608
        " WHERE r.chain = %s AND r.seq BETWEEN %s AND %s"
    )
    found: dict[str, list[Row]] = defaultdict(list)
    for row in _read(LEDGER, sql, [chain, first, last]):
        found[row[5]].append(row)
    return found


def _read(table: RawTable, sql: str, parameters: list[Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [table.read(row, vendor=connection.vendor) for row in cursor.fetchall()]


def _compared(table: RawTable, wanted: list[Row], stored: list[Row]) -> Iterator[str]:
    if wanted == stored:
        return
    if len(wanted) != len(stored):
        yield f"{len(stored)} lignes au lieu de {len(wanted)} dans « {_WORDS[table.name]} »."
        return
    for one, other in zip(wanted, stored, strict=True):
        for column, sealed, said in zip(table.columns, one, other, strict=True):
            if sealed != said:
                word = AMOUNTS.get(column)
                values = (format_euro(said), format_euro(sealed)) if word else (str(said), str(sealed))
                yield f"« {_WORDS[table.name]} » dit {values[0]} ({word or column}), la pièce scellée {values[1]}."


_WORDS = {
    TICKETS.name: "tickets", VAT.name: "TVA des tickets", PAYMENTS.name: "règlements", LEDGER.name: "espèces",
    SEALED_CLOSING.name: "Z",
}  # fmt: skip
