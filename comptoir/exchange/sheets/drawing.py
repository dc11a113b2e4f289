"""A sheet as a PDF or as rows for a spreadsheet. Typst draws with the fonts it carries: same sheet, same bytes.

A sheet: `{"title", "subtitle", "owner": [lines], "notice", "blocks": [...], "foot"}`; its blocks are
`{"t": "facts", "rows": [[label, value]]}`, `{"t": "table", "title", "heading", "kinds": ["text"|"number"], "rows",
"total" (optional)}`, `{"t": "title"|"text", "s"}` and `{"t": "rule"}`. Every cell is a text for people."""

import functools
import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import typst

from comptoir.exchange.receipts.layout import printable

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


def sheet_rows(sheet: Sheet) -> Iterator[list[str]]:
    """The same words as rows: heading, then every block in order, an empty row between two."""
    yield [sheet["title"], sheet.get("subtitle", "")]
    if sheet.get("notice"):
        yield [sheet["notice"]]
    for block in sheet["blocks"]:
        yield []
        if block["t"] in ("text", "title"):
            yield [block["s"]]
        elif block["t"] == "facts":
            yield from block["rows"]
        elif block["t"] == "table":
            yield [block["title"]]
            yield block["heading"]
            yield from block["rows"]
            if "total" in block:
                yield block["total"]
