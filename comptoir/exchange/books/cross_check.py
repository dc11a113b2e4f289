"""Do the books say what was sealed? Each Z is held against the tickets, the tenders and the cash ledger of its ranges.

Left stands what the register sealed in its Z, right what a book says. Where they differ, culprits.py reads the sealed
records again and names the rows that say otherwise."""

import json
from bisect import bisect_left
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from comptoir.apps.treasury.projection import expected_and_counted
from comptoir.engine.money import format_rate

from .cash_book import cash_book, closing_balance
from .closed_sales import Rate, Sold, closed_sales, sales_without_closing
from .culprits import culprits_of, orphan_transfers
from .drawer_moves import Moved, drawer_moves, first_day
from .ledger import sales_between, spelled_day
from .office_check import office_differences
from .table import Span

TICKETS, RECEIPTS, CASH = "Journal des ventes", "Livre des recettes", "Livre de caisse"


class Difference(NamedTuple):
    """One figure that two places state differently, and who is to blame."""

    day: date
    piece: str
    what: str
    book: str
    sealed_minor: int
    found_minor: int
    culprits: list[str]

    @property
    def difference_minor(self) -> int:
        return self.found_minor - self.sealed_minor


class Sums(NamedTuple):
    """The same money in five places, over the days checked."""

    sealed_minor: int
    journal_minor: int
    receipts_minor: int
    cash_sealed_minor: int
    cash_ledger_minor: int


class Check(NamedTuple):
    """The report: nothing different, or each difference."""

    span: Span
    closings: int
    tickets: int
    sums: Sums
    balance_minor: int
    differences: list[Difference]
    open_days: list[Sold]

    @property
    def agrees(self) -> bool:
        return not self.differences


def cross_check(span: Span) -> Check:
    """Compares the Z of these days with every book."""
    rows = closed_sales(span)
    differences: list[Difference] = []
    totals = [0, 0, 0, 0, 0]
    closings = [row.closing for row in rows if row.closing is not None]
    first = min(span.first, first_day(closings)) if closings else span.first
    sales = sales_between(first, span.last)
    ledger = drawer_moves(closings, sales=sales)
    for sold in rows:
        found, sums = _check_one(sold, ledger[sold.number])
        differences += found
        totals = [one + more for one, more in zip(totals, sums, strict=True)]
    differences += [Difference(*one) for one in office_differences(span)]
    begins = bisect_left(sales, (spelled_day(span.first),))
    book = cash_book(span, sales=sales[begins:])
    differences += [
        Difference(day, "", "Mouvement d’espèces", CASH, 0, amount, [text])
        for day, amount, text in orphan_transfers(span)
    ]
    return Check(
        span, len(rows), sum(row.count for row in rows), Sums(*totals), closing_balance(book), differences,
        sales_without_closing(span),
    )  # fmt: skip


def _check_one(sold: Sold, moved: Moved) -> tuple[list[Difference], Sums]:
    closing = sold.closing
    assert closing is not None
    body = json.loads(closing.record.body)
    pairs = [*_sales_pairs(sold, body), *_cash_pairs(body, moved)]
    wrong = [pair for pair in pairs if pair[2] != pair[3]]
    culprits = culprits_of(closing, body) if wrong else []
    found = [
        Difference(sold.day, sold.number, what, book, sealed, said, culprits) for what, book, sealed, said in wrong
    ]
    receipts = sum(one.gross_minor for one in sold.rates.values())
    cash = body["report"]["cash"]
    in_cash = cash["sales_minor"] + cash["change_for_others_minor"]
    return found, Sums(body["total_minor"], sold.gross_minor, receipts, in_cash, moved["sale"])


Pair = tuple[str, str, int, int]


def _sales_pairs(sold: Sold, body: dict[str, Any]) -> Iterator[Pair]:
    report = body["report"]
    yield "Nombre de tickets", TICKETS, report["tickets"]["count"], sold.count
    yield "Total TTC", TICKETS, body["total_minor"], sold.gross_minor
    yield "Total HT", TICKETS, report["net_minor"], sold.net_minor
    yield "Total TVA", TICKETS, report["vat_minor"], sold.vat_minor
    yield "Total du Z enregistré", TICKETS, body["total_minor"], sold.closing.total_minor if sold.closing else 0
    sealed = {one["vat_e4"]: Rate(one["base_minor"], one["vat_minor"], one["gross_minor"]) for one in report["vat"]}
    for rate in [*sealed, *(rate for rate in sold.rates if rate not in sealed)]:
        name = "hors TVA" if rate is None else format_rate(rate)
        left, right = sealed.get(rate, Rate(0, 0, 0)), sold.rates.get(rate, Rate(0, 0, 0))
        for word, one, other in zip(("HT", "TVA", "TTC"), left, right, strict=True):
            yield f"{word} {name}", RECEIPTS, one, other
    tenders = {one["code"]: one["amount_minor"] for one in report["tenders"]}
    labels = {one["code"]: one["label"] for one in report["tenders"]}
    for code in [*tenders, *(code for code in sold.tenders if code not in tenders)]:
        yield f"Règlement {labels.get(code, code)}", RECEIPTS, tenders.get(code, 0), sold.tenders.get(code, 0)


def _cash_pairs(body: dict[str, Any], moved: Moved) -> Iterator[Pair]:
    cash = body["report"]["cash"]
    yield "Ventes en espèces", CASH, cash["sales_minor"] + cash["change_for_others_minor"], moved["sale"]
    yield "Fond de caisse", CASH, cash["opening_minor"], moved["opening"]
    moves = sum(one["amount_minor"] for one in cash["moves"])
    yield "Entrées et sorties", CASH, moves, moved["moves"]
    expected, left = expected_and_counted(body)
    yield "Espèces laissées en caisse", CASH, left, moved["closing"]
    yield "Écart de caisse", CASH, left - expected, moved["difference"]
