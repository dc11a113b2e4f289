"""The short way of `verify`: whole groups of records that are right are passed at once, with as little Python as can be.

A filter, never a second opinion: it only says that everything agrees. Whatever does not agree in every respect is read again
by chain_check.py, which has the last word and the words for people (docs/decisions/0105-verify-in-slices.md)."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec
from cryptography.exceptions import InvalidSignature

from comptoir.engine.checks import Refusal

from .chains import Chain
from .derived_tables import DerivedTable, Place, Projection
from .exact_json import read_exact
from .reading import Reader
from .sealed import Fault
from .sealed_heads import SealedHead
from .short_check import ShortCheck

_ENCODER = msgspec.json.Encoder()
WRONG = (InvalidSignature, Fault, Refusal, KeyError, IndexError, TypeError, AttributeError, ValueError, RecursionError)
_DRIVERS = ("sqlite3", "psycopg", "django", "apsw", "cryptography")


class Passed(NamedTuple):
    """A group that agrees in every respect: where the walk stands after it, derived rows by table, heads that it sealed."""

    place: Place
    derived: list[int]
    heads: list[SealedHead]


_SQLITE_RECORDS = (
    "SELECT id, seq, CAST(body AS BLOB), to_sign, signature, +business_date, session, +at,"  # +: no converter of Django's
    " type = %s AND register = %s AND generation = %s AND key = %s AND typeof(body) = 'text' FROM fiscal_record"
    " WHERE chain = %s AND seq BETWEEN %s AND %s ORDER BY seq"
)
_POSTGRES_RECORDS = (
    "SELECT id::text, seq, body, to_sign, signature, business_date::text, session::text,"
    """ to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),"""
    " type = %s AND register = %s AND generation = %s AND key = %s FROM fiscal_record"
    " WHERE chain = %s AND seq BETWEEN %s AND %s ORDER BY seq"
)


def passes(
    reader: Reader, *, chain: Chain, place: Place, last: int, key: tuple[str, Any], projection: Projection | None
) -> Passed | None:  # fmt: skip
    """Whether the records from `place` to `last` and the rows derived from them agree in every respect; None when the long
    way must look. `key` is the chain's thumbprint and public key."""
    sqlite = reader.vendor == "sqlite"
    columns = (chain.type, chain.register, chain.generation, key[0], chain.name, place.first, last)
    try:
        rows = reader.fetch(_SQLITE_RECORDS if sqlite else _POSTGRES_RECORDS, columns)
        if len(rows) != last - place.first + 1:
            return None
        check = ShortCheck(chain, key, place, projection, vendor=reader.vendor)
        for row in rows:
            check.take(row)
        if projection is not None and not _derived_agree(reader, projection, check):
            return None
    except WRONG:
        return None
    except Exception as problem:
        if not from_driver(problem):
            raise
        return None
    return Passed(check.place, [len(rows) for rows in check.expected], check.heads)


def from_driver(problem: Exception) -> bool:
    """A column of another type, bytes that are no text: the database's own refusals."""
    return type(problem).__module__.partition(".")[0] in _DRIVERS


def _derived_agree(reader: Reader, projection: Projection, check: ShortCheck) -> bool:
    for derived, expected in zip(projection.tables, check.expected, strict=True):
        keys = [key for one in check.ids for key in derived.keys_of(one)]
        # Tickets come in the order of their ids, unless a clock went back.
        expected.sort(key=itemgetter(derived.owner))
        if not agree_on(reader, derived, keys=keys, expected=expected):
            return False
    return True


def agree_on(reader: Reader, derived: DerivedTable, *, keys: Sequence[str], expected: list[Any]) -> bool:
    """Whether the rows with these keys are the expected ones, in their order."""
    if reader.vendor == "sqlite":
        where, parameters = "IN (SELECT value FROM json_each(%s))", [_ENCODER.encode(keys).decode()]
    else:
        where, parameters = f"IN ({', '.join(['%s'] * len(keys))})", list(keys)
    found, wanted = rows_as_text(reader, derived, where, parameters=parameters), _ENCODER.encode(expected)
    return found.encode() == wanted or _ENCODER.encode(read_exact(found)) == wanted


def rows_as_text(reader: Reader, derived: DerivedTable, where: str, *, parameters: Sequence[str]) -> str:
    """The rows whose key is `where`, in their order, written by the database as one JSON text: for most drivers far cheaper
    than a Python object a value."""
    table = derived.table
    if reader.vendor == "sqlite":
        columns = ", ".join(table.quoted)
        sql = f"SELECT json_group_array(json_array({columns})) FROM ({ordered_rows(derived, where)})"  # noqa: S608 - names of models
    else:
        columns = ", ".join(table.spelled_in_postgres("x"))
        sql = (
            f"SELECT coalesce(json_agg(json_build_array({columns}) ORDER BY {_order(derived)})::text, '[]')"  # noqa: S608
            f' FROM "{table.name}" x WHERE x."{derived.key}" {where}'
        )
    text: str = reader.fetch(sql, parameters)[0][0]
    return text


def ordered_rows(derived: DerivedTable, where: str) -> str:
    """The statement that gives the rows whose key is `where`, in their order, as they are stored."""
    table = derived.table
    return f'SELECT {table.list} FROM "{table.name}" x WHERE x."{derived.key}" {where} ORDER BY {_order(derived)}'  # noqa: S608


def _order(derived: DerivedTable) -> str:
    return f'x."{derived.key}"' + (f', x."{derived.order}"' if derived.order else "")
