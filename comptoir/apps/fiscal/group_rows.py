"""The derived rows of a group of records, taken from the database at once and held against each record in turn.

Nothing is gathered to be compared later: what a record says is built, compared and forgotten while it is at hand."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from .derived_tables import DerivedTable, Row, own_id
from .quick_check import ordered_rows, rows_as_text
from .reading import Reader
from .sealed import Fault

_BETWEEN = "BETWEEN %s AND %s"
_ROWS = msgspec.json.Decoder(list[tuple[Any, ...]])


class GroupRows:
    """Rows by table: an iterator in the order of the records' ids for tables that carry these, else a dictionary by key."""

    def __init__(self, reader: Reader, tables: Sequence[DerivedTable], *, first: str, last: str) -> None:
        self._tables = tables
        self._found = [_between(reader, one, first=one.keys_of(first)[0], last=one.keys_of(last)[-1]) for one in tables]
        self.streams: list[Any] = [
            iter(rows) if one.keys_of is own_id else {row[one.table.columns.index(one.key)]: row for row in rows}
            for one, rows in zip(tables, self._found, strict=True)
        ]

    def take(self, record: str, place: int, wanted: Sequence[Row]) -> None:
        """Takes the rows of a record from one table; raises Fault when they are not the wanted ones."""
        derived, stream = self._tables[place], self.streams[place]
        if derived.keys_of is own_id:
            found: list[Any] = [next(stream, None) for _ in wanted]
        else:
            found = [row for row in (stream.pop(key, None) for key in derived.keys_of(record)) if row is not None]
        if found != [tuple(row) for row in wanted]:
            raise Fault("long_way")

    def counts(self) -> list[int]:
        """How many rows of each table were taken, once every record has its own; raises Fault when rows are left between
        them. By keys, rows of other types of records may stand between: they are not counted."""
        taken = []
        for stream, rows in zip(self.streams, self._found, strict=True):
            left = len(stream) if isinstance(stream, dict) else 0
            if isinstance(stream, Iterator) and next(stream, None) is not None:
                raise Fault("long_way")
            taken.append(len(rows) - left)
        return taken


def _between(reader: Reader, derived: DerivedTable, *, first: str, last: str) -> Sequence[Row]:
    if reader.plain:
        return reader.fetch(ordered_rows(derived, _BETWEEN), (first, last))
    return _ROWS.decode(rows_as_text(reader, derived, _BETWEEN, parameters=(first, last)))
