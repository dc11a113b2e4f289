"""Lays a receipt document out for a paper of so many columns.

The engine says what stands on the paper; this says where. Text is wrapped between words and by grapheme, amounts are
never wrapped, and every renderer that counts columns (ESC/POS, plain text) draws the same rows.
"""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
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
        return [*wrap(left, columns=columns), *(_aligned(row, "r", columns) for row in wrap(right, columns=columns))]
    rows = wrap(left, columns=columns if width_of(left) > room else room)
    if width_of(rows[-1]) <= room:
        last = rows.pop()
        return [*rows, last + " " * (columns - width_of(last) - width_of(right)) + right]
    return [*rows, _aligned(right, "r", columns)]


def _ends(widths: Sequence[int], weights: Sequence[int], columns: int) -> list[int]:
    """Where each cell ends: by the weights, pushed to the right by wide cells, then back into the paper."""
    total = sum(weights)
    ends: list[int] = []
    for index, width in enumerate(widths):
        by_weight = columns * sum(weights[: index + 1]) // total
        ends.append(max(by_weight, ends[-1] + 1 + width) if index else width)
    limit = columns
    for index in reversed(range(1, len(widths))):
        ends[index] = min(ends[index], limit)
        limit = ends[index] - widths[index] - 1
    return ends


def _spread(cells: Sequence[str], weights: Sequence[int], columns: int) -> list[str]:
    """Cells side by side: the first on the left, the others right-aligned, each at least as wide as its text.

    Cells that cannot stand on one row go on to the next: no figure is ever cut.
    """
    widths = [width_of(cell) for cell in cells]
    if sum(widths) + len(cells) - 1 > columns:
        rows = wrap(" ".join(cell.replace(" ", "\u00a0") for cell in cells), columns=columns)
        return [rows[0], *(_aligned(row, "r", columns) for row in rows[1:])]
    row = ""
    for cell, width, end in zip(cells, widths, _ends(widths, weights, columns), strict=True):
        row += " " * (end - width - width_of(row)) + cell
    return [row]


def _text_rows(block: Mapping[str, Any], columns: int, spell: Callable[[str], str]) -> Iterator[Row]:
    style = block.get("style") or ()
    kind = block["t"]
    double = "double" in style
    left, right = (spell(block["l"]), spell(block["r"])) if kind == "row" else ("", "")
    if width_of(right) > columns // 2:
        double = False  # an amount too long for large letters is printed in small ones, never on two rows
    room = columns // 2 if double else columns
    if kind == "text":
        texts = [_aligned(row, block.get("align", "l"), room) for row in wrap(spell(block["s"]), columns=room)]
    elif kind == "row":
        texts = _pair(left, right, room)
    elif kind == "cols":
        texts = _spread([spell(cell) for cell in block["c"]], block["w"], room)
    else:
        texts = ["-" * room]
    for text in texts:
        yield Row(text, bold="bold" in style, double=double)


def lay_out(
    document: Mapping[str, Any], *, columns: int, spell: Callable[[str], str] = printable
) -> list[Row | Picture]:
    """Rows and pictures of a `receipt/1` document for a paper of `columns` characters (32, 42 or 48 in use).

    `spell` gives each text as the paper will show it, before anything is measured: a letter that a page replaces by two
    would otherwise push the amount of its row over the edge.

    Raises ValueError for a document of another format or with an unknown block: a paper half understood is not printed.
    """
    if document.get("format") != "receipt/1":
        raise ValueError(f"unknown receipt format: {document.get('format')!r}")
    laid: list[Row | Picture] = []
    for block in document["blocks"]:
        if block["t"] in ("text", "row", "cols", "rule"):
            laid.extend(_text_rows(block, columns, spell))
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
