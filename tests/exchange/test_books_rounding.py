"""Belgian cash in the books: sales keep their amount, the drawer gets what was rounded, and the difference is booked.

22/11, float 100,00: coffee 3,67 at 21 % asks 3,65 in cash (−2); bread 1,23 at 6 % asks 1,25 (+2); a book 4,99 at 21 % by card is not
rounded; a cake 6,04 at 6 %, 5,00 by card, asks 1,05 for the rest (+1). Rounding of the day: +1. 23/11: coffee 2,21 asks 2,20 (−1)."""

from datetime import datetime
from typing import Any

import pytest

from comptoir.apps.till.models import Ticket
from comptoir.exchange.books.cash_book import cash_book
from comptoir.exchange.books.closed_sales import closed_sales
from comptoir.exchange.books.cross_check import cross_check
from comptoir.exchange.books.entries import journal_entries
from comptoir.exchange.books.receipts_book import receipts_book
from comptoir.exchange.books.sales_journal import Wanted, sales_journal
from comptoir.exchange.books.table import Book, month_of
from tests.apps.till.shop import LEA, Till, enrolled_till, line, send, set_up_shop
from tests.tampering import tamper

NOVEMBER = month_of(2026, 11)


def sold(till: Till, label: str, cents: int, vat_e4: int, **paid: int) -> None:
    """One article of this price, against these tenders."""
    basket = till.soft.basket([line(label, price_e4=cents * 100, vat_e4=vat_e4)])
    tenders = [
        {"id": str(place), "type": tender, "amount_minor": amount_minor, "reference": None}
        for place, (tender, amount_minor) in enumerate(paid.items())
    ]
    settle = till.soft.settlement(priced=till.soft.price(basket), tenders=tenders)
    till.soft.sell(basket=basket, settle=settle)


def two_days() -> tuple[dict[str, Any], dict[str, Any]]:
    """The sealed reports of both Z."""
    set_up_shop("C1", country="BE")
    till = enrolled_till()
    till.open()
    sold(till, "Café", 367, 2100, cash=365)
    sold(till, "Pain", 123, 600, cash=125)
    sold(till, "Livre", 499, 2100, card=499)
    sold(till, "Gâteau", 604, 600, card=500, cash=105)
    first = till.soft.report()
    till.close({"tender": "cash", "amount_minor": 10_595, "pieces": None})
    till.clock.set_local(datetime(2026, 11, 23, 9, 0))
    till.soft.open_session(business_date="2026-11-23", operator=LEA, float_minor=10_595)
    sold(till, "Café", 221, 2100, cash=220)
    second = till.soft.report()
    till.close({"tender": "cash", "amount_minor": 10_815, "pieces": None})
    assert {item.status for item in send(till)} == {"stored"}
    return first, second


def cells(book: Book, *columns: int) -> list[tuple[Any, ...]]:
    return [tuple(row.cells[place] for place in columns) for row in book.lines]


def test_the_z_and_what_the_server_sums_again(dossier) -> None:
    reports = two_days()
    assert [
        (one["gross_minor"], one["rounding_minor"], one["cash"]["sales_minor"], one["cash"]["expected_minor"])
        for one in reports
    ] == [(1_593, 1, 595, 10_595), (221, -1, 220, 10_815)]
    rounded = Ticket.objects.order_by("seq").values_list("gross_minor", "rounding_minor")
    assert list(rounded) == [(367, -2), (123, 2), (499, 0), (604, 1), (221, -1)]
    assert [(one.gross_minor, one.rounding_minor, one.tenders, one.closing.agrees) for one in closed_sales(NOVEMBER)] == [
        (1_593, 1, {"cash": 595, "card": 999}, True), (221, -1, {"cash": 220}, True),
    ]  # fmt: skip


def test_the_cash_book_has_what_was_handed_over(dossier) -> None:
    """3,65 + 1,25 + 1,05 and 2,20: never the 3,67, 1,23, 1,04 and 2,21 that were sold."""
    two_days()
    book = cash_book(NOVEMBER)
    assert cells(book, 3, 6, 7, 8) == [
        ("", None, None, 0),
        ("Mvt C1-1-1", 10_000, None, 10_000),
        ("C1-1-1 à 4", 595, None, 10_595),
        ("Z C1-1-1", None, None, 10_595),
        ("C1-1-5", 220, None, 10_815),
        ("Z C1-1-2", None, None, 10_815),
        ("", 10_815, 0, 10_815),
    ]
    assert book.warnings == ()


