"""The short way of `verify`: whole groups of records that are right are passed at once, with as little Python as can be.

A filter, never a second opinion: it only says that everything agrees. Whatever does not agree in every respect is read again
by chain_check.py, which has the last word and the words for people (docs/decisions/0105-verify-in-slices.md)."""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from comptoir.engine.calendar import stamp
from comptoir.engine.checks import Refusal
from comptoir.engine.seal import OPERATIONS, prefix_of

from .chain_check import function_named
from .chains import Chain
from .exact_json import read_exact
from .perpetual import Totals, follow_totals
from .raw_rows import RawTable
from .reading import Reader
from .sealed import Fault, Sealed
from .sealed_heads import CARRYING, heads_in
from .signatures import quick_signature_holds

_ENCODER = msgspec.json.Encoder()
_WRONG = (Fault, Refusal, KeyError, IndexError, TypeError, AttributeError, ValueError, RecursionError)


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


class Place(NamedTuple):
    """Where a walk stands in a chain: the next number, the signature and the totals before it."""

    first: int
    previous: str
    totals: Totals | None


class Passed(NamedTuple):
    """A group that agrees in every respect: where the walk stands after it, derived rows by table, heads sealed by Z."""

    place: Place
    derived: list[int]
    heads: list[tuple[str, int, str, int]]


_SQLITE_RECORDS = (
    "SELECT id, seq, CAST(body AS BLOB), to_sign, signature, +business_date, session, +at FROM fiscal_record"  # +: no converter of Django's
    " WHERE chain = %s AND seq BETWEEN %s AND %s ORDER BY seq"
)
_SQLITE_ODD = (
    "SELECT COUNT(*) FROM fiscal_record WHERE chain = %s AND seq BETWEEN %s AND %s AND NOT"
    " (type = %s AND register = %s AND generation = %s AND key = %s AND typeof(body) = 'text')"
)
_POSTGRES_RECORDS = (
    "SELECT id::text, seq, body, to_sign, signature, business_date::text, session::text,"
    """ to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') FROM fiscal_record"""
    " WHERE chain = %s AND seq BETWEEN %s AND %s ORDER BY seq"
)
_POSTGRES_ODD = _SQLITE_ODD.replace(" AND typeof(body) = 'text'", "")


def passes(
    reader: Reader, *, chain: Chain, place: Place, last: int, key: tuple[str, Any], projection: Projection | None
) -> Passed | None:  # fmt: skip
    """Whether the records from `place` to `last` and the rows derived from them agree in every respect; None when the long
    way must look. `key` is the chain's thumbprint and public key."""
    sqlite = reader.vendor == "sqlite"
    bounds = (chain.name, place.first, last)
    try:
        odd = reader.fetch(
            _SQLITE_ODD if sqlite else _POSTGRES_ODD, (*bounds, chain.type, chain.register, chain.generation, key[0])
        )
        rows = reader.fetch(_SQLITE_RECORDS if sqlite else _POSTGRES_RECORDS, bounds)
        if odd[0][0] or len(rows) != last - place.first + 1:
            return None
        group = _Group(chain, key, place, projection, spelled=sqlite)
        for row in rows:
            group.take(row)
        if projection is not None and not _derived_agree(reader, projection, group):
            return None
    except _WRONG:
        return None
    except Exception as problem:  # a column of another type, bytes that are no text: the database's own refusals
        if type(problem).__module__.partition(".")[0] not in ("sqlite3", "psycopg", "django", "apsw", "cryptography"):
            raise
        return None
    return Passed(group.place, [len(rows) for rows in group.expected], group.heads)


