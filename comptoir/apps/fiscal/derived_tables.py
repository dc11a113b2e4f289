"""What `verify` is told about the rows that follow from records: their tables, how to find them, who computes them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from .perpetual import Totals
from .raw_tables import RawTable

Row = tuple[Any, ...]


def own_id(record: str) -> tuple[str, ...]:
    """For tables whose rows carry the record's id itself."""
    return (record,)


class DerivedTable(NamedTuple):
    """A table whose rows follow from records: `columns` are those that the seal covers."""

    table: RawTable
    key: str  # column that finds the rows of a record
    keys_of: Any  # function (record id) -> values of that column; of a module, so that it can travel
    owner: int  # the column of a row that holds the record id
    order: str = ""  # second column of the order of its rows


class Projection(NamedTuple):
    """What follows from the records of one type."""

    projector: str  # "module:function" of a Sealed, giving (table name, rows) in the order of `tables`
    tables: Sequence[DerivedTable]
    optional: bool = False
    typed: str = (
        ""  # "module:object", a Typed that says the same from a compiled class, for types of which there are many
    )


class Place(NamedTuple):
    """Where a walk stands in a chain: the next number, the signature and the totals before it."""

    first: int
    previous: str
    totals: Totals | None
