"""Rows written and read without the ORM, the same way on SQLite and PostgreSQL.

Values are those of sealed bodies: ids as UUID text, instants as `2026-11-22T09:11:12Z`, dates as `2026-11-22`. A table
says how each column is stored; what is read back comes out in the same spelling, so rows compare with bodies."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.connection import ConnectionProxy

Row = Sequence[Any]
_POSTGRES_PARAMETERS = 30_000  # well under what one statement takes
_COPIED_ROWS = 50  # from here on COPY, a round trip a table, costs less than writing every value into one statement


_tables: dict[str, "RawTable"] = {}


def table_of(key: str) -> "RawTable":
    """The raw table that was declared with this key (table and columns); raises KeyError when there is none."""
    return _tables[key]


class RawTable:
    """The columns of a model, in the order in which rows give them."""

    def __init__(self, model: type[models.Model], *columns: str) -> None:
        fields = {field.column: field for field in model._meta.concrete_fields}
        self._prepare(
            model._meta.db_table, columns, [_kind(fields[column]) for column in columns],
            [fields[column].null for column in columns],
        )  # fmt: skip
        _tables[self.key] = self

    def __reduce__(self) -> tuple[Any, ...]:
        """Travels to other processes by its names alone: they need neither Django's settings nor its models."""
        return _again, (self.name, self.columns, self._kinds, [nullable for _, _, nullable in self._checks])

    def _prepare(self, name: str, columns: tuple[str, ...], kinds: list[str], nullable: list[bool]) -> None:
        self.name = name
        self.columns = columns
        self.quoted = [f'"{column}"' for column in columns]
        self.list = ", ".join(self.quoted)
        self.key = f"{name}({self.list})"
        self._kinds = kinds
        self._checks = [
            (column, _TYPES[kind], null) for column, kind, null in zip(columns, kinds, nullable, strict=True)
        ]
        marks = ", ".join("?" for _ in columns)
        self.sqlite_insert = f'INSERT INTO "{self.name}" ({self.list}) VALUES ({marks})'  # noqa: S608 - names of models
        self.postgres_insert = f'INSERT INTO "{self.name}" ({self.list}) VALUES '  # noqa: S608
        self.postgres_copy = f'COPY "{self.name}" ({self.list}) FROM STDIN'
        self.postgres_marks = "(" + ", ".join("%s" for _ in columns) + ")"
        self._to_sqlite = [(i, _TO_SQLITE[kind]) for i, kind in enumerate(self._kinds) if kind in _TO_SQLITE]
        self._from_sqlite = [(i, _FROM_SQLITE[kind]) for i, kind in enumerate(self._kinds) if kind in _FROM_SQLITE]
        self._from_postgres = [
            (i, _FROM_POSTGRES[kind]) for i, kind in enumerate(self._kinds) if kind in _FROM_POSTGRES
        ]

    def spelled_in_postgres(self, alias: str) -> list[str]:
        """Expressions that PostgreSQL itself spells like sealed bodies, for whole groups of rows read as one text."""
        return [_SPELLED.get(kind, "{}").format(f'{alias}."{column}"')
                for column, kind in zip(self.columns, self._kinds, strict=True)]  # fmt: skip

    def wrong_column(self, row: Row) -> str | None:
        """The first column whose value is not of its type (SQLite would store it all the same), or None."""
        for value, (column, kind, nullable) in zip(row, self._checks, strict=True):
            if value is None:
                if not nullable:
                    return column
            elif type(value) is not kind or (kind is int and not -(2**63) <= value < 2**63):
                return column
        return None

    def stored(self, rows: Sequence[Row], *, vendor: str) -> Sequence[Row]:
        """Rows as this database stores them."""
        return [self._stored_sqlite(row) for row in rows] if vendor == "sqlite" else rows

    def _stored_sqlite(self, row: Row) -> list[Any]:
        values = list(row)
        for index, convert in self._to_sqlite:
            value = values[index]
            if value is not None:
                values[index] = convert(value)
        return values

    def read(self, row: Row, *, vendor: str) -> tuple[Any, ...]:
        """A row fetched by a raw cursor, in the spelling of sealed bodies."""
        values = list(row)
        for index, convert in self._from_sqlite if vendor == "sqlite" else self._from_postgres:
            if values[index] is not None:
                values[index] = convert(values[index])
        return tuple(values)


def _again(name: str, columns: tuple[str, ...], kinds: list[str], nullable: list[bool]) -> RawTable:
    table = RawTable.__new__(RawTable)
    table._prepare(name, columns, kinds, nullable)
    return table


