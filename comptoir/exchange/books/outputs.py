"""A book as a PDF, a workbook and a CSV. The same values in all three: amounts stay numbers where numbers can stay."""

import csv
import functools
import io
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from importlib.resources import files
from itertools import chain, islice
from typing import IO, Any

import typst
import xlsxwriter

from comptoir import __version__
from comptoir.apps.settings.queries import company, main_establishment
from comptoir.engine.money import format_minor
from comptoir.exchange.receipts.layout import printable

from .table import CLOCK, COUNT, DAY, FORMULA_STARTS, MONEY, Book, Column

PAPER_LINES = 6_000  # beyond, paper helps nobody: the workbook has them all
CSV_ROWS = 400
_EPOCH = 0
_WIDE = 20  # weights of columns that still fit an upright page


class TooLongForPaper(ValueError):
    """A book of more lines than anybody prints."""


def words_of(value: Any, column: Column) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if column.kind == MONEY:
        return format_minor(value)
    if column.kind == DAY:
        return f"{value.day:02d}/{value.month:02d}/{value.year}"  # a strftime for each costs more than all the rest
    return f"{value.hour:02d}:{value.minute:02d}" if column.kind == CLOCK else str(value)


def owner_lines() -> list[str]:
    """Who keeps the book: at its head."""
    owner, place = company(), main_establishment()
    number = f"{'SIRET' if owner.country == 'FR' else 'N° d’unité'} {place.number}"
    return [owner.legal_name, place.name, f"{place.postcode} {place.city}".strip(), number, owner.vat_number]


@functools.cache
def _template() -> bytes:
    return files(__package__).joinpath("book.typ").read_bytes()


@functools.cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)


def book_pdf(book: Book) -> bytes:
    """The book on A4. Raises TooLongForPaper beyond 6,000 lines."""
    if len(book.lines) > PAPER_LINES:
        raise TooLongForPaper(
            f"Ce livre a {len(book.lines)} lignes : choisissez moins de jours, ou prenez le classeur Excel."
        )
    wide = sum(column.weight for column in book.columns) > _WIDE
    given = {
        "title": book.title, "period": " · ".join(part for part in (book.span.label, book.subtitle) if part),
        "owner": [printable(line) for line in owner_lines() if line], "warnings": [printable(text) for text in book.warnings],
        "notes": [printable(text) for text in book.notes], "foot": f"Comptoir {__version__}", "wide": wide,
        "size": 7 if len(book.columns) > 15 else 8.5,
        "columns": [
            {"label": column.label, "weight": column.weight, "right": column.kind in (MONEY, COUNT)} for column in book.columns
        ],
        "rows": [
            {"tone": line.tone, "cells": [printable(words_of(cell, column)) for cell, column in zip(line.cells, book.columns, strict=True)]}
            for line in book.lines
        ],
    }  # fmt: skip
    compiler = typst.Compiler(
        input=_template(), font_paths=_fonts(), ignore_system_fonts=True, sys_inputs={"book": json.dumps(given)}
    )
    drawn = compiler.compile(format="pdf", timestamp=_EPOCH)
    assert isinstance(drawn, bytes)
    return drawn


def book_csv(book: Book) -> Iterator[bytes]:
    """A CSV for French spreadsheets: semicolons, decimal commas, UTF-8 with its mark; some hundreds of rows a piece."""
    yield "\ufeff".encode()
    spellings = [_csv_money if column.kind == MONEY else _csv_words(column) for column in book.columns]
    rows: Iterator[Iterable[str]] = (
        [spell(cell) for spell, cell in zip(spellings, line.cells, strict=True)] for line in book.lines
    )
    rows = chain([[column.label for column in book.columns]], rows)
    while some := list(islice(rows, CSV_ROWS)):
        text = io.StringIO()
        csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(some)
        yield text.getvalue().encode()


def _csv_money(cell: int | None) -> str:
    if cell is None:
        return ""
    whole, cents = divmod(abs(cell), 100)
    return f"{'-' if cell < 0 else ''}{whole},{cents:02d}"


def _csv_words(column: Column) -> Callable[[Any], str]:
    def spelled(cell: Any) -> str:
        text = words_of(cell, column)
        return f"'{text}" if text.startswith(FORMULA_STARTS) else text

    return spelled


def book_xlsx(book: Book) -> IO[bytes]:
    """A workbook of one sheet, open for reading; it is deleted when closed."""
    file = tempfile.NamedTemporaryFile(prefix="comptoir-", suffix=".xlsx")  # noqa: SIM115  the answer closes it
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file.name, options) as made:
        sheet = made.add_worksheet(book.title[:31])
        bold = made.add_format({"bold": True})
        formats = {
            (kind, strong): made.add_format({"num_format": shape, "bold": strong})
            for kind, shape in ((MONEY, "#,##0.00"), (DAY, "dd/mm/yyyy"), (CLOCK, "hh:mm"), ("text", "General"))
            for strong in (False, True)
        }
        for place, column in enumerate(book.columns):
            sheet.set_column(place, place, 5 + 3 * column.weight)
        sheet.write_string(
            0, 0, " · ".join(part for part in (book.title, book.span.label, book.subtitle) if part), bold
        )
        for place, column in enumerate(book.columns):
            sheet.write_string(2, place, column.label, bold)
        sheet.freeze_panes(3, 0)
        for number, line in enumerate(book.lines, start=3):
            for place, (cell, column) in enumerate(zip(line.cells, book.columns, strict=True)):
                _write(sheet, (number, place), cell, column.kind, formats, strong=line.tone in ("carried", "total"))
    file.seek(0)
    return file


def _write(sheet: Any, place: tuple[int, int], cell: Any, kind: str, formats: dict[Any, Any], *, strong: bool) -> None:
    if cell is None:
        return
    if kind == MONEY:
        sheet.write_number(*place, Decimal(cell).scaleb(-2), formats[MONEY, strong])
    elif kind == CLOCK and isinstance(cell, datetime):
        sheet.write_datetime(*place, cell.replace(tzinfo=None), formats[CLOCK, strong])
    elif kind == DAY and isinstance(cell, date):
        sheet.write_datetime(*place, cell, formats[DAY, strong])
    elif isinstance(cell, int):
        sheet.write_number(*place, cell, formats["text", strong])
    else:
        sheet.write_string(*place, str(cell)[:32_767], formats["text", strong])
