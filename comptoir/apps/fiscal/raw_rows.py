"""Rows written and read without the ORM, the same way on SQLite and PostgreSQL."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.connection import ConnectionProxy

from .raw_tables import RawTable as RawTable
from .raw_tables import Row as Row
from .raw_tables import date_text as date_text
from .raw_tables import instant_text as instant_text
from .raw_tables import table_of as table_of

_POSTGRES_PARAMETERS = 30_000  # well under what one statement takes
_COPIED_ROWS = 50  # from here on COPY, a round trip a table, costs less than writing every value into one statement


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
