"""Rows that no sealed record explains: which ones, once their count has told that there are some."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection

from .derived_tables import Projection

_AT_ONCE = 2_000


def first_extra_row(table: str, *, projections: dict[str, Projection]) -> str:
    """Words naming the first row of this table that no record explains; empty when each one seems to have its record."""
    places = [
        (kind, derived)
        for kind, one in projections.items()
        for derived in one.tables
        if derived.table.name == table
    ]  # fmt: skip
    if table == "fiscal_record":
        return _odd_record()
    if not places:
        return ""
    derived, kinds = places[0][1], {kind: derived.keys_of for kind, derived in places}
    owner = derived.table.columns[derived.owner]
    sql = (
        f'SELECT x."{derived.key}", x."{owner}", r.type FROM "{table}" x'  # noqa: S608 - names of models
        f' LEFT JOIN fiscal_record r ON r.id = x."{owner}" ORDER BY 1'
    )
    for key, record, kind in _rows(sql):
        text = str(record)
        if kind not in kinds or str(key).replace("-", "") not in _plain(kinds[kind](text)):
            return f"{derived.key} {key}"
    return ""


def _plain(keys: Iterable[str]) -> set[str]:
    return {key.replace("-", "") for key in keys}


def _odd_record() -> str:
    """SQLite stores what it is given: a number may have become a text."""
    if connection.vendor != "sqlite":
        return ""
    for identity, chain, seq in _rows("SELECT id, chain, seq FROM fiscal_record WHERE typeof(seq) <> 'integer'"):
        return f"id {identity}, {chain} n° « {seq} »"
    return ""


def _rows(sql: str) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(_AT_ONCE):
            yield from rows
