"""Reads a file of sales lines (UCI columns) row by row, in constant memory, with the line number of each row."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from comptoir.exchange.broken_rows import csv_rows

COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
ALIASES = {  # the second edition of the same data set, and headings seen in exports of it
    "invoice": "InvoiceNo", "invoiceno": "InvoiceNo", "invoicenumber": "InvoiceNo", "stockcode": "StockCode",
    "description": "Description", "quantity": "Quantity", "invoicedate": "InvoiceDate", "unitprice": "UnitPrice",
    "price": "UnitPrice", "customerid": "CustomerID", "country": "Country",
}  # fmt: skip
NEEDED = ("InvoiceNo", "Quantity", "InvoiceDate", "UnitPrice")
NOT_TABLES = {
    b"PK\x03\x04": "est un classeur : enregistrez-le au format CSV, puis rejouez ce fichier-là",
    b"\xd0\xcf\x11\xe0": "est un ancien classeur Excel : enregistrez-le au format CSV, puis rejouez ce fichier-là",
    b"\x1f\x8b": "est compressé : décompressez-le d’abord",
    b"%PDF": "est un PDF, pas un tableau de ventes",
}


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
    if not first.strip():
        raise SalesFileRefused(f"{path} : le fichier est vide.")
    delimiter = max(",;\t", key=first.count)
    try:
        header = next(csv.reader([first], delimiter=delimiter, strict=True))
    except (StopIteration, csv.Error) as cause:
        raise SalesFileRefused(f"{path} : la ligne de titres ne se lit pas.") from cause
    names = [ALIASES.get("".join(c for c in cell.casefold() if c.isalnum())) for cell in header]
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise SalesFileRefused(f"{path} : il manque la colonne {', '.join(missing)} ({', '.join(header)[:200]}).")
    twice = [name for name in COLUMNS if names.count(name) > 1]
    if twice:
        raise SalesFileRefused(f"{path} : la colonne {', '.join(twice)} y est deux fois.")
    return Layout(encoding, delimiter, tuple(names.index(n) if n in names else -1 for n in COLUMNS), len(header))


def _cells_alone(line: str, *, delimiter: str) -> list[str]:
    """Cells of one line as far as they can be told; none when it cannot be cut at all."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def read_lines(path: Path, *, file: int, layout: Layout) -> Iterator[RawLine]:
    """Every row after the heading; a row that breaks CSV's rules is handed on, not whole."""
    with path.open(encoding=layout.encoding, newline="") as handle:
        rows = csv_rows(handle, delimiter=layout.delimiter)
        next(rows, None)
        for row in rows:
            cells = _cells_alone(row.first, delimiter=layout.delimiter) if row.cells is None else row.cells
            if row.fault or len(cells) > 1 or "".join(cells).strip():
                yield _raw_line(cells, file=file, line=row.line, layout=layout)


def _raw_line(cells: list[str], *, file: int, line: int, layout: Layout) -> RawLine:
    taken = [cells[i].strip() if 0 <= i < len(cells) else "" for i in layout.positions]
    if layout.delimiter == ";":  # written where the comma is the decimal mark
        taken[3], taken[5] = taken[3].replace(",", "."), taken[5].replace(",", ".")
    return RawLine(file, line, *taken[:7], whole=len(cells) == layout.width)


def _encoding(path: Path) -> str:
    """UTF-8 or UTF-16 (by its mark) when every byte fits, else Latin-1: the file is read once in blocks."""
    import codecs

    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            start = file.read(4)
            for mark, what in NOT_TABLES.items():
                if start.startswith(mark):
                    raise SalesFileRefused(f"{path} {what}.")
            if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                decoder = codecs.getincrementaldecoder("utf-16")()
            file.seek(0)
            while block := file.read(1 << 20):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError as cause:
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise SalesFileRefused(f"{path} : le texte est abîmé, son codage ne se lit pas.") from cause
        return "latin-1"  # never fails on a byte; the signs that differ from Windows-1252 are rare and harmless here
    except OSError as cause:
        raise SalesFileRefused(f"{path} : fichier introuvable.") from cause
    return "utf-16" if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
