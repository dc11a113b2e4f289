"""Sales files as they come: encodings, delimiters, quotes that are never closed, and what is no table of sales."""

from decimal import Decimal
from pathlib import Path

import pytest

from comptoir.exchange.replay.balance import sum_files
from comptoir.exchange.replay.reading import stage_files
from comptoir.exchange.replay.sales_file import SalesFileRefused
from comptoir.exchange.replay.staging import Staging

HEADING = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
SALE = "536365,85123A,HOLDER,6,12/1/2010 8:26,2.55,17850.0,United Kingdom"
OPEN = '536366,22423,"CAKE STAND,6,12/1/2010 8:26,2.55,17850.0,United Kingdom'  # its quote is never closed
QUOTED = '536367,22424,"STAND, ""SMALL""",6,12/1/2010 8:26,2.55,17850.0,United Kingdom'
BROKEN = "la ligne n’a pas le nombre de cellules attendu."
NO_NUMBER = "le numéro de facture manque."


def table(*rows: str, heading: str = HEADING, end: str = "\n") -> str:
    return end.join([heading, *rows]) + end


def staged(tmp_path: Path, content: bytes) -> tuple[int, int, list[tuple[int, str]]]:
    """(lines sold, cents of all days by the independent sum, lines listed with their reasons)."""
    path = tmp_path / "ventes.csv"
    path.write_bytes(content)
    staging = Staging(tmp_path / "lignes.sqlite")
    read = stage_files([path], staging=staging, wanted_dates=None, progress=lambda what, count: None)
    listed = list(staging.listed())
    sums = sum_files(
        [path], encodings=[read.layouts[0].encoding], date_formats=read.date_formats,
        listed=[(row.file, row.line) for row in listed],
    )  # fmt: skip
    sold, _ = staging.counts()
    staging.close()
    assert sum(day.lines for day in sums.values()) == sold
    assert sold + len(listed) == read.lines
    return sold, sum(day.total_minor for day in sums.values()), [(row.line, row.reason) for row in listed]


ONE = int(Decimal("2.55") * 6 * 100)


@pytest.mark.parametrize(
    ("content", "sold"),
    [
        (table(SALE).encode(), 1),
        (b"\xef\xbb\xbf" + table(SALE).encode(), 1),
        (table(SALE).encode("utf-16"), 1),
        (table(SALE.replace("HOLDER", "GIFT £20 é")).encode("latin-1"), 1),
        (table(SALE, end="\r\n").encode(), 1),
        (table(SALE, SALE, end="\r").encode(), 2),
        (table(SALE.replace(",", "\t"), heading=HEADING.replace(",", "\t")).encode(), 1),
        (table(SALE.replace(",", ";"), heading=HEADING.replace(",", ";")).encode(), 1),
        (table(SALE.replace(",", ";").replace("2.55", "2,55"), heading=HEADING.replace(",", ";")).encode(), 1),
        (table(SALE, SALE, SALE).encode(), 3),  # exact duplicates are three sales
        (table(QUOTED, SALE.replace("HOLDER", '"TWO\nLINES"'), SALE).encode(), 3),
        (table(SALE.replace("HOLDER", '12" RULER'), SALE.replace("HOLDER", '"12" RULER"')).encode(), 2),
        (table(SALE, "", "   ", SALE).encode(), 2),
    ],
)
def test_the_ways_a_file_is_written(tmp_path: Path, content: bytes, sold: int) -> None:
    assert staged(tmp_path, content) == (sold, sold * ONE, [])


@pytest.mark.parametrize(
    ("rows", "listed"),
    [
        ([SALE, OPEN, SALE, SALE], [(3, BROKEN)]),
        ([SALE, OPEN, SALE, QUOTED, SALE], [(3, BROKEN)]),  # the next quote is lines away
        ([SALE, SALE, OPEN], [(4, BROKEN)]),
        ([OPEN, OPEN, SALE, OPEN], [(2, BROKEN), (3, BROKEN), (5, BROKEN)]),
        ([SALE, "536365,1,x", SALE + ",x"], [(3, BROKEN), (4, BROKEN)]),
        ([SALE, ",,,,,,,"], [(3, NO_NUMBER)]),
    ],
)
def test_a_broken_line_takes_no_other_with_it(tmp_path: Path, rows: list[str], listed: list) -> None:
    sold = len(rows) - len(listed)
    assert staged(tmp_path, table(*rows).encode()) == (sold, sold * ONE, listed)


def test_an_invoice_over_midnight_is_two_days(tmp_path: Path) -> None:
    late, early = SALE.replace("8:26", "23:59"), SALE.replace("12/1/2010 8:26", "12/2/2010 0:01")
    path = tmp_path / "ventes.csv"
    path.write_text(table(late, early))
    staging = Staging(tmp_path / "lignes.sqlite")
    stage_files([path], staging=staging, wanted_dates=None, progress=lambda what, count: None)
    assert staging.days() == ["2010-12-01", "2010-12-02"]
    assert [len(invoice.lines) for day in staging.days() for invoice in staging.invoices_of(day)] == [1, 1]
    staging.close()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "le fichier est vide."),
        (table().encode(), "Il n’y a aucune ligne sous les titres : rien à rejouer."),
        (b"PK\x03\x04more", "est un classeur : enregistrez-le au format CSV, puis rejouez ce fichier-là."),
        (b"\xd0\xcf\x11\xe0more", "est un ancien classeur Excel : enregistrez-le au format CSV, puis rejouez ce fichier-là."),
        (b"\x1f\x8b\x08more", "est compressé : décompressez-le d’abord."),
        (b"%PDF-1.7", "est un PDF, pas un tableau de ventes."),
        (table(SALE + ",3", heading=HEADING + ",UnitPrice").encode(), "la colonne UnitPrice y est deux fois."),
        ((SALE + "\n").encode(), "il manque la colonne InvoiceNo, Quantity, InvoiceDate, UnitPrice"),
        (table(SALE).encode("utf-16")[:-1], "le texte est abîmé, son codage ne se lit pas."),
    ],
)  # fmt: skip
def test_what_is_no_table_of_sales_is_said(tmp_path: Path, content: bytes, reason: str) -> None:
    with pytest.raises(SalesFileRefused) as refusal:
        staged(tmp_path, content)
    assert reason in str(refusal.value)
