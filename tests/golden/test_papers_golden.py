"""Papers as they leave the house, compared byte for byte with files that a person has read.

`COMPTOIR_GOLDEN=write pytest tests/golden` writes the files again; what changed is then read in the diff before it is
committed. Papers come from the engine, from the cases of `vectors/receipt`.
"""

import json
import os
from pathlib import Path

import pypdfium2
import pytest

from comptoir.bridge.escpos.codepages import CP858
from comptoir.bridge.escpos.emitter import Profile, render
from comptoir.bridge.simulator.interpreter import Line, Mark, Symbol, read
from comptoir.engine.door import call
from comptoir.exchange.receipts.html import as_html
from comptoir.exchange.receipts.layout import as_text
from comptoir.exchange.receipts.pdf import as_pdf

FOLDER = Path(__file__).parent / "papers"
CASES = json.loads((Path(__file__).parents[2] / "vectors" / "receipt" / "cases.json").read_text(encoding="utf-8"))
PAPERS = {
    "ticket": "receipt-001",
    "refund": "receipt-002",
    "belgian_rounding": "receipt-003",
    "training_duplicate": "receipt-004",
    "z": "receipt-006",
    "x": "receipt-007",
    "cash_out": "receipt-008",
}


def document_of(name):
    cases = CASES["cases"] if isinstance(CASES, dict) else CASES
    given = next(case["given"] for case in cases if case["id"] == PAPERS[name])
    document = json.loads(call(given["call"], json.dumps(given["input"])))
    assert document["format"] == "receipt/1"
    return document


def hexadecimal(data):
    rows = [data[start : start + 32].hex(" ") for start in range(0, len(data), 32)]
    return "\n".join(rows) + "\n"


def pdf_words(octets):
    """The text of the PDF, one row a line, spaces as they are read."""
    pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(octets)]
    return "\n".join(row.rstrip() for page in pages for row in page.splitlines()) + "\n"


WAYS = {
    "48.txt": lambda document: as_text(document, columns=48),
    "32.txt": lambda document: as_text(document, columns=32),
    "html": as_html,
    "pdf.txt": lambda document: pdf_words(as_pdf(document)),
    "cp1252.hex": lambda document: hexadecimal(render(document, profile=Profile()).data),
    "cp858-32.hex": lambda document: hexadecimal(render(document, profile=Profile(columns=32, page=CP858)).data),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", PAPERS)
def test_the_paper_is_the_one_that_was_read(name, way):
    drawn = WAYS[way](document_of(name))
    kept = FOLDER / f"{name}.{way}"
    if os.environ.get("COMPTOIR_GOLDEN") == "write":
        FOLDER.mkdir(exist_ok=True)
        kept.write_text(drawn, encoding="utf-8", newline="\n")
    assert drawn == kept.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAPERS)
def test_one_cut_no_pulse_and_nothing_lost(name):
    rendered = render(document_of(name), profile=Profile())
    marks = [item.kind for item in read(rendered.data) if isinstance(item, Mark)]
    assert (marks.count("cut"), marks.count("pulse"), marks[0], rendered.lost) == (1, 0, "init", 0)


@pytest.mark.parametrize("columns", [32, 42, 48])
@pytest.mark.parametrize("name", PAPERS)
def test_printed_rows_are_the_rows_of_the_text(name, columns):
    """The interpreter knows nothing of the emitter: what it reads is what the plain text says, signs of the page apart."""
    document = document_of(name)
    items = read(render(document, profile=Profile(columns=columns)).data)
    printed = [item.text.rstrip() for item in items if isinstance(item, Line) and item.text.strip()]
    plain = as_text(document, columns=columns).replace("\u00a0", " ").replace("\u202f", " ").replace("−", "-")
    assert printed == [row for row in plain.splitlines() if row.strip() and not row.startswith("[")]
    assert all(len(item.text) * item.wide <= columns for item in items if isinstance(item, Line))
    assert [f"[barcode {item.text}]" for item in items if isinstance(item, Symbol)] == [
        row for row in plain.splitlines() if row.startswith("[")
    ]
