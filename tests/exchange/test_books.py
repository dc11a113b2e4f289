"""The books of a small shop, every figure by hand.

22/11: float 100,00; bread 1,20 in cash, soap 4,50 by card, bread 1,20 by cheque n° 777; 60,00 to the safe; 41,00 counted
where 41,20 was expected. 23/11: opened with 41,50; bread 1,20 in cash; 20,00 taken from the safe; all counted right."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from comptoir.apps.treasury.models import BookAccount
from comptoir.apps.treasury.services.move_money import send_money
from comptoir.dossiers.binding import Dossier
from comptoir.exchange.books.cash_book import cash_book, closing_balance
from comptoir.exchange.books.entries import journal_entries
from comptoir.exchange.books.receipts_book import receipts_book
from comptoir.exchange.books.sales_journal import Wanted, sales_journal
from comptoir.exchange.books.table import Book, Span, month_of
from tests.apps.access.people import one_of_each
from tests.apps.till.shop import LEA, NOON, Till, enrolled_till, send, set_up_shop
from tests.apps.treasury.months import BREAD, SOAP

NOVEMBER = month_of(2026, 11)


@pytest.fixture
def till(dossier: Dossier) -> Till:
    set_up_shop("C1")
    return enrolled_till()


def later(till: Till, **step: int) -> None:
    till.clock.set_utc(till.clock._at + timedelta(**step))


def first_day(till: Till) -> None:
    till.open()
    till.sell(BREAD)
    till.sell(SOAP, tender="card")
    till.sell(BREAD, tender="cheque")
    later(till, seconds=1)
    till.soft.move_cash(kind="out", amount_minor=6_000, reason="to_safe", label="Mise au coffre")
    later(till, seconds=1)
    till.close(
        {"tender": "cash", "amount_minor": 4_100, "pieces": None}, {"tender": "card", "amount_minor": 450, "pieces": None},
        {"tender": "cheque", "amount_minor": 120, "pieces": None},
    )  # fmt: skip
    send(till)


def second_day(till: Till) -> None:
    till.clock.set_local(datetime(2026, 11, 23, 9, 0))
    till.soft.open_session(business_date="2026-11-23", operator=LEA, float_minor=4_150)
    till.sell(BREAD)
    later(till, seconds=1)
    till.soft.move_cash(kind="in", amount_minor=2_000, reason="from_safe", label="Monnaie prise au coffre")
    later(till, seconds=1)
    till.close({"tender": "cash", "amount_minor": 6_270, "pieces": None})
    send(till)


def amounts(book: Book) -> list[tuple]:
    """Piece, words, in, out, balance."""
    return [(line.cells[3], line.cells[4], *line.cells[6:]) for line in book.lines]


@pytest.mark.feature("CASH-06")
def test_the_cash_book_of_the_whole_shop(till: Till) -> None:
    first_day(till)
    second_day(till)
    book = cash_book(NOVEMBER)
    assert amounts(book) == [
        ("", "Report", None, None, 0),
        ("Mvt C1-1-1", "Premier fond de caisse, C1", 10_000, None, 10_000),
        ("C1-1-1", "Vente en espèces", 120, None, 10_120),
        ("Z C1-1-1", "Écart constaté · clôture de C1", None, 20, 10_100),
        ("Z C1-1-1", "Z C1-1-1 · reste en caisse C1 : 41,00\u00a0€", None, None, 10_100),
        ("Mvt C1-1-4", "Écart à l’ouverture de C1", 50, None, 10_150),
        ("C1-1-4", "Vente en espèces", 120, None, 10_270),
        ("Z C1-1-2", "Z C1-1-2 · reste en caisse C1 : 62,70\u00a0€", None, None, 10_270),
        ("", "Total et solde", 10_290, 20, 10_270),
    ]
    assert book.warnings == ()
    assert [line.cells[0] for line in book.lines] == [None, 1, 2, 3, None, 4, 5, None, None]
    assert [line.cells[5] for line in book.lines][2:5] == ["C1-1-1", "C1-1-1", "C1-1-1"]


def test_the_cash_book_of_the_safe_and_what_a_day_carries_to_the_next(till: Till) -> None:
    first_day(till)
    second_day(till)
    owner = one_of_each()["owner"]
    send_money(
        uuid4(), source="safe/1", target="transit/bank", amount_minor=3_000, label="Remise en banque", by=owner,
        now=NOON + timedelta(days=1),
    )  # fmt: skip
    safe = cash_book(NOVEMBER, places=frozenset({"safe/1"}), name="Coffre")
    assert amounts(safe) == [
        ("", "Report", None, None, 0),
        ("Mvt C1-1-2", "Mise au coffre", 6_000, None, 6_000),
        ("Mvt C1-1-5", "Monnaie prise au coffre", None, 2_000, 4_000),
        ("Bureau S-1-1", "Remise en banque", None, 3_000, 1_000),
        ("", "Total et solde", 6_000, 5_000, 1_000),
    ]
    days = [cash_book(Span(day, day)) for day in (date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 24))]
    assert [closing_balance(book) for book in days] == [10_100, 7_270, 7_270]
    assert [book.lines[0].cells[-1] for book in days] == [0, 10_100, 7_270]


def test_a_till_that_takes_more_than_its_drawer_held_is_named(till: Till) -> None:
    till.open(float_minor=1_000)
    later(till, seconds=1)
    till.soft.move_cash(kind="out", amount_minor=2_500, reason="expense", label="Petit achat")
    till.sell(BREAD)
    send(till)
    book = cash_book(NOVEMBER)
    assert book.warnings == (
        "22/11/2026, Mvt C1-1-2 (Petit achat) : 25,00\u00a0€ sortis de « la caisse C1 » qui n’avait que 10,00\u00a0€."
        " Il manque une entrée, ou la sortie est de trop.",
    )
    assert [line.tone for line in book.lines] == ["carried", "", "bad", "bad", "total"]
    assert closing_balance(book) == -1_380


def rows_of(book: Book) -> list[list]:
    return [[cell.isoformat() if isinstance(cell, date) else cell for cell in line.cells] for line in book.lines]


@pytest.mark.feature("CASH-07")
def test_the_receipts_book_in_both_layouts(till: Till) -> None:
    """Bread 1,20 at 5,5 %: 1,14 + 0,06. Soap 4,50 at 20 %: 3,75 + 0,75."""
    first_day(till)
    second_day(till)
    french = receipts_book(NOVEMBER, layout="FR")
    assert [column.label for column in french.columns] == [
        "Date", "Z", "Tickets", "HT 20\u00a0%", "TVA 20\u00a0%", "HT 5,5\u00a0%", "TVA 5,5\u00a0%", "Total HT", "Total TVA", "Total TTC",
        "Espèces", "Carte", "Chèque",
    ]  # fmt: skip
    assert rows_of(french) == [
        ["2026-11-22", "C1-1-1", "1 à 3", 375, 75, 228, 12, 603, 87, 690, 120, 450, 120],
        ["2026-11-23", "C1-1-2", "4", 0, 0, 114, 6, 114, 6, 120, 120, 0, 0],
        ["2026-11-30", "Total", None, 375, 75, 342, 18, 717, 93, 810, 240, 450, 120],
    ]
    assert french.warnings == []
    assert rows_of(receipts_book(NOVEMBER, layout="BE")) == [
        [1, "2026-11-22", "C1-1-1", 450, 240, 690, 120, 450, 120],
        [2, "2026-11-23", "C1-1-2", 0, 120, 120, 120, 0, 0],
        [None, "2026-11-30", "Total", 450, 360, 810, 240, 450, 120],
        [None, "2026-11-30", "Base imposable", 375, 342, 717, None, None, None],
        [None, "2026-11-30", "TVA comprise", 75, 18, 93, None, None, None],
    ]


def test_a_day_without_its_z_is_in_the_receipts_book_and_told(till: Till) -> None:
    till.open()
    till.sell(BREAD)
    send(till)
    book = receipts_book(NOVEMBER, layout="FR")
    assert rows_of(book)[0][:3] == ["2026-11-22", "sans Z", "1"]
    assert (rows_of(book)[-1][5:8], book.warnings) == (
        [114, 6, 120], ["22/11/2026, caisse C1 : 1 ticket sans Z. Clôturez la journée sur le poste."],
    )  # fmt: skip


@pytest.mark.feature("FISC-05")
def test_the_sales_journal_has_a_row_a_ticket_and_can_be_narrowed(till: Till) -> None:
    first_day(till)
    book = sales_journal(NOVEMBER, country="FR")
    assert [row[:1] + row[2:] for row in rows_of(book)] == [
        ["2026-11-22", "C1-1-1", "Vente", None, None, 114, 6, 114, 6, 120, "Espèces", "531000 / 707055 445713"],
        ["2026-11-22", "C1-1-2", "Vente", 375, 75, None, None, 375, 75, 450, "Carte", "511500 / 707200 445712"],
        ["2026-11-22", "C1-1-3", "Vente", None, None, 114, 6, 114, 6, 120, "Chèque", "511200 / 707055 445713"],
        ["2026-11-30", "Total", "", 375, 75, 228, 12, 603, 87, 690, "", ""],
    ]
    cards = sales_journal(NOVEMBER, country="FR", wanted=Wanted(tender="card"))
    assert [row[2] for row in rows_of(cards)] == ["C1-1-2", "Total"]
    reduced = sales_journal(NOVEMBER, country="FR", wanted=Wanted(vat_e4="550"), part=(1, 2))
    assert [(row[2], row[-3]) for row in rows_of(reduced)] == [("C1-1-3", 120), ("Total", 240)]


def test_the_entry_of_a_z_balances(till: Till) -> None:
    first_day(till)
    entries = journal_entries(NOVEMBER, country="FR")
    assert [(row[3], row[5], row[6], row[7]) for row in rows_of(entries)] == [
        ("511500", "Carte", 450, None),
        ("531000", "Espèces", 120, None),
        ("511200", "Chèque", 120, None),
        ("707200", "Ventes 20\u00a0%", None, 375),
        ("445712", "TVA 20\u00a0%", None, 75),
        ("707055", "Ventes 5,5\u00a0%", None, 228),
        ("445713", "TVA 5,5\u00a0%", None, 12),
        ("531000", "Mise au coffre", None, 6_000),
        ("531100", "Mise au coffre", 6_000, None),
        ("531000", "Écart de caisse", None, 20),
        ("658000", "Écart de caisse", 20, None),
        ("", "", 6_710, 6_710),
    ]
    BookAccount.objects.create(role="tender", key="cash", account="530100", label="Caisse du magasin")
    assert [row[3] for row in rows_of(journal_entries(NOVEMBER, country="FR"))][1] == "530100"
    assert [row[3] for row in rows_of(journal_entries(NOVEMBER, country="BE"))][3:5] == ["700000", "451000"]


def test_a_petty_expense_gives_its_vat_back(till: Till) -> None:
    """12,00 with VAT at 20 %: 10,00 of expense, 2,00 to deduct."""
    till.open()
    later(till, seconds=1)
    seal = till.soft._seal_body
    till.soft._seal_body = lambda head, body, **more: seal(head, {**body, "vat_e4": 2000}, **more)  # type: ignore[method-assign]
    till.soft.move_cash(kind="out", amount_minor=1_200, reason="expense", label="Ampoules")
    till.soft._seal_body = seal  # type: ignore[method-assign]
    till.close({"tender": "cash", "amount_minor": 8_800, "pieces": None})
    send(till)
    assert [(row[3], row[5], row[6], row[7]) for row in rows_of(journal_entries(NOVEMBER, country="FR"))] == [
        ("531000", "Ampoules", None, 1_200),
        ("606800", "Ampoules", 1_000, None),
        ("445660", "TVA 20\u00a0% · Ampoules", 200, None),
        ("", "", 1_200, 1_200),
    ]
