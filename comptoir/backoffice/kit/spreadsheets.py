"""Tables as files: CSV sent row by row, XLSX made on disk. The only place that writes spreadsheets for the office.

A text that a spreadsheet would take for a formula is made harmless (ASVS 1.2.10): a quote before it in CSV, a string cell
in XLSX. Numbers stay numbers.
"""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _

from comptoir.exchange.books.table import FORMULA_STARTS


def harmless(text: str) -> str:
    """The text as a spreadsheet shows it, never as it would compute it."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def csv_cell(value: Any) -> str:
    """French spreadsheets read a comma in numbers and day/month/year."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, (int, Decimal)):
        return f"{value:f}".replace(".", ",") if isinstance(value, Decimal) else str(value)
    if isinstance(value, datetime):
        return value.strftime("%d/%m/%Y %H:%M:%S")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    return harmless(str(value))


class _Echo:
    def write(self, text: str) -> str:
        return text


def csv_rows(heading: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """A CSV for French spreadsheets (semicolons, UTF-8 with its mark), one piece a row."""
    writer = csv.writer(_Echo(), delimiter=";", lineterminator="\r\n")
    yield "\ufeff".encode()
    yield writer.writerow([csv_cell(cell) for cell in heading]).encode()
    for row in rows:
        yield writer.writerow([csv_cell(cell) for cell in row]).encode()


def xlsx_file(heading: Sequence[str], rows: Iterable[Sequence[Any]], *, title: str) -> IO[bytes]:
    """A workbook of one sheet, open for reading; it is deleted when closed."""
    file = tempfile.NamedTemporaryFile(prefix="comptoir-", suffix=".xlsx")  # noqa: SIM115  the answer closes it
    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "default_date_format": "dd/mm/yyyy", "remove_timezone": True,
    }  # fmt: skip
    with xlsxwriter.Workbook(file.name, options) as book:
        sheet = book.add_worksheet(_sheet_name(title))
        bold = book.add_format({"bold": True})
        instant = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        sheet.freeze_panes(1, 0)
        for column, cell in enumerate(heading):
            sheet.write_string(0, column, cell, bold)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                _write(sheet, number, column, cell, instant)
    file.seek(0)
    return file


def _write(sheet: Any, number: int, column: int, cell: Any, instant: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, bool):
        sheet.write_string(number, column, _("oui") if cell else _("non"))
    elif isinstance(cell, (int, Decimal)):
        sheet.write_number(number, column, cell)
    elif isinstance(cell, datetime):
        sheet.write_datetime(number, column, cell, instant)
    elif isinstance(cell, date):
        sheet.write_datetime(number, column, cell)
    else:
        sheet.write_string(number, column, str(cell)[:32_767])


def _sheet_name(title: str) -> str:
    return "".join(character for character in title if character not in "[]:*?/\\")[:31] or "Export"
