"""What a line of a sales file is for a till, and the sum that the Z is held against."""

from pathlib import Path

import pytest

from comptoir.exchange.replay.balance import sum_files
from comptoir.exchange.replay.reading import stage_files
from comptoir.exchange.replay.report import DayResult, Result, euros, lines_of
from comptoir.exchange.replay.sales_file import RawLine
from comptoir.exchange.replay.staging import Staging
from comptoir.exchange.replay.verdicts import DATE_FORMATS, DateOrder, NotASale, judge
from tests.exchange.uci_file import write_uci


def raw(**cells: str) -> RawLine:
    known = {"invoice": "536365", "code": "85123A", "description": "HEART", "quantity": "6",
             "date": "2010-12-01 08:26:00", "price": "2.55", "customer": "17850.0"}  # fmt: skip
    return RawLine(0, 2, **{**known, **cells}, whole=True)


def verdict(**cells: str) -> str:
    with pytest.raises(NotASale) as found:
        judge(raw(**cells), formats=DATE_FORMATS["iso"])
    return str(found.value)


def test_a_plain_line_is_a_sale() -> None:
    sale = judge(raw(), formats=DATE_FORMATS["iso"])
    assert (sale.invoice, sale.refund, sale.quantity_milli, sale.unit_price_e4) == ("536365", False, 6_000, 25_500)
    assert (sale.at.isoformat(), sale.label) == ("2010-12-01T08:26:00", "HEART")


def test_a_c_invoice_is_a_return() -> None:
    sale = judge(raw(invoice="c536379", quantity="-1", price="27.50"), formats=DATE_FORMATS["iso"])
    assert (sale.invoice, sale.refund, sale.quantity_milli) == ("C536379", True, -1_000)


@pytest.mark.parametrize(
    ("price", "price_e4"),
    [("2.5499999999999998", 25_500), ("0.001", 10), ("1E+2", 1_000_000), (".5", 5_000), ("7.", 70_000)],
)
def test_numbers_as_spreadsheets_write_them(price: str, price_e4: int) -> None:
    assert judge(raw(price=price), formats=DATE_FORMATS["iso"]).unit_price_e4 == price_e4


STOCK = "le prix est nul sans client ou sans désignation : un mouvement de stock, pas une vente."
WHICH_WAY = "la quantité est positive sur un avoir : on ne sait si la marchandise entre ou sort."


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"quantity": "0"}, "la quantité est nulle."),
        ({"quantity": ""}, "la quantité manque."),
        ({"quantity": "six"}, "la quantité n’est pas un nombre."),
        ({"quantity": "1.23456"}, "la quantité a plus de 3 décimales."),
        ({"price": "-11062.06"}, "le prix est négatif : une écriture comptable, pas une vente."),
        ({"price": "1.23456"}, "le prix a plus de 4 décimales."),
        ({"price": "NaN"}, "le prix n’est pas un nombre."),
        ({"price": "0.0", "customer": ""}, STOCK),
        ({"price": "0.0", "quantity": "-38"}, "le prix est nul : une sortie de stock, pas un retour payé."),
        ({"invoice": ""}, "le numéro de facture manque."),
        ({"invoice": "A563185"}, "le numéro n’est ni celui d’une vente ni celui d’un retour : une écriture comptable."),
        ({"invoice": "C1", "quantity": "6"}, WHICH_WAY),
        ({"date": ""}, "la date manque."),
        ({"date": "2010-13-01 08:26:00"}, "la date ne se lit pas."),
        ({"date": "1066-10-14 08:26:00"}, "la date est hors du siècle."),
        ({"quantity": "2000000"}, "la quantité ou le prix dépasse ce qu’une caisse accepte."),
    ],
)  # fmt: skip
def test_what_is_not_a_sale_says_why(cells: dict[str, str], reason: str) -> None:
    assert verdict(**cells) == reason


def test_a_gift_on_a_customers_invoice_is_sold_at_nothing() -> None:
    assert judge(raw(price="0.0"), formats=DATE_FORMATS["iso"]).unit_price_e4 == 0


MONTHS_FIRST, DAYS_FIRST = "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M"


