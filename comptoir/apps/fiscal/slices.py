"""A slice of a chain: consecutive numbers that one process reads and checks alone. Pure but for what its reader reads."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from .chain_check import Checked, Finding, Row, Stretch, check_stretch
from .chains import Chain
from .derived_tables import DerivedTable, Place, Projection
from .perpetual import CARRYING, Totals, totals_of
from .quick_check import from_driver, passes
from .raw_tables import RawTable
from .reading import Reader
from .sealed import signature_digest
from .sealed_heads import SealedHead
from .signatures import KeyRefused, load_public_key
from .torn_text import fetch_columns

GROUP = 500  # records looked at together
_LOWEST = -(2**62)


class Slice(NamedTuple):
    """Numbers `first` to `last` of a chain, and all that a process must know to check them."""

    name: str
    chain: Chain | None  # None when the name is not one that this format knows
    first: int
    last: int
    key: tuple[str, bytes] | None  # thumbprint and SubjectPublicKeyInfo
    projection: Projection | None
    start: Totals  # the totals that the chain's first record continues
    records: RawTable  # COLUMNS of the records


class Outcome(NamedTuple):
    """What a slice gave: its first wrong record, and what the whole verification adds up."""

    finding: Finding | None
    records: int
    derived: list[int]
    heads: list[SealedHead]  # those that were not found where they were sealed to be


def check_slice(reader: Reader, part: Slice) -> Outcome:
    """Walks the slice group by group and stops at its first wrong record."""
    derived = [0] * (len(part.projection.tables) if part.projection else 0)
    heads: list[SealedHead] = []
    records = 0
    carrying = part.chain is not None and part.chain.type in CARRYING
    place = place_before(reader, part.name, first=part.first, carrying=carrying, start=part.start)
    for last in _group_ends(place.first, part.last):
        done = _group(reader, part, place=place, last=last)
        records += done.records
        heads += _gone(reader, done.heads)
        derived = [one + other for one, other in zip(derived, done.derived, strict=True)]
        if done.finding is not None:
            return Outcome(done.finding, records, derived, heads)
        place = Place(last + 1, done.previous, done.totals)
    return Outcome(None, records, derived, heads)


def _group_ends(first: int, last: int) -> Iterator[int]:
    while first <= last:
        yield min(first + GROUP - 1, last)
        first += GROUP


def _group(reader: Reader, part: Slice, *, place: Place, last: int) -> Checked:
    if part.chain is not None and part.key is not None:
        try:
            key: tuple[str, Any] = (part.key[0], load_public_key(part.key[1]))
        except KeyRefused:
            return _long_way(reader, part, place=place, last=last)
        passed = passes(reader, chain=part.chain, place=place, last=last, key=key, projection=part.projection)
        if passed is not None:
            after = passed.place
            return Checked(None, last - place.first + 1, passed.derived, passed.heads, after.previous, after.totals)
    return _long_way(reader, part, place=place, last=last)


def _long_way(reader: Reader, part: Slice, *, place: Place, last: int) -> Checked:
    """Record by record, for the words that say what is wrong."""
    rows = _rows(reader, part, first=place.first, last=last)
    projection = part.projection
    derived = (
        [_derived_rows(reader, table, [row[0] for row in rows]) for table in projection.tables] if projection else []
    )
    stretch = Stretch(
        part.name, place.first, place.previous, part.key, rows, derived, projection.projector if projection else "",
        projection.optional if projection else False, place.totals,
    )  # fmt: skip
    checked = check_stretch(stretch)
    reached = place.first + checked.records
    if checked.finding is None and reached <= last:
        following = reader.fetch("SELECT MIN(seq) FROM fiscal_record WHERE chain = %s AND seq > %s", (part.name, last))
        detail = f"le n° {reached} manque, le suivant est le n° {following[0][0]}"
        if following[0][0] is None:
            detail = f"le n° {reached} manque"
        return checked._replace(finding=Finding(part.name, reached, "missing", detail))
    return checked


def _gone(reader: Reader, heads: list[SealedHead]) -> list[SealedHead]:
    """Those of these heads that are not, or no longer, where they were sealed to be: nothing else has to be remembered."""
    return [
        (chain, seq, digest, by)
        for chain, seq, digest, by in heads
        if seq and [signature_digest(text) for (text,) in _at(reader, ["signature"], chain, seq)] != [digest]
    ]


def _at(reader: Reader, columns: list[str], chain: str, seq: int) -> list[Row]:
    return fetch_columns(
        reader, columns, rest="FROM fiscal_record WHERE chain = %s AND seq = %s", parameters=(chain, seq)
    )


def _rows(reader: Reader, part: Slice, *, first: int, last: int) -> list[Row]:
    raw = fetch_columns(
        reader, part.records.quoted, rest="FROM fiscal_record WHERE chain = %s AND seq BETWEEN %s AND %s ORDER BY seq",
        parameters=[part.name, first if first > 1 else _LOWEST, last],
    )  # fmt: skip
    return [part.records.read(row, vendor=reader.vendor) for row in raw]


def _fetched(reader: Reader, table: RawTable, sql: str, parameters: list[Any]) -> list[Row]:
    """Rows of a table; SQLite also keeps texts whose bytes are no text, which are then given with escapes in their place."""
    try:
        return reader.fetch(sql.format(table.list), parameters)
    except Exception as problem:
        if reader.vendor != "sqlite" or not (isinstance(problem, UnicodeError) or from_driver(problem)):
            raise
    columns = [
        f"""CASE typeof("{name}") WHEN 'text' THEN 't' || hex("{name}") ELSE "{name}" END""" for name in table.columns
    ]
    rows = reader.fetch(sql.format(", ".join(columns)), parameters)
    return [tuple(_spoken(value) if isinstance(value, str) else value for value in row) for row in rows]


def _spoken(marked: str) -> str:
    return bytes.fromhex(marked[1:]).decode("utf-8", "backslashreplace")


def _derived_rows(reader: Reader, derived: DerivedTable, ids: list[str]) -> dict[str, list[Row]]:
    keys = [key for one in ids for key in derived.keys_of(one)]
    if not keys:
        return {}
    if reader.vendor == "sqlite":
        keys = [key.replace("-", "") for key in keys]
    marks = ", ".join(["%s"] * len(keys))
    rest = f'FROM "{derived.table.name}" WHERE "{derived.key}" IN ({marks})'
    found: dict[str, list[Row]] = {}
    for raw in fetch_columns(reader, derived.table.quoted, rest=rest, parameters=keys):
        row = derived.table.read(raw, vendor=reader.vendor)
        found.setdefault(row[derived.owner], []).append(row)
    return found


def place_before(reader: Reader, name: str, *, first: int, carrying: bool, start: Totals) -> Place:
    """Where a walk starts: after the record before its first. When that one is missing or unreadable, whoever looks at it
    says so, and what is found after it does not count."""
    if first == 1:
        return Place(1, "", start if carrying else None)
    rows = _at(reader, ["signature", "body"], name, first - 1)
    signature, body = rows[0] if rows else ("", "")
    totals: Totals | None = None
    if carrying:
        try:
            totals = totals_of(json.loads(body))
        except (ValueError, KeyError, TypeError):
            totals = (0, 0)
    return Place(first, signature, totals)