def test_the_journal_and_the_receipts_keep_the_amounts_sold(dossier) -> None:
    two_days()
    journal = sales_journal(NOVEMBER, country="BE")
    assert [column.label for column in journal.columns][4:8] == [
        "HT 21\u00a0%",
        "TVA 21\u00a0%",
        "HT 6\u00a0%",
        "TVA 6\u00a0%",
    ]
    assert cells(journal, 2, 4, 5, 6, 7, 10) == [
        ("C1-1-1", 303, 64, None, None, 367), ("C1-1-2", None, None, 116, 7, 123), ("C1-1-3", 412, 87, None, None, 499),
        ("C1-1-4", None, None, 570, 34, 604), ("C1-1-5", 183, 38, None, None, 221), ("Total", 898, 189, 686, 41, 1_814),
    ]  # fmt: skip
    receipts = receipts_book(NOVEMBER, layout="FR")
    assert cells(receipts, 1, 9, 10, 11) == [
        ("C1-1-1", 1_593, 595, 999), ("C1-1-2", 221, 220, 0), ("Total", 1_814, 815, 999),
    ]  # fmt: skip


def test_a_journal_narrowed_to_a_tender_adds_each_ticket_once(dossier) -> None:
    """The book and the cake: 4,99 + 6,04 = 11,03, though the cake was paid in two tenders."""
    two_days()
    journal = sales_journal(NOVEMBER, country="BE", wanted=Wanted(tender="card"))
    assert cells(journal, 2, 4, 5, 6, 7, 8, 9, 10) == [
        ("C1-1-3", 412, 87, None, None, 412, 87, 499), ("C1-1-4", None, None, 570, 34, 570, 34, 604),
        ("Total", 412, 87, 570, 34, 982, 121, 1_103),
    ]  # fmt: skip
    reduced = sales_journal(NOVEMBER, country="BE", wanted=Wanted(tender="cash", vat_e4="600"), part=(1, 2))
    assert cells(reduced, 2, 8) == [("C1-1-4", 604), ("Total", 727)]


def test_what_was_rounded_is_an_entry_of_its_own(dossier) -> None:
    """Up on the first day: a gain of 0,01; down on the second: a loss of 0,01. Each entry balances."""
    two_days()
    entries = cells(journal_entries(NOVEMBER, country="BE"), 2, 3, 5, 6, 7)
    assert entries == [
        ("C1-1-1", "580100", "Bancontact / carte", 999, None),
        ("C1-1-1", "570000", "Espèces", 595, None),
        ("C1-1-1", "700021", "Ventes 21\u00a0%", None, 715),
        ("C1-1-1", "451000", "TVA 21\u00a0%", None, 151),
        ("C1-1-1", "700006", "Ventes 6\u00a0%", None, 686),
        ("C1-1-1", "451000", "TVA 6\u00a0%", None, 41),
        ("C1-1-1", "743000", "Arrondi des espèces", None, 1),
        ("C1-1-2", "570000", "Espèces", 220, None),
        ("C1-1-2", "700021", "Ventes 21\u00a0%", None, 183),
        ("C1-1-2", "451000", "TVA 21\u00a0%", None, 38),
        ("C1-1-2", "643000", "Arrondi des espèces", 1, None),
        ("Total", "", "", 1_815, 1_815),
    ]


def test_the_cross_check_finds_no_difference(dossier) -> None:
    two_days()
    check = cross_check(NOVEMBER)
    assert check.differences == []
    assert (check.closings, check.tickets, check.balance_minor) == (2, 5, 10_815)
    assert check.sums == (1_814, 1_814, 1_814, 815, 815)


def test_a_ledger_that_forgets_the_rounding_is_named(dossier_copy) -> None:
    """Had the drawer been given the 3,67 that were sold, the Z would know 0,02 less."""
    two_days()
    tamper("UPDATE treasury_cashtransfer SET amount = 367 WHERE amount = 365 AND code = 'sale'")
    check = cross_check(NOVEMBER)
    assert [(one.piece, one.what, one.difference_minor) for one in check.differences] == [
        ("C1-1-1", "Ventes en espèces", 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sold_minor", "asked_minor"), [(1, 1), (5, 5), (6, 5), (8, 10), (1_002, 1_000), (1_003, 1_005)]
)
def test_the_drawer_gets_what_the_till_asks(sqlite_dossier, sold_minor, asked_minor) -> None:
    """One and two cents go down, three and four up; five cents or less are asked as they are."""
    set_up_shop("C1", country="BE")
    till = enrolled_till()
    till.open(float_minor=0)
    sold(till, "Bonbon", sold_minor, 2100, cash=asked_minor)
    till.close({"tender": "cash", "amount_minor": asked_minor, "pieces": None})
    send(till)
    check = cross_check(NOVEMBER)
    assert (check.differences, check.balance_minor, check.sums.sealed_minor) == ([], asked_minor, sold_minor)
