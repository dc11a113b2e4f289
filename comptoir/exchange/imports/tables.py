"""Reads a CSV or XLSX file as rows of text with their line numbers; size and shape are bounded before parsing."""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from python_calamine import CalamineError, CalamineWorkbook

from comptoir.exchange.broken_rows import csv_rows

from .problems import FileRefused

MAX_BYTES = 100_000_000
MAX_UNPACKED_BYTES = 400_000_000
MAX_UNPACKED_FILES = 1_000
MAX_RATIO = 100
MAX_ROWS = 500_000
MAX_COLUMNS = 500
MAX_CELL_CHARACTERS = 32_768
DELIMITERS = ";,\t|"
SNIFFED_ROWS = 30
TITLE_ROWS = 10  # above the headings, at most
_DELIMITER_TOLD = re.compile(r"sep=([;,\t|])\r?\n", re.IGNORECASE)  # a first line that spreadsheets read and write


class Row(NamedTuple):
    line: int
    cells: list[str]
    refusal: str | None = None  # why this row cannot even be cut into cells


class Table(NamedTuple):
    header: list[str]
    rows: Iterator[Row]
    described: str  # "CSV, séparateur « ; », UTF-8"
    others: tuple[str, ...] = ()  # sheets of the workbook that are not read


def open_table(path: Path) -> Table:
    """The table in a file; raises FileRefused when it is missing, too large, empty or not a table."""
    try:
        size = path.stat().st_size
    except OSError as cause:
        raise FileRefused(f"Le fichier {path} est introuvable.") from cause
    if size > MAX_BYTES:
        raise FileRefused(f"Le fichier pèse {size // 1_000_000} Mo ; la limite est de {MAX_BYTES // 1_000_000} Mo.")
    if size == 0:
        raise FileRefused("Le fichier est vide.")
    with path.open("rb") as file:
        zipped = file.read(4) == b"PK\x03\x04"
    table = _open_workbook(path) if zipped else _open_csv(path)
    if len(table.header) > MAX_COLUMNS:
        raise FileRefused(f"Le fichier a {len(table.header)} colonnes ; la limite est de {MAX_COLUMNS}.")
    return table


# -- CSV ---------------------------------------------------------------------------------------------------------------


def decode(data: bytes) -> tuple[str, str]:
    """Text and the name of its encoding: a byte order mark decides, else UTF-8 when it fits, else Windows-1252."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                return data.decode(encoding), encoding
            except UnicodeDecodeError as cause:
                raise FileRefused("Le texte du fichier est abîmé : son codage ne se lit pas.") from cause
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace"), "Windows-1252"


def _open_csv(path: Path) -> Table:
    text, encoding = decode(path.read_bytes())
    if "\x00" in text:
        raise FileRefused("Ce n’est ni un fichier CSV ni un classeur XLSX.")
    told = _DELIMITER_TOLD.match(text)
    delimiter = told.group(1) if told else sniff_delimiter(text)
    rows = _csv_rows(text, delimiter=delimiter)
    if told:
        next(rows)
    header = next(rows, None)
    if header is None:
        raise FileRefused("Le fichier est vide.")
    if header.refusal:
        raise FileRefused(f"La ligne de titres ne se lit pas : {header.refusal}")
    shown = "tabulation" if delimiter == "\t" else delimiter
    return Table(
        [cell.strip() for cell in header.cells],
        rows,
        f"CSV, séparateur « {shown} », {encoding.removesuffix('-sig').replace('utf', 'UTF')}",
    )


def sniff_delimiter(text: str) -> str:
    """The delimiter that cuts the first rows most evenly into the most columns; `;` when nothing is cut."""
    best, chosen = (0.0, 0), ";"
    sample = text[:200_000]
    for delimiter in DELIMITERS:
        counts = []
        for row in _csv_rows(sample, delimiter=delimiter):
            counts.append(len(row.cells))
            if len(counts) == SNIFFED_ROWS:
                break
        if not counts or counts[0] < 2:
            continue
        even = sum(1 for count in counts if count == counts[0]) / len(counts)
        if (even, counts[0]) > best:
            best, chosen = (even, counts[0]), delimiter
    return chosen


def _csv_rows(text: str, *, delimiter: str) -> Iterator[Row]:
    """Rows with cells, blank lines left out. A row that breaks CSV's own rules is handed on with its refusal."""
    count = 0
    for row in csv_rows(io.StringIO(text, newline=""), delimiter=delimiter, titles=TITLE_ROWS):
        if row.cells is None:
            yield Row(row.line, [], _csv_reason(row.fault or ""))
        elif any(cell.strip() for cell in row.cells):
            count += 1
            if count > MAX_ROWS + 1:
                raise FileRefused(f"Le fichier dépasse {MAX_ROWS} lignes.")
            yield Row(row.line, row.cells)


def _csv_reason(message: str) -> str:
    if "field larger" in message:
        return "une cellule est démesurée (guillemet jamais refermé ?)."
    if "unexpected end" in message:
        return "un guillemet ouvert n’est jamais refermé."
    return "les guillemets de cette ligne ne sont pas équilibrés."


# -- XLSX --------------------------------------------------------------------------------------------------------------


def _open_workbook(path: Path) -> Table:
    _check_archive(path)
    try:
        book = CalamineWorkbook.from_path(str(path))
        sheet = book.get_sheet_by_index(0)
    except (CalamineError, IndexError, OSError) as cause:
        raise FileRefused("Ce classeur ne se lit pas ; enregistrez-le au format XLSX ou CSV.") from cause
    if sheet.total_height > MAX_ROWS:
        raise FileRefused(f"Le classeur dépasse {MAX_ROWS} lignes.")
    if sheet.total_width > MAX_COLUMNS:
        raise FileRefused(f"Le classeur a {sheet.total_width} colonnes ; la limite est de {MAX_COLUMNS}.")
    rows = _sheet_rows(sheet)
    header = next(rows, None)
    if header is None:
        raise FileRefused("La première feuille du classeur est vide.")
    return Table(
        [cell.strip() for cell in header.cells],
        rows,
        f"classeur, feuille « {sheet.name} »",
        tuple(book.sheet_names[1:]),
    )


def _check_archive(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile as cause:
        raise FileRefused("Ce classeur est incomplet ou abîmé.") from cause
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if len(entries) > MAX_UNPACKED_FILES or unpacked > MAX_UNPACKED_BYTES or unpacked // packed > MAX_RATIO:
        raise FileRefused("Ce classeur se déplie en un volume anormal ; il n’a pas été ouvert.")


def _sheet_rows(sheet) -> Iterator[Row]:
    for number, cells in enumerate(sheet.iter_rows(), start=1):  # the blank rows above the first one come too
        texts = [cell_text(cell) for cell in cells]
        if any(text.strip() for text in texts):
            yield Row(number, texts)


def cell_text(cell: object) -> str:
    """A spreadsheet keeps numbers as binary: 3.4500000000000002 was typed 3.45, 3258561022154.0 is a code, and of more
    than fifteen digits the last ones are lost."""
    if isinstance(cell, bool):
        return "vrai" if cell else "faux"
    if isinstance(cell, int | float) and abs(cell) >= 10**15:
        return f"{cell:.5E}"
    if isinstance(cell, int):
        return str(cell)
    if not isinstance(cell, str) and hasattr(cell, "is_integer"):
        return str(int(cell)) if cell.is_integer() else repr(round(cell, 9))
    return str(cell)
