"""How `verify` reads a dossier: on this process's own connection, or read-only from other processes.

Other processes open the database themselves, without Django: each reads its own part, nothing is handed over."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper

from .raw_rows import fetch_rows

Row = tuple[Any, ...]
_BUSY_MILLISECONDS = 30_000
_CACHE_KIB = (
    16_000  # the upper pages of every index; mapping the file instead would count it all as this process's memory
)


class Source(NamedTuple):
    """Where another process finds the database."""

    vendor: str  # "sqlite", "postgresql"
    address: str  # URI of a file opened read-only; name of a database
    options: dict[str, str]


class Reader:
    """Rows of short queries; `%s` marks a parameter."""

    plain = False  # whether values come as they are stored, and cheaply: neither converted nor behind a lock each

    def __init__(self, vendor: str) -> None:
        self.vendor = vendor

    def fetch(self, sql: str, parameters: Sequence[Any]) -> list[Row]:
        raise NotImplementedError


class OwnReader(Reader):
    """Through the connection of this process: sees what its transaction has written and not committed."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        super().__init__(connection.vendor)
        self._connection = connection

    def fetch(self, sql: str, parameters: Sequence[Any]) -> list[Row]:
        return fetch_rows(self._connection, sql, parameters)


class SqliteReader(Reader):
    """A file, read by a driver that takes no lock at each value (docs/decisions/0130-verify-reads-with-apsw.md)."""

    plain = True

    def __init__(self, source: Source) -> None:
        import apsw  # here alone: never beside Django's connection to the same file, whose locks it would drop

        super().__init__("sqlite")
        flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI | apsw.SQLITE_OPEN_NOMUTEX
        self._connection = apsw.Connection(source.address, flags=flags)
        self._connection.set_busy_timeout(_BUSY_MILLISECONDS)
        self._connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}").fetchall()

    def fetch(self, sql: str, parameters: Sequence[Any]) -> list[Row]:
        return self._connection.execute(sql.replace("%s", "?"), parameters).fetchall()


class PostgresReader(Reader):
    def __init__(self, source: Source) -> None:
        import psycopg  # here alone: most dossiers are files

        super().__init__("postgresql")
        self._connection = psycopg.connect(
            dbname=source.address, autocommit=True, options="-c default_transaction_read_only=on -c timezone=UTC",
            application_name="comptoir verify", **source.options,
        )  # fmt: skip

    def fetch(self, sql: str, parameters: Sequence[Any]) -> list[Row]:
        return self._connection.execute(sql, parameters).fetchall()


def source_of(connection: BaseDatabaseWrapper) -> Source | None:
    """How another process reaches the database of this connection; None when it cannot."""
    settings = connection.settings_dict
    if connection.vendor == "postgresql":
        names = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}
        given = {name: str(settings[key]) for key, name in names.items() if settings.get(key)}
        return Source("postgresql", str(settings["NAME"]), given)
    path = Path(str(settings["NAME"]))
    return Source("sqlite", f"{path.absolute().as_uri()}?mode=ro", {}) if path.is_file() else None


def reader_of(source: Source) -> Reader:
    return SqliteReader(source) if source.vendor == "sqlite" else PostgresReader(source)
