"""The short way of `verify`: whole groups of records that are right are passed at once, with as little Python as can be.

A filter, never a second opinion: it only says that everything agrees. Whatever does not agree in every respect is read again
by chain_check.py, which has the last word and the words for people (docs/decisions/0105-verify-in-slices.md)."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec
from cryptography.exceptions import InvalidSignature

from comptoir.engine.checks import Refusal

from .chain_check import function_named
from .chains import Chain
from .derived_tables import DerivedTable, Place, Projection, own_id
from .exact_json import read_exact
from .reading import Reader
from .sealed import Fault
from .sealed_heads import SealedHead
from .short_check import ShortCheck
from .typed_check import TypedCheck

_ENCODER = msgspec.json.Encoder()
_WRONG = (InvalidSignature, Fault, Refusal, KeyError, IndexError, TypeError, AttributeError, ValueError, RecursionError)
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
        typed = function_named(projection.typed) if projection else None
        if typed is None:
            check = ShortCheck(chain, key, place, projection, spelled=sqlite)
        else:
            check = TypedCheck(chain, key, place, projection, spelled=sqlite)
            check.typed = typed
        check.walk(rows)
        if projection is not None and not _derived_agree(reader, projection, check):
            return None
    except _WRONG:
        return None
    except Exception as problem:  # a column of another type, bytes that are no text: the database's own refusals
        if type(problem).__module__.partition(".")[0] not in _DRIVERS:
            raise
        return None
    return Passed(check.place, [len(rows) for rows in check.expected], check.heads)


def _derived_agree(reader: Reader, projection: Projection, check: ShortCheck) -> bool:
    agree = _same_rows if reader.vendor == "sqlite" else _same_text
    in_order = check.ids == sorted(check.ids)  # unless a clock went back
    keys: dict[Any, list[str]] = {own_id: check.ids}
    for derived, expected in zip(projection.tables, check.expected, strict=True):
        keys_of = derived.keys_of
        if keys_of not in keys:
            keys[keys_of] = [key for one in check.ids for key in keys_of(one)]
        if not in_order:
            expected.sort(key=itemgetter(derived.owner))
        if not agree(reader, derived, keys=keys[keys_of], expected=expected):
            return False
    return True


def _same_rows(reader: Reader, derived: DerivedTable, *, keys: Sequence[str], expected: list[Any]) -> bool:
    """Row by row, compared by compiled code."""
    columns = ", ".join(derived.table.spelled_in_sqlite("x"))
    sql = (
        f'SELECT {columns} FROM "{derived.table.name}" x'  # noqa: S608 - names of models
        f' WHERE x."{derived.key}" IN (SELECT value FROM json_each(%s)) ORDER BY {_order(derived)}'
    )
    return reader.fetch(sql, (_ENCODER.encode(keys).decode(),)) == expected


def _same_text(reader: Reader, derived: DerivedTable, *, keys: Sequence[str], expected: list[Any]) -> bool:
    """The rows written by the database as one JSON text: far cheaper than a Python object a value."""
    marks = ", ".join(["%s"] * len(keys))
    columns = ", ".join(derived.table.spelled_in_postgres("x"))
    sql = (
        f"SELECT coalesce(json_agg(json_build_array({columns}) ORDER BY {_order(derived)})::text, '[]') FROM"  # noqa: S608
        f' "{derived.table.name}" x WHERE x."{derived.key}" IN ({marks})'
    )
    found, wanted = reader.fetch(sql, keys)[0][0], _ENCODER.encode(expected)
    return found.encode() == wanted or _ENCODER.encode(read_exact(found)) == wanted


def _order(derived: DerivedTable) -> str:
    return f'x."{derived.key}"' + (f', x."{derived.order}"' if derived.order else "")
