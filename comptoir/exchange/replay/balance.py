"""The independent sum of sales files, to hold each day's Z against.

Shares no code with the engine nor with the reading of `replay`: it opens the files again with `csv` and `decimal`,
leaves out the lines that were listed as not being sales, and adds what is left, day by day. A line is worth
quantity × price, rounded to the cent half away from zero."""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path

CENT = Decimal("0.01")
PRICE = Decimal("0.0001")


class DaySum:
    """Sums of one day, in cents."""

    __slots__ = ("lines", "returned_minor", "sold_minor")

    def __init__(self) -> None:
        self.lines = 0
        self.sold_minor = 0
        self.returned_minor = 0

    @property
    def total_minor(self) -> int:
        return self.sold_minor + self.returned_minor


def sum_files(
    paths: list[Path], *, encodings: list[str], listed: Iterable[tuple[int, int]], date_formats: tuple[str, ...]
) -> dict[str, DaySum]:
    """Day (`2010-12-01`) -> sums of its lines. `listed` are the (file, line) left out, in the order of the files."""
    days: dict[str, DaySum] = {}
    left_out = iter(listed)
    next_out = next(left_out, None)
    for number, path in enumerate(paths):
        for line, row in _rows(path, encoding=encodings[number]):
            if next_out == (number, line):
                next_out = next(left_out, None)
                continue
            if row is None:
                raise ValueError(f"an unreadable row was not listed: file {number}, line {line}")
            _add(days, row, date_formats=date_formats)
    if next_out is not None:
        raise ValueError(f"a listed line does not exist: {next_out}")
    return days


def _rows(path: Path, *, encoding: str) -> Iterator[tuple[int, dict[str, str] | None]]:
    """(line where the row starts, cells by heading); None for a row that `csv` itself cannot read. A row goes over
    several lines only when they make exactly one cell a heading."""
    with path.open(encoding=encoding, newline="") as file:
        separator = max(",;\t", key=file.readline().count)
        file.seek(0)
        lines = _Lines(file)
        reader = csv.reader(lines, delimiter=separator, strict=True)
        names = ["".join(filter(str.isalnum, name)).lower() for name in next(reader)]
        number = 1 + len(lines.row)
        while True:
            lines.row.clear()
            cells = _whole_row(reader, width=len(names), separator=separator, lines=lines)
            if not lines.row:
                return
            if cells is None or len(cells) > 1 or "".join(cells).strip():
                yield number, None if cells is None else _decimal_points(names, cells, separator=separator)
            number += len(lines.row)


class _Lines:
    """Lines of the row being read; those of a row that came to nothing are read again."""

    def __init__(self, file: Iterable[str]) -> None:
        self._file = iter(file)
        self.row: list[str] = []
        self.again: list[str] = []  # the next one last

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        self.row.append(self.again.pop() if self.again else next(self._file))
        return self.row[-1]


def _whole_row(reader, *, width: int, separator: str, lines: _Lines) -> list[str] | None:
    """Cells of the next row; what does not make a whole row over several lines is its first line, the others come
    again."""
    try:
        cells = next(reader, [])
        if len(lines.row) < 2 or len(cells) == width:
            return cells
    except csv.Error:
        pass
    lines.again += reversed(lines.row[1:])
    del lines.row[1:]
    try:
        return next(csv.reader(lines.row, delimiter=separator))
    except csv.Error:
        return None


def _decimal_points(names: list[str], cells: list[str], *, separator: str) -> dict[str, str]:
    row = dict(zip(names, cells, strict=False))
    for name in ("quantity", "unitprice", "price"):
        if separator == ";" and name in row:
            row[name] = row[name].replace(",", ".")
    return row


def _add(days: dict[str, DaySum], row: dict[str, str], *, date_formats: tuple[str, ...]) -> None:
    price = Decimal(row.get("unitprice") or row["price"]).quantize(PRICE, rounding=ROUND_HALF_UP)
    amount = (Decimal(row["quantity"]) * price).quantize(CENT, rounding=ROUND_HALF_UP)
    day = days.setdefault(_day(row["invoicedate"].strip(), date_formats=date_formats), DaySum())
    day.lines += 1
    if amount < 0:
        day.returned_minor += int(amount * 100)
    else:
        day.sold_minor += int(amount * 100)


@lru_cache(maxsize=4_096)
def _day(text: str, *, date_formats: tuple[str, ...]) -> str:
    for wanted in date_formats:
        try:
            return datetime.strptime(text, wanted).date().isoformat()
        except ValueError:
            continue
    raise ValueError(f"a line without a date was not listed: {text!r}")
