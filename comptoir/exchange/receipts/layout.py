"""Lays a receipt document out for a paper of so many columns.

The engine says what stands on the paper; this says where. Text is wrapped between words and by grapheme, amounts are
never wrapped, and every renderer that counts columns (ESC/POS, plain text) draws the same rows.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NO_BREAK = "\u00a0\u202f"


@dataclass(frozen=True, slots=True)
class Row:
    """A printed row, padded to its place. `double` rows are twice as wide and high, hence half as many columns."""

    text: str
    bold: bool = False
    double: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """What is not text: image, qr, barcode, feed or cut, as the document says it."""

    block: Mapping[str, Any]


def printable(text: str) -> str:
    """The text composed (NFC), without control characters and lone surrogates: what may enter a page or a file."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(char for char in composed if unicodedata.category(char) not in ("Cc", "Cs"))


def graphemes(text: str) -> list[str]:
    """User-perceived characters, near enough for a receipt: combining marks, joiners and variation selectors stay with
    the character before them."""
    found: list[str] = []
    joined = False
    for char in text:
        mark = unicodedata.combining(char) or char in "\u200d\ufe0e\ufe0f" or "\U0001f3fb" <= char <= "\U0001f3ff"
        if found and (mark or joined):
            found[-1] += char
        else:
            found.append(char)
        joined = char == "\u200d"
    return found


def width_of(text: str) -> int:
    return len(graphemes(text))


def _words(text: str) -> list[str]:
    """Words separated by ordinary spaces only: a no-break space keeps an amount and its unit together."""
    return text.split(" ")


def wrap(text: str, *, columns: int) -> list[str]:
    """Rows of at most `columns` graphemes, broken between words, inside a word only when it is longer than a row."""
    rows: list[str] = []
    current = ""
    for word in _words(text):
        candidate = f"{current} {word}" if current else word
        if width_of(candidate) <= columns:
            current = candidate
            continue
        if current:
            rows.append(current)
        pieces = graphemes(word)
        while len(pieces) > columns:
            rows.append("".join(pieces[:columns]))
            pieces = pieces[columns:]
        current = "".join(pieces)
    rows.append(current)
    return rows


def _aligned(text: str, align: str, columns: int) -> str:
    missing = max(0, columns - width_of(text))
    if align == "r":
        return " " * missing + text
    if align == "c":
        return " " * (missing // 2) + text
    return text


def _pair(left: str, right: str, columns: int) -> list[str]:
    """Left text and right amount on one row; a left text too long takes rows of its own above."""
    room = columns - width_of(right) - 1
    if room < 1:
        return [*wrap(left, columns=columns), _aligned(right, "r", columns)]
    rows = wrap(left, columns=columns if width_of(left) > room else room)
    if width_of(rows[-1]) <= room:
        last = rows.pop()
        return [*rows, last + " " * (columns - width_of(last) - width_of(right)) + right]
    return [*rows, _aligned(right, "r", columns)]


def _spread(cells: Sequence[str], weights: Sequence[int], columns: int) -> str:
    """Cells side by side: the first on the left, the others right-aligned, each at least as wide as its text."""
    total = sum(weights)
    row = ""
    used = 0
    for index, (cell, weight) in enumerate(zip(cells, weights, strict=True)):
        used += weight
        end = columns * used // total
        if index == 0:
            row = cell
            continue
        gap = end - width_of(row) - width_of(cell)
        row += " " * max(1, gap) + cell
    return row


def _text_rows(block: Mapping[str, Any], columns: int) -> Iterator[Row]:
    style = block.get("style") or ()
    double = "double" in style
    room = columns // 2 if double else columns
    kind = block["t"]
    if kind == "text":
        texts = [_aligned(row, block.get("align", "l"), room) for row in wrap(printable(block["s"]), columns=room)]
    elif kind == "row":
        texts = _pair(printable(block["l"]), printable(block["r"]), room)
    elif kind == "cols":
        texts = [_spread([printable(cell) for cell in block["c"]], block["w"], room)]
    else:
        texts = ["-" * room]
    for text in texts:
        yield Row(text, bold="bold" in style, double=double)


def lay_out(document: Mapping[str, Any], *, columns: int) -> list[Row | Picture]:
    """Rows and pictures of a `receipt/1` document for a paper of `columns` characters (32, 42 or 48 in use).

    Raises ValueError for a document of another format or with an unknown block: a paper half understood is not printed.
    """
    if document.get("format") != "receipt/1":
        raise ValueError(f"unknown receipt format: {document.get('format')!r}")
    laid: list[Row | Picture] = []
    for block in document["blocks"]:
        if block["t"] in ("text", "row", "cols", "rule"):
            laid.extend(_text_rows(block, columns))
        elif block["t"] in ("image", "qr", "barcode", "feed", "cut"):
            laid.append(Picture(block))
        else:
            raise ValueError(f"unknown block: {block['t']!r}")
    return laid


def as_text(document: Mapping[str, Any], *, columns: int = 48) -> str:
    """The paper as plain text, pictures named between brackets."""
    rows = []
    for item in lay_out(document, columns=columns):
        if isinstance(item, Row):
            rows.append(item.text.rstrip())
        elif item.block["t"] in ("qr", "barcode"):
            rows.append(f"[{item.block['t']} {item.block['s']}]")
        elif item.block["t"] == "image":
            rows.append(f"[{item.block['name']}]")
    return "\n".join(rows) + "\n"
