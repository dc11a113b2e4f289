"""What the sections `archive` and `books` call in a process of its own (apart.py), on a year made by years.py."""

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from .years import JUNE, YEAR

EVERY_TICKET = "sales journal, every ticket"
BOOKS = ("cash book", "receipts book", "sales journal, a page of 200 and its totals", EVERY_TICKET, "cross-check")


def archive_year(*, folder: str) -> dict[str, Any]:
    """The archive of the whole year, every register."""
    from comptoir.exchange.archives.create import create_archive

    made = create_archive(date(YEAR, 1, 1), date(YEAR, 12, 31), folder=Path(folder))
    return {"path": str(made.path), "records": made.records, "ruptures": len(made.manifest["ruptures"])}


def books_of_june() -> dict[str, list[int]]:
    """Milliseconds (waited, of the processor) of each book of June, the month with three tenths of the year."""
    from comptoir.exchange.books.cash_book import cash_book
    from comptoir.exchange.books.cross_check import cross_check
    from comptoir.exchange.books.receipts_book import receipts_book
    from comptoir.exchange.books.sales_journal import sales_journal
    from comptoir.exchange.books.table import month_of

    span = month_of(YEAR, JUNE)

    def agreed() -> None:
        found = cross_check(span)
        assert found.agrees, found.differences[:3]

    made: tuple[Callable[[], Any], ...] = (
        lambda: cash_book(span),
        lambda: receipts_book(span, layout="FR"),
        lambda: sales_journal(span, country="FR", part=(0, 200)),
        lambda: sales_journal(span, country="FR"),
        agreed,
    )
    return {name: _timed(book) for name, book in zip(BOOKS, made, strict=True)}


def _timed(call: Callable[[], Any]) -> list[int]:
    began, worked = time.monotonic(), time.process_time()
    call()
    return [round((time.monotonic() - began) * 1000), round((time.process_time() - worked) * 1000)]
