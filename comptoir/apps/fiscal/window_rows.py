"""The derived rows of a window, read in the order of their records and held against each in turn.

Nothing is gathered to be compared later: a row is read, compared and forgotten while it is at hand."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from .derived_tables import DerivedTable, Row, own_id
from .quick_check import ordered_rows, rows_as_text
from .reading import Reader
from .sealed import Fault

_BETWEEN = "BETWEEN %s AND %s"
_ROWS = msgspec.json.Decoder(list[tuple[Any, ...]])


class KeyedRows:
    """Rows in the order of keys that records only lead to: those of other types of records may stand between them."""

    def __init__(self, rows: Iterator[Row], *, key_at: int) -> None:
        self._rows, self._key_at = rows, key_at
        self._next = next(rows, None)

    def take(self, key: str) -> Row | None:
        """The row with this key, if there is one. Keys are asked for in their order."""
        row, key_at = self._next, self._key_at
        while row is not None and row[key_at] < key:
            row = next(self._rows, None)
        if row is None or row[key_at] != key:
            self._next = row
            return None
        self._next = next(self._rows, None)
        return row


class WindowRows:
    """Rows by table: an iterator in the order of the records' ids for tables that carry these, else KeyedRows."""

    def __init__(self, reader: Reader, tables: Sequence[DerivedTable], *, low: str, high: str) -> None:
        self._tables = tables
        self.streams: list[Any] = [_stream(reader, one, low=low, high=high) for one in tables]
        self.taken = [0] * len(tables)

    def take(self, record: str, place: int, wanted: Sequence[Row]) -> None:
        """Takes the rows of a record from one table; raises Fault when they are not the wanted ones."""
        derived, stream = self._tables[place], self.streams[place]
        if derived.keys_of is own_id:
            found: list[Any] = [next(stream, None) for _ in wanted]
        else:
            found = [row for row in map(stream.take, derived.keys_of(record)) if row is not None]
        if found != [tuple(row) for row in wanted]:
            raise Fault("long_way")
        self.taken[place] += len(found)

    def end(self) -> None:
        """Raises Fault when rows are left that carry no id of a record."""
        for stream in self.streams:
            if not isinstance(stream, KeyedRows) and next(stream, None) is not None:
                raise Fault("long_way")


def _stream(reader: Reader, derived: DerivedTable, *, low: str, high: str) -> Any:
    keyed = derived.keys_of is not own_id
    between = (low, max(high, *derived.keys_of(high)) if keyed else high)
    if reader.plain:
        rows = reader.stream(ordered_rows(derived, _BETWEEN), between)
    else:
        rows = iter(_ROWS.decode(rows_as_text(reader, derived, _BETWEEN, parameters=between)))
    return KeyedRows(rows, key_at=derived.table.columns.index(derived.key)) if keyed else rows