@pytest.mark.parametrize(
    ("dates", "first"),
    [
        (["12/1/2010 8:26", "12/13/2010 9:00"], MONTHS_FIRST),
        (["1/12/2010 8:26", "13/12/2010 9:00"], DAYS_FIRST),
        (["12/1/2010 8:26", "12/2/2010 9:00", "31/02/2010 9:00"], MONTHS_FIRST),  # no order reads 31 February
        (["1/12/2010 8:26", "2/12/2010 9:00"], DAYS_FIRST),  # two days in a row, not 11 months apart
        (["1/2/2010 8:26"], MONTHS_FIRST),
    ],
)
def test_days_and_months_are_told_apart_by_the_whole_file(dates: list[str], first: str) -> None:
    order = DateOrder()
    for text in dates:
        order.see(text)
    assert order.formats()[len(DATE_FORMATS["iso"])] == first


@pytest.mark.parametrize("style", ["iso", "mdy"])
@pytest.mark.parametrize("shuffled", [False, True])
def test_staged_lines_and_independent_sum_agree_with_the_writer(tmp_path: Path, style: str, shuffled: bool) -> None:
    path = tmp_path / "ventes.csv"
    wrote = write_uci(path, days=4, invoices=10, lines=5, style=style, shuffled=shuffled, encoding="latin-1")
    staging = Staging(tmp_path / "lignes.sqlite")
    read = stage_files([path], staging=staging, wanted_dates=None, progress=lambda what, count: None)
    assert (read.lines, staging.counts()) == (wrote.lines, (wrote.sold, wrote.listed))
    assert staging.days() == sorted(wrote.totals_minor)
    sums = sum_files(
        [path], encodings=[read.layouts[0].encoding], date_formats=read.date_formats,
        listed=((row.file, row.line) for row in staging.listed()),
    )  # fmt: skip
    assert {day: total.total_minor for day, total in sums.items()} == wrote.totals_minor
    for day in staging.days():
        invoices = list(staging.invoices_of(day))
        assert len({invoice.number for invoice in invoices}) == len(invoices)  # lines of an invoice come back together
        assert [invoice.at for invoice in invoices] == sorted(invoice.at for invoice in invoices)
    staging.close()


def test_an_unlisted_line_that_cannot_be_summed_is_not_swallowed(tmp_path: Path) -> None:
    path = tmp_path / "ventes.csv"
    path.write_text("InvoiceNo,Quantity,InvoiceDate,UnitPrice\n1,1,2010-12-01 08:00,1.00\n2,1,never,1.00\n", "utf-8")
    formats = DATE_FORMATS["iso"]
    with pytest.raises(ValueError, match="was not listed"):
        sum_files([path], encodings=["utf-8"], listed=[], date_formats=formats)
    sums = sum_files([path], encodings=["utf-8"], listed=[(0, 3)], date_formats=formats)
    assert {day: total.total_minor for day, total in sums.items()} == {"2010-12-01": 100}


def result(**changes: object) -> Result:
    day = {"date": "2010-12-01", "tickets": 1, "lines": 2, "z_minor": 100, "file_minor": 100, "file_lines": 2,
           "booked_minor": 100, "extract": "abcd"}  # fmt: skip
    whole = {"days": [DayResult(**{**day, **changes.pop("day", {})})], "read": 3, "sold": 2, "listed": 1, "records": 4,
             "kept": [], "heads_differ": [], "cut": [], "seconds": 1}  # fmt: skip
    return Result(**{**whole, **changes})


def test_a_replay_is_whole_only_when_nothing_differs() -> None:
    assert result().whole
    assert not result(day={"z_minor": 99}).whole
    assert not result(day={"booked_minor": 0}).whole
    assert not result(day={"lines": 1}).whole
    assert not result(listed=0).whole
    assert not result(kept=[{"id": "x"}]).whole
    assert not result(heads_differ=["R1-1-ticket"]).whole
    assert not result(days=[], sold=0, listed=3).whole


def test_the_last_line_says_what_happened() -> None:
    many = result().days * 2
    said = [
        (result(), "Le jour est juste au centime (4 pièces scellées, 1 s)."),
        (result(days=many), "Les 2 jours sont justes au centime (4 pièces scellées, 1 s)."),
        (result(day={"z_minor": 99}), "1 jour(s) sur 1 ne tombent pas juste."),
        (result(days=[], sold=0, listed=3), "Aucune ligne n’a pu être vendue."),
        (result(listed=0),
         "Chaque jour tombe juste, mais tout n’est pas au serveur ou tout n’est pas compté (4 pièces scellées, 1 s)."),
    ]  # fmt: skip
    for found, sentence in said:
        assert list(lines_of(found))[-1] == sentence


def test_amounts_are_told_as_in_france() -> None:
    assert euros(-123456) == "\u22121\u202f234,56\u00a0€"
