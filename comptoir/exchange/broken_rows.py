"""Rows of a CSV file of which one may be broken: a quote that is never closed costs its own line and no other."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple


class CsvRow(NamedTuple):
    """`line`: physical line where the row starts, from 1. `fault` is what `csv` said, and then `cells` is None and
    `first` the line itself."""

    line: int
    cells: list[str] | None
    first: str
    fault: str | None


class _Again:
    """The lines of a file, of which some can be put back."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._back: deque[str] = deque()
        self.taken: list[str] = []  # since the last row

    def __iter__(self) -> "_Again":
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._lines)
        self.taken.append(line)
        return line

    def keep_first(self) -> None:
        """Puts back all lines of the row but its first."""
        self._back.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]


def csv_rows(lines: Iterable[str], *, delimiter: str, titles: int = 0) -> Iterator[CsvRow]:
    """Every row, the heading first or after at most `titles` other rows. A cell may hold line ends, but several lines
    that do not make as many cells as the heading has (or one of the rows among which it is) are not one row: the first
    is handed on with its fault, the others are read again by themselves."""
    source = _Again(lines)
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    line, count = 1, 0
    widths: set[int] = set()
    while True:
        source.taken.clear()
        cells, fault = None, None
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as cause:
            fault = str(cause)
        if len(source.taken) > 1 and widths and (cells is None or len(cells) not in widths):
            source.keep_first()
            cells, fault = None, fault or "unexpected end of data"
        if cells is not None and count <= titles:
            count += 1
            widths.add(len(cells))
        yield CsvRow(line, cells, source.taken[0], fault)
        line += len(source.taken)
