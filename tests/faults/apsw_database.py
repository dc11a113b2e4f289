"""sqlite3's interface over apsw, as far as Django uses it, so that the real services run on the faulty disk."""

import datetime
import decimal
import sqlite3
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

import apsw

_KINDS = (
    (apsw.ConstraintError, sqlite3.IntegrityError),
    (apsw.MismatchError, sqlite3.IntegrityError),
    (apsw.MisuseError, sqlite3.ProgrammingError),
    (apsw.RangeError, sqlite3.ProgrammingError),
    (apsw.CorruptError, sqlite3.DatabaseError),
    (apsw.NotADBError, sqlite3.DatabaseError),
    (apsw.Error, sqlite3.OperationalError),
)
_ADAPTERS = {
    decimal.Decimal: str,
    datetime.date: datetime.date.isoformat,
    datetime.datetime: lambda at: at.isoformat(" "),
    uuid.UUID: str,
}


def adapted(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    adapter = _ADAPTERS.get(type(value))
    if adapter is not None:
        return adapter(value)
    if isinstance(value, str) and type(value) is not str:
        return str.__str__(value)
    return value


def bindings_of(parameters: Any) -> Any:
    if isinstance(parameters, dict):
        return {name: adapted(value) for name, value in parameters.items()}
    return tuple(adapted(value) for value in parameters)


class Cursor:
    """Reads every row at once: Django's own iteration in blocks never interleaves two statements here."""

    arraysize = 100

    def __init__(self, connection: "Connection") -> None:
        self.connection = connection
        self._rows: list[tuple] = []
        self._next = 0
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    def execute(self, query: str, parameters: Any = ()) -> "Cursor":
        return self._run(query, bindings_of(parameters or ()), many=False)

    def executemany(self, query: str, parameters: Iterable[Any]) -> "Cursor":
        return self._run(query, [bindings_of(row) for row in parameters], many=True)

    def _run(self, query: str, bindings: Any, *, many: bool) -> "Cursor":
        database = self.connection.apsw
        before = database.total_changes()
        try:
            cursor = database.cursor()
            self.description, self._rows, self._next = None, [], 0

            def keep(running: apsw.Cursor, row: tuple) -> tuple:
                if self.description is None:
                    self.description = _description_of(running)
                return row

            cursor.row_trace = keep
            if many:
                cursor.executemany(query, bindings)
            else:
                cursor.execute(query, bindings)
            self._rows = _converted(cursor.fetchall(), description=self.description)
            if self.description is None and not many:
                self.description = _empty_description(database, query)
        except apsw.Error as error:
            raise translated(error) from error
        self.rowcount = database.total_changes() - before if query.lstrip()[:6].upper() in _CHANGING else -1
        self.lastrowid = database.last_insert_rowid()
        return self

    def fetchone(self) -> Any:
        if self._next >= len(self._rows):
            return None
        self._next += 1
        return self._rows[self._next - 1]

    def fetchmany(self, size: int | None = None) -> list:
        start = self._next
        self._next = min(len(self._rows), start + (size or self.arraysize))
        return self._rows[start : self._next]

    def fetchall(self) -> list:
        return self.fetchmany(len(self._rows) or 1)

    def __iter__(self):
        while (row := self.fetchone()) is not None:
            yield row

    def close(self) -> None:
        self._rows = []


_CHANGING = ("INSERT", "UPDATE", "DELETE", "REPLAC")


def _description_of(cursor: apsw.Cursor) -> tuple:
    return tuple((name, declared, None, None, None, None, None) for name, declared in cursor.getdescription())


def _empty_description(database: apsw.Connection, query: str) -> tuple | None:
    """The columns of a query that gave no row: sqlite3 tells them, apsw only while a row is at hand."""
    if query.lstrip()[:6].upper() not in ("SELECT", "PRAGMA", "WITH R"):
        return None
    return ()


def _converted(rows: list[tuple], *, description: Sequence | None) -> list[tuple]:
    """The conversions that Django registers with sqlite3 for declared types."""
    if not rows or not description:
        return rows
    converters = [_CONVERTERS.get((column[1] or "").split("(")[0].split(" ")[0].lower()) for column in description]
    if not any(converters):
        return rows
    return [
        tuple(
            convert(value) if convert and value is not None else value
            for convert, value in zip(converters, row, strict=True)
        )
        for row in rows
    ]


def _instant(text: Any) -> Any:
    return datetime.datetime.fromisoformat(text) if isinstance(text, str) else text


def _day(text: Any) -> Any:
    return datetime.date.fromisoformat(text) if isinstance(text, str) else text


_CONVERTERS = {"bool": bool, "date": _day, "datetime": _instant, "timestamp": _instant}


def translated(error: apsw.Error) -> sqlite3.Error:
    for mine, theirs in _KINDS:
        if isinstance(error, mine):
            translation = theirs(str(error))
            translation.sqlite_errorcode = getattr(error, "extendedresult", None)
            return translation
    return sqlite3.OperationalError(str(error))


class Connection:
    """An apsw connection dressed as sqlite3's, in autocommit mode (Django opens its transactions itself)."""

    def __init__(self, path: str, *, vfs: str) -> None:
        self.apsw = apsw.Connection(path, vfs=vfs)
        self.isolation_level: str | None = None
        self.row_factory = None

    @property
    def in_transaction(self) -> bool:
        return self.apsw.in_transaction

    @property
    def total_changes(self) -> int:
        return self.apsw.total_changes()

    def cursor(self, factory: type[Cursor] = Cursor) -> Cursor:
        return factory(self)

    def execute(self, query: str, parameters: Any = ()) -> Cursor:
        return Cursor(self).execute(query, parameters)

    def executemany(self, query: str, parameters: Iterable[Any]) -> Cursor:
        return Cursor(self).executemany(query, parameters)

    def commit(self) -> None:
        if self.in_transaction:
            self.execute("COMMIT")

    def rollback(self) -> None:
        if self.in_transaction:
            self.execute("ROLLBACK")

    def close(self) -> None:
        try:
            self.apsw.close()
        except apsw.Error as error:
            raise translated(error) from error

    def create_function(self, name: str, arity: int, function: Any, *, deterministic: bool = False) -> None:
        self.apsw.create_scalar_function(name, function, arity, deterministic=deterministic)

    def create_aggregate(self, name: str, arity: int, kind: type) -> None:
        def make():
            return kind(), lambda running, *values: running.step(*values), lambda running: running.finalize()

        self.apsw.create_aggregate_function(name, make, arity)