class _Group:
    """Consecutive records being passed, and the rows that they should have."""

    def __init__(
        self, chain: Chain, key: tuple[str, Any], place: Place, projection: Projection | None, *, spelled: bool
    ) -> None:
        self.chain, self.thumbprint, self.key = chain, *key
        self.place = place
        self.project = function_named(projection.projector) if projection else None
        self.expected: list[list[Any]] = [[] for _ in projection.tables] if projection else []
        self.ids: list[str] = []
        self.heads: list[tuple[str, int, str, int]] = []
        self.spelled = spelled  # rows are compared as SQLite stores them
        self.format = f"{chain.type}/1"

    def take(self, row: tuple[Any, ...]) -> None:
        """One record; raises one of _WRONG when anything about it is not as it should be."""
        identity, seq, raw, to_sign, signature, business_date, session, at = row
        if not self.spelled:
            raw = raw.encode()
        body = read_exact(raw)
        first, previous, totals = self.place
        if seq != first or to_sign != f"{_prefix(body, not previous)},{previous},{hashlib.sha256(raw).hexdigest()}":
            raise Fault("long_way")
        if not quick_signature_holds(self.key, text=to_sign, signature=signature):
            raise Fault("long_way")
        said = [
            body["chain"], body["seq"], body["register"], body["generation"], body["key"], body["alg"],
            body["training"], body["business_date"],
        ]  # fmt: skip
        chain = self.chain
        if said != [
            chain.name, seq, chain.register, chain.generation, self.thumbprint, "ES256", chain.type == "training",
            business_date,
        ]:  # fmt: skip
            raise Fault("long_way")
        if body["format"] != self.format and chain.type != "training":
            raise Fault("long_way")
        if totals is not None:
            totals = follow_totals(totals, body)
        if chain.type in CARRYING:
            self.heads += [(*head, seq) for head in heads_in(chain.type, body)]
        if self.spelled:
            _spell(body)
        if (body["id"], body["session"], body["at"]) != (identity, session, at):
            raise Fault("long_way")
        self.ids.append(identity)
        if self.project is not None:
            sealed = Sealed(identity, chain, seq, body, "", to_sign, signature, previous)
            for place, (_, wanted) in enumerate(self.project(sealed)):
                self.expected[place] += wanted
        self.place = Place(seq + 1, signature, totals)


def _spell(body: dict[str, Any]) -> None:
    """The identifiers and instants of a body as SQLite stores them."""
    body["id"] = body["id"].replace("-", "")
    at = body["at"]
    if at[10] != "T" or at[19:] != "Z":
        raise Fault("long_way")
    body["at"] = f"{at[:10]} {at[11:19]}"
    if body["session"] is not None:
        body["session"] = body["session"].replace("-", "")
    if body.get("origin") is not None and "id" in body["origin"]:
        body["origin"]["id"] = body["origin"]["id"].replace("-", "")


def _prefix(body: dict[str, Any], first: bool) -> str:
    """What engine.seal.prefix_of says, sooner for what a shop has most of: plain tickets."""
    if body["format"] != "ticket/1" or body["offset_minutes"] % 60:
        return prefix_of(body, first)
    at, chain, priced = body["at"], body["chain"], body["priced"]
    when = _hour(at[:13], body["offset_minutes"]) + at[14:16] + at[17:19]
    vat = "|".join(
        f"HORS:{row['gross_minor']}" if row["vat_e4"] is None else f"{row['vat_e4']:04d}:{row['gross_minor']}"
        for row in priced["vat"]
    )
    number = f"{chain[: chain.rfind('-')]}-{body['seq']}"
    return f"{vat},{priced['gross_minor']},{when},{number},{OPERATIONS[body['operation']]},{'O' if first else 'N'}"


@lru_cache(maxsize=4096)
def _hour(hour: str, offset_minutes: int) -> str:
    """`2026-11-22T09` as the local `AAAAMMJJHH`, for an offset of whole hours."""
    return stamp(f"{hour}:00:00Z", offset_minutes, "at")[:10]


def _derived_agree(reader: Reader, projection: Projection, group: _Group) -> bool:
    for derived, expected in zip(projection.tables, group.expected, strict=True):
        keys = [key for one in group.ids for key in derived.keys_of(one)]
        found = _as_one_text(reader, derived, keys)
        # Tickets come in the order of their ids, unless a clock went back.
        expected.sort(key=lambda row, place=derived.owner: row[place])  # type: ignore[misc]
        wanted = _ENCODER.encode(expected)
        if found.encode() != wanted and _ENCODER.encode(read_exact(found)) != wanted:
            return False
    return True


def _as_one_text(reader: Reader, derived: DerivedTable, keys: Sequence[str]) -> str:
    """The rows of these keys, written by the database as one JSON text: far cheaper than a Python object a value."""
    marks = ", ".join(["%s"] * len(keys))
    order = f'x."{derived.key}"' + (f', x."{derived.order}"' if derived.order else "")
    if reader.vendor == "sqlite":
        columns = ", ".join(f'"{column}"' for column in derived.table.columns)
        sql = (
            f"SELECT json_group_array(json_array({columns})) FROM (SELECT {columns} FROM"  # noqa: S608 - names of models
            f' "{derived.table.name}" x WHERE x."{derived.key}" IN ({marks}) ORDER BY {order})'
        )
    else:
        columns = ", ".join(derived.table.spelled_in_postgres("x"))
        sql = (
            f"SELECT coalesce(json_agg(json_build_array({columns}) ORDER BY {order})::text, '[]') FROM"  # noqa: S608
            f' "{derived.table.name}" x WHERE x."{derived.key}" IN ({marks})'
        )
    return reader.fetch(sql, keys)[0][0]
