"""The books where days and instants part: a refund in cash, a session over midnight, a clock put back, an open session;
and what they read of a long ledger."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comptoir.dossiers.binding import Dossier
from comptoir.exchange.books.cash_book import cash_book, closing_balance
from comptoir.exchange.books.cheques import cheques_to_deposit
from comptoir.exchange.books.cross_check import cross_check
from comptoir.exchange.books.receipts_book import receipts_book
from comptoir.exchange.books.table import Book, Span
from tests.apps.till.returning import correct, own_note, take_back
from tests.apps.till.shop import LEA, Till, enrolled_till, line, send, set_up_shop
from tests.apps.treasury.months import BREAD, SOAP, whole_day

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


@pytest.fixture
def till(dossier: Dossier) -> Till:
    set_up_shop("C1", "C2")
    return enrolled_till()


def at(till: Till, text: str) -> None:
    till.clock.set_local(datetime.fromisoformat(text))


def opened(till: Till, day: date, *, clock: str = "09:00:00", float_minor: int = 10_000) -> None:
    at(till, f"{day}T{clock}")
    till.soft.open_session(business_date=day.isoformat(), operator=LEA, float_minor=float_minor)


def closed(till: Till, counted_minor: int) -> None:
    till.clock.set_utc(till.clock._at + timedelta(seconds=1))
    till.close({"tender": "cash", "amount_minor": counted_minor, "pieces": None})
    send(till)


def told(book: Book) -> list[tuple]:
    """Words, in, out, balance of the lines that move something."""
    return [(line.cells[4], *line.cells[6:]) for line in book.lines if line.cells[0] is not None]


def test_a_refund_in_cash_stands_with_the_sales_around_it(till: Till) -> None:
    """4,50 + 1,20 sold in cash, 4,50 given back: 1,20 in one line; the Z and every book agree."""
    opened(till, MONDAY)
    soap = till.sell(SOAP)
    till.sell(BREAD)
    take_back(till, soap, [("Savon", 1000)])
    till.sell(BREAD, tender="card")
    closed(till, 10_120)
    book = cash_book(Span(MONDAY, MONDAY))
    assert told(book) == [
        ("Premier fond de caisse, C1", 10_000, None, 10_000), ("Ventes en espèces (3 tickets)", 120, None, 10_120),
    ]  # fmt: skip
    check = cross_check(Span(MONDAY, MONDAY))
    assert (check.differences, tuple(check.sums)) == ([], (240, 240, 240, 120, 120))


def test_a_refund_on_a_credit_note_leaves_the_drawer_alone(till: Till) -> None:
    opened(till, MONDAY)
    soap = till.sell(SOAP)
    take_back(till, soap, [("Savon", 1000)], ("credit_note", -450, own_note(till)))
    closed(till, 10_450)
    check = cross_check(Span(MONDAY, MONDAY))
    assert (check.differences, tuple(check.sums), check.balance_minor) == ([], (0, 0, 0, 450, 450), 10_450)


def test_a_session_over_midnight_stays_in_its_business_day(till: Till) -> None:
    opened(till, MONDAY, clock="22:00:00")
    till.sell(BREAD)
    at(till, f"{TUESDAY}T02:30:00")
    till.sell(BREAD)
    closed(till, 10_240)
    opened(till, TUESDAY, float_minor=10_240)
    till.sell(SOAP)
    closed(till, 10_690)
    monday, tuesday = (cash_book(Span(day, day)) for day in (MONDAY, TUESDAY))
    assert (closing_balance(monday), closing_balance(tuesday)) == (10_240, 10_690)
    assert told(monday)[1:] == [("Ventes en espèces (2 tickets)", 240, None, 10_240)]
    assert told(tuesday) == [("Vente en espèces", 450, None, 10_690)]
    assert [cross_check(Span(day, day)).agrees for day in (MONDAY, TUESDAY)] == [True, True]


def test_a_clock_put_back_by_a_week_loses_no_sale(till: Till) -> None:
    opened(till, MONDAY)
    till.sell(BREAD)
    at(till, "2026-11-16T10:00:00")
    till.sell(SOAP)
    closed(till, 10_570)
    check = cross_check(Span(MONDAY, MONDAY))
    assert (check.differences, check.sums.cash_ledger_minor, check.balance_minor) == ([], 570, 10_570)
    assert cross_check(Span(date(2026, 11, 16), date(2026, 11, 16))).sums.cash_ledger_minor == 0


def test_tickets_that_no_z_covers_are_told_day_by_day(till: Till) -> None:
    """Monday is closed; on Tuesday the session is open, and C2 never closed at all."""
    whole_day(till, MONDAY.isoformat(), sales=[(BREAD, "cash"), (SOAP, "card")])
    opened(till, TUESDAY)
    till.sell(SOAP)
    till.sell(SOAP, tender="card")
    send(till)
    other = enrolled_till("C2")
    opened(other, MONDAY)
    other.sell(BREAD)
    send(other)
    check = cross_check(Span(MONDAY, TUESDAY))
    open_days = [
        (one.day, one.register, one.first_seq, one.last_seq, one.count, one.gross_minor) for one in check.open_days
    ]
    assert open_days == [(MONDAY, "C2", 1, 1, 1, 120), (TUESDAY, "C1", 3, 4, 2, 900)]
    assert [one.tenders for one in check.open_days] == [{"cash": 120}, {"card": 450, "cash": 450}]
    rows = receipts_book(Span(MONDAY, TUESDAY), layout="FR").lines
    assert [row.cells[1:3] for row in rows] == [
        ["C1-1-1", "1 à 2"], ["sans Z", "1"], ["sans Z", "3 à 4"], ["Total", None],
    ]  # fmt: skip


def test_the_ledger_is_read_by_account_and_instant_never_whole(till: Till) -> None:
    whole_day(till, MONDAY.isoformat())
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL reads a table of three rows whole, whatever its indexes")
    with CaptureQueriesContext(connection) as asked:
        cross_check(Span(MONDAY, MONDAY))
    statements = [one["sql"] for one in asked if "treasury_cashtransfer t" in one["sql"]]
    assert statements
    for sql in statements:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN " + sql.replace("%", "%%"))
            steps = [row[3] for row in cursor.fetchall()]
        assert not [step for step in steps if step.startswith("SCAN") and "CONSTANT" not in step], (steps, sql)


def test_what_was_sold_with_the_clock_put_back_is_carried_to_the_next_day(till: Till) -> None:
    """100,00 + 1,20 + 4,50 counted right on Monday evening: the book of Tuesday begins with 105,70."""
    opened(till, MONDAY)
    till.sell(BREAD)
    at(till, "2026-11-16T10:00:00")
    till.sell(SOAP)
    closed(till, 10_570)
    assert closing_balance(cash_book(Span(MONDAY, MONDAY))) == 10_570
    assert closing_balance(cash_book(Span(TUESDAY, TUESDAY))) == 10_570


def test_a_drawer_reopened_with_the_clock_put_back_is_carried_to_the_next_day(till: Till) -> None:
    """Monday: 1,20 sold, closed, 50,00 left in the drawer of the afternoon; there the clock goes back before the sale of 4,50."""
    opened(till, MONDAY)
    till.sell(BREAD)
    closed(till, 10_120)
    opened(till, MONDAY, clock="14:00:00", float_minor=5_000)
    at(till, "2026-11-16T10:00:00")
    till.sell(SOAP)
    closed(till, 5_450)
    assert closing_balance(cash_book(Span(TUESDAY, TUESDAY))) == 5_450


def test_the_z_of_a_day_stand_in_the_order_of_their_numbers(till: Till) -> None:
    """Ten Z on Monday: the tenth comes after the ninth, not after the first."""
    for hour in range(9, 19):
        opened(till, MONDAY, clock=f"{hour:02}:00:00")
        till.sell(BREAD)
        closed(till, 10_120)
    for layout, column in (("FR", 1), ("BE", 2)):
        rows = receipts_book(Span(MONDAY, MONDAY), layout=layout).lines[:10]
        assert [row.cells[column] for row in rows] == [f"C1-1-{number}" for number in range(1, 11)]


@pytest.mark.parametrize("first", ["card", "cash"])
def test_cards_that_make_as_much_as_the_drawer_are_not_taken_for_it(till: Till, first: str) -> None:
    """Float 100,00 and 100,00 by card; five cents miss in the drawer, the cards are right."""
    opened(till, MONDAY)
    till.sell(line("Panier", price_e4=1_000_000), tender="card")
    till.clock.set_utc(till.clock._at + timedelta(seconds=1))
    counted = [
        {"tender": "card", "amount_minor": 10_000, "pieces": None}, {"tender": "cash", "amount_minor": 9_995, "pieces": None},
    ]  # fmt: skip
    till.close(*counted if first == "card" else reversed(counted))
    send(till)
    check = cross_check(Span(MONDAY, MONDAY))
    assert (check.differences, check.balance_minor) == ([], 9_995)


def test_a_cheque_that_a_second_correction_took_back_is_not_deposited(till: Till) -> None:
    """A card typed for a cheque, then found to be cash: no cheque ever lay in the drawer. Another one was a cheque after all."""
    opened(till, MONDAY)
    sale, other = till.sell(SOAP, tender="card"), till.sell(BREAD, tender="cheque")
    correct(till, sale, ("card", -450), ("cheque", 450, "n° 12"))
    correct(till, sale, ("cheque", -450, "n° 12"), ("cash", 450))
    correct(till, other, ("cheque", -120), ("card", 120))
    correct(till, other, ("card", -120), ("cheque", 120, "n° 13"))
    send(till)
    assert [(one.amount_minor, one.seq) for one in cheques_to_deposit()] == [(120, 6)]