def insert_rows(connection: BaseDatabaseWrapper, groups: Iterable[tuple[RawTable, Sequence[Row]]]) -> None:
    """Inserts the rows of several tables, in this order, in as few round trips as the database allows."""
    vendor = connection.vendor
    insert_stored(connection, [(table, table.stored(rows, vendor=vendor)) for table, rows in groups])


def insert_stored(connection: BaseDatabaseWrapper, groups: Iterable[tuple[RawTable, Sequence[Row]]]) -> None:
    """The same for rows that are already as this database stores them."""
    connection = _resolved(connection)
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        with connection.wrap_database_errors:
            for table, rows in groups:
                if rows:
                    connection.connection.executemany(table.sqlite_insert, rows)
        return
    groups = list(groups)
    if sum(len(rows) for _, rows in groups) >= _COPIED_ROWS:
        _copy(connection, groups)
    else:
        _insert_at_once(connection, groups)


def _copy(connection: BaseDatabaseWrapper, groups: Iterable[tuple[RawTable, Sequence[Row]]]) -> None:
    with connection.wrap_database_errors, connection.cursor() as cursor:
        for table, rows in groups:
            if rows:
                with cursor.copy(table.postgres_copy) as copy:
                    for row in rows:
                        copy.write_row(row)


def _insert_at_once(connection: BaseDatabaseWrapper, groups: Iterable[tuple[RawTable, Sequence[Row]]]) -> None:
    """Every row of every table in one round trip."""
    statements: list[str] = []
    parameters: list[Any] = []
    for table, rows in groups:
        for start in range(0, len(rows), 500):
            part = rows[start : start + 500]
            statements.append(table.postgres_insert + ", ".join([table.postgres_marks] * len(part)))
            for row in part:
                parameters.extend(row)
            if len(parameters) > _POSTGRES_PARAMETERS:
                _execute(connection, statements, parameters)
                statements, parameters = [], []
    _execute(connection, statements, parameters)


def fetch_rows(connection: BaseDatabaseWrapper, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of a short query on the hot path; `%s` marks a parameter. SQLite is asked without Django's cursor."""
    connection = _resolved(connection)
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with connection.wrap_database_errors:
            return connection.connection.execute(sql.replace("%s", "?"), parameters).fetchall()
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def _resolved(connection: BaseDatabaseWrapper) -> BaseDatabaseWrapper:
    """The connection behind Django's proxy, which looks the bound dossier up again at each attribute."""
    return connection._connections[connection._alias] if isinstance(connection, ConnectionProxy) else connection


def _execute(connection: BaseDatabaseWrapper, statements: list[str], parameters: list[Any]) -> None:
    if statements:
        with connection.cursor() as cursor:
            cursor.execute("; ".join(statements), parameters)


def _kind(field: models.Field) -> str:
    target = field
    while target.is_relation:
        target = target.target_field
    return next(kind for cls, kind in _KINDS if isinstance(target, cls))


def instant_text(value: Any) -> str:
    """A datetime read from PostgreSQL, or the text SQLite keeps, as `2026-11-22T09:11:12Z`."""
    text = value if isinstance(value, str) else value.isoformat(" ")
    return f"{text[:10]}T{text[11:19]}Z"


def date_text(value: Any) -> str:
    """A date read from either database as `2026-11-22`."""
    return value if isinstance(value, str) else value.isoformat()


_KINDS = (
    (models.UUIDField, "uuid"), (models.DateTimeField, "instant"), (models.DateField, "date"),
    (models.BooleanField, "flag"), (models.IntegerField, "whole"), (models.TextField, "text"),
    (models.BinaryField, "bytes"),
)  # fmt: skip
_TYPES = {"uuid": str, "instant": str, "date": str, "flag": bool, "whole": int, "text": str, "bytes": bytes}
_LATELY = 64  # the ten rows of a ticket spell its id and its instant again and again
_TO_SQLITE: dict[str, Callable[[str], str]] = {
    "uuid": lru_cache(_LATELY)(lambda text: text.replace("-", "")),
    "instant": lru_cache(_LATELY)(lambda text: f"{text[:10]} {text[11:19]}"),
}
_FROM_SQLITE: dict[str, Callable[[Any], str]] = {
    "uuid": lambda text: f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}",
    "instant": instant_text,
    "date": date_text,
}
_FROM_POSTGRES: dict[str, Callable[[Any], str]] = {"uuid": str, "instant": instant_text, "date": date_text}
_SPELLED = {
    "uuid": "{}::text", "date": "{}::text",
    "instant": """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')""",
}  # fmt: skip
