"""A sheet as a PDF or as rows for a spreadsheet. Typst draws with the fonts it carries: same sheet, same bytes.

A sheet: `{"title", "subtitle", "owner": [lines], "notice", "blocks": [...], "foot"}`; its blocks are
`{"t": "facts", "rows": [[label, value]]}`, `{"t": "table", "title", "heading", "kinds": ["text"|"number"], "rows",
"total" (optional)}`, `{"t": "title"|"text", "s"}` and `{"t": "rule"}`. Every cell is a text for people."""

import functools
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from importlib.resources import files
from typing import Any

import typst

from comptoir.exchange.receipts.layout import printable

_EURO, _FIGURE = "\u00a0€", re.compile(r"-?[0-9]+(,[0-9]+)?")
_EPOCH = 0  # the date of a sheet is in its words; a PDF that changes at each print could not be compared
Sheet = dict[str, Any]


@functools.cache
def _template() -> bytes:
    return files(__package__).joinpath("sheet.typ").read_bytes()


@functools.cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [_clean(one) for one in value]
    if isinstance(value, dict):
        return {key: _clean(one) for key, one in value.items()}
    return value


def sheet_pdf(sheet: Sheet) -> bytes:
    """The PDF of a sheet, A4."""
    given = {"lang": "fr", "notice": "", "foot": "", "owner": [], "subtitle": ""} | _clean(sheet)
    compiler = typst.Compiler(
        input=_template(), font_paths=_fonts(), ignore_system_fonts=True, sys_inputs={"sheet": json.dumps(given)}
    )
    drawn = compiler.compile(format="pdf", timestamp=_EPOCH)
    assert isinstance(drawn, bytes)
    return drawn


def sheet_rows(sheet: Sheet) -> Iterator[list[Any]]:
    """The same words as rows: heading, then every block in order, an empty row between two. Amounts and counts are numbers
    again, as a spreadsheet adds them."""
    yield [sheet["title"], sheet.get("subtitle", "")]
    if sheet.get("notice"):
        yield [sheet["notice"]]
    for block in sheet["blocks"]:
        yield []
        if block["t"] in ("text", "title"):
            yield [block["s"]]
        elif block["t"] == "facts":
            yield from ([label, _number(value) if value.endswith(_EURO) else value] for label, value in block["rows"])
        elif block["t"] == "table":
            yield [block["title"]]
            yield block["heading"]
            rows = [*block["rows"], *([block["total"]] if "total" in block else [])]
            for row in rows:
                yield [
                    _number(cell) if kind == "number" else cell for cell, kind in zip(row, block["kinds"], strict=True)
                ]


def _number(text: str) -> Any:
    """`−1 234,50 €` and `12`, with the signs and spaces of paper, as numbers; any other text as it is."""
    match = _FIGURE.fullmatch(text.removesuffix(_EURO).replace("\u202f", "").replace("\u2212", "-"))
    return Decimal(match[0].replace(",", ".")) if match else text
