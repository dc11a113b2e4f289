"""Sales lines sorted on disk: a file of any length becomes days in order, each a list of tickets, in constant memory.

Files are not always in the order of time, and an invoice's lines are not always together: a temporary SQLite table
sorts them. It holds nothing that outlives the run, so it is not synced."""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from .sales_file import RawLine
from .verdicts import SaleLine

_TABLES = """
CREATE TABLE sale (day TEXT, at TEXT, invoice TEXT, refund INTEGER, file INTEGER, line INTEGER, label TEXT,
                   quantity_milli INTEGER, unit_price_e4 INTEGER);
CREATE TABLE first_seen (day TEXT, invoice TEXT, at TEXT, file INTEGER, line INTEGER, PRIMARY KEY (day, invoice))
    WITHOUT ROWID;
CREATE TABLE listed (file INTEGER, line INTEGER, invoice TEXT, code TEXT, description TEXT, quantity TEXT, price TEXT,
                     date TEXT, reason TEXT, PRIMARY KEY (file, line)) WITHOUT ROWID;
"""
BLOCK = 5_000


class Invoice(NamedTuple):
    """Lines of one invoice on one day: what the customer bought or brought back at once."""

    number: str
    refund: bool
    at: datetime
    lines: list[SaleLine]


class Listed(NamedTuple):
    """A line that could not be a sale, as written, with the reason."""

    file: int
    line: int
    invoice: str
    code: str
    description: str
    quantity: str
    price: str
    date: str
    reason: str


class Staging:
    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-16000;" + _TABLES)
        self._sales: list[tuple] = []
        self._db.execute("BEGIN")

    def close(self) -> None:
        self._db.close()

    def keep(self, sale: SaleLine) -> None:
        at = sale.at.isoformat()
        self._sales.append(
            (at[:10], at, sale.invoice, int(sale.refund), sale.file, sale.line, sale.label, sale.quantity_milli,
             sale.unit_price_e4)
        )  # fmt: skip
        if len(self._sales) >= BLOCK:
            self._flush()

    def list_raw(self, raw: RawLine, reason: str) -> None:
        row = (raw.file, raw.line, raw.invoice, raw.code, raw.description, raw.quantity, raw.price, raw.date, reason)
        self._db.execute("INSERT INTO listed VALUES (?,?,?,?,?,?,?,?,?)", row)

    def list_sales(self, lines: Iterable[SaleLine], reason: str) -> None:
        """Lines that the engine refused after all."""
        self._db.executemany(
            "INSERT INTO listed VALUES (?,?,?,'',?,?,?,?,?)",
            [(s.file, s.line, s.invoice, s.label, f"{s.quantity_milli}/1000", f"{s.unit_price_e4}/10000",
              s.at.isoformat(" "), reason) for s in lines],
        )  # fmt: skip

    def seal(self) -> None:
        """After the last line: sort."""
        self._flush()
        self._db.execute(
            "INSERT INTO first_seen SELECT day, invoice, min(at), file, line FROM sale GROUP BY day, invoice"
        )
        self._db.execute("CREATE INDEX sale_order ON sale (day, invoice, file, line)")

    def days(self) -> list[str]:
        return [day for (day,) in self._db.execute("SELECT DISTINCT day FROM first_seen ORDER BY day")]

    def invoices_of(self, day: str) -> Iterator[Invoice]:
        """The day's invoices by the time of their first line, then in the order of the files."""
        rows = self._db.cursor().execute(
            "SELECT f.at, s.file, s.line, s.invoice, s.refund, s.at, s.label, s.quantity_milli, s.unit_price_e4"
            " FROM first_seen f JOIN sale s ON s.day = f.day AND s.invoice = f.invoice"
            " WHERE f.day = ? ORDER BY f.at, f.file, f.line, s.file, s.line",
            (day,),
        )
        for (at, number, refund), group in groupby(rows, key=lambda row: (row[0], row[3], row[4])):
            lines = [SaleLine(r[1], r[2], r[3], bool(r[4]), datetime.fromisoformat(r[5]), *r[6:]) for r in group]
            yield Invoice(number, bool(refund), datetime.fromisoformat(at), lines)

    def listed(self) -> Iterator[Listed]:
        return (Listed(*row) for row in self._db.cursor().execute("SELECT * FROM listed ORDER BY file, line"))

    def counts(self) -> tuple[int, int]:
        """(lines staged as sales, lines listed)."""
        sold = self._db.execute("SELECT count(*) FROM sale").fetchone()[0]
        return sold, self._db.execute("SELECT count(*) FROM listed").fetchone()[0]

    def _flush(self) -> None:
        self._db.executemany("INSERT INTO sale VALUES (?,?,?,?,?,?,?,?,?)", self._sales)
        self._sales.clear()
