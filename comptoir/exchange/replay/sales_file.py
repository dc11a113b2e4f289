"""Reads a file of sales lines (UCI columns) row by row, in constant memory, with the line number of each row."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
ALIASES = {  # the second edition of the same data set, and headings seen in exports of it
    "invoice": "InvoiceNo", "invoiceno": "InvoiceNo", "invoicenumber": "InvoiceNo", "stockcode": "StockCode",
    "description": "Description", "quantity": "Quantity", "invoicedate": "InvoiceDate", "unitprice": "UnitPrice",
    "price": "UnitPrice", "customerid": "CustomerID", "country": "Country",
}  # fmt: skip
NEEDED = ("InvoiceNo", "Quantity", "InvoiceDate", "UnitPrice")


class SalesFileRefused(Exception):
    """The file is not a table of sales lines; the message is for the person, in French."""


class RawLine(NamedTuple):
    """One row as written. `line` is the physical line of the file where it starts (the heading is line 1)."""

    file: int
    line: int
    invoice: str
    code: str
    description: str
    quantity: str
    date: str
    price: str
    customer: str
    whole: bool  # False when cells are missing, in excess, or quotes do not balance


class Layout(NamedTuple):
    encoding: str
    delimiter: str
    positions: tuple[int, ...]  # of COLUMNS; -1 when the file has no such column
    width: int


def read_layout(path: Path) -> Layout:
    """Encoding, delimiter and columns of a file; raises SalesFileRefused when it is not what `replay` takes."""
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        first = file.readline()
    delimiter = max(",;\t", key=first.count)
    try:
        header = next(csv.reader([first], delimiter=delimiter, strict=True))
    except (StopIteration, csv.Error) as cause:
        raise SalesFileRefused(f"{path} : la ligne de titres ne se lit pas.") from cause
    names = [ALIASES.get("".join(c for c in cell.casefold() if c.isalnum())) for cell in header]
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise SalesFileRefused(f"{path} : il manque la colonne {', '.join(missing)} ({', '.join(header)}).")
    return Layout(encoding, delimiter, tuple(names.index(n) if n in names else -1 for n in COLUMNS), len(header))


def read_lines(path: Path, *, file: int, layout: Layout) -> Iterator[RawLine]:
    """Every row after the heading; a row that breaks CSV's rules is handed on, not whole."""
    with path.open(encoding=layout.encoding, newline="") as handle:
        reader = csv.reader(handle, delimiter=layout.delimiter)
        next(reader, None)
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield RawLine(file, line, "", "", "", "", "", "", "", False)
                continue
            if cells:
                yield _raw_line(cells, file=file, line=line, layout=layout)


def _raw_line(cells: list[str], *, file: int, line: int, layout: Layout) -> RawLine:
    taken = [cells[i].strip() if 0 <= i < len(cells) else "" for i in layout.positions]
    return RawLine(file, line, *taken[:7], whole=len(cells) == layout.width)


def _encoding(path: Path) -> str:
    """UTF-8 (with or without mark) when every byte fits, else Windows-1252: the file is read once in blocks."""
    import codecs

    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "latin-1"  # never fails on a byte; the signs that differ from Windows-1252 are rare and harmless here
    except OSError as cause:
        raise SalesFileRefused(f"{path} : fichier introuvable.") from cause
    return "utf-8-sig"
