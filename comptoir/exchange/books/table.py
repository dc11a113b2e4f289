"""A book before it becomes a page, a PDF, a workbook or a CSV: columns, rows, what stands above and below.

Values stay values (cents, dates); each output spells them its own way."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

TEXT, MONEY, DAY, CLOCK, COUNT = "text", "money", "day", "clock", "count"
# A text that begins so would be computed by a spreadsheet: CSV files put an apostrophe before it (ASVS 1.2.10).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class Column(NamedTuple):
    """`weight` is its share of the paper's width; `card` its place on a phone: title, amount, note or hidden."""

    label: str
    kind: str = TEXT
    weight: int = 2
    card: str = "note"


class Line(NamedTuple):
    """One row; `tone`: "" an ordinary one, "carried" and "total" stand out, "z" closes a day, "bad" needs somebody."""

    cells: Sequence[Any]
    tone: str = ""


class Span(NamedTuple):
    """Days, both included."""

    first: date
    last: date

    @property
    def label(self) -> str:
        if self.first == self.last:
            return f"{self.first:%d/%m/%Y}"
        return f"du {self.first:%d/%m/%Y} au {self.last:%d/%m/%Y}"


def month_of(year: int, month: int) -> Span:
    """The days of a month; raises ValueError when there is no such month."""
    first = date(year, month, 1)
    following = date(year + month // 12, month % 12 + 1, 1)
    return Span(first, date.fromordinal(following.toordinal() - 1))


class Book(NamedTuple):
    """A book over some days; `warnings` is what its reader must settle, `notes` what its reader may want to know."""

    code: str
    title: str
    subtitle: str
    span: Span
    columns: Sequence[Column]
    lines: Sequence[Line]
    notes: Sequence[str] = ()
    warnings: Sequence[str] = ()

    def file_name(self, extension: str) -> str:
        return f"{self.code}-{self.span.first:%Y%m%d}-{self.span.last:%Y%m%d}.{extension}"
