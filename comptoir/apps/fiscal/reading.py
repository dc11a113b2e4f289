"""How `verify` reads a dossier: on this process's own connection (own_reading.py), or read-only from other processes.

Other processes open the database themselves, without Django: each reads its own part, nothing is handed over."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

Row = tuple[Any, ...]
_BUSY_MILLISECONDS = 30_000
# The upper pages of every index. Mapping the file instead would count it all as this process's memory; a larger cache
# would push the processor's own out of it, for pages that are read once.
_CACHE_KIB = 4_000


class Source(NamedTuple):
    """Where another process finds the database."""

    vendor: str  # "sqlite", "postgresql"
    address: str  # URI of a file opened read-only; name of a database
    options: dict[str, str]


class Reader:
    """Rows of short queries; `%s` marks a parameter."""

    plain = False  # whether values come row by row, as they are stored, and cheaply: neither converted nor behind a lock each

    def __init__(self, vendor: str) -> None:
        self.vendor = vendor

    def fetch(self, sql: str, parameters: Sequence[Any]) -> list[Row]:
        raise NotImplementedError

    def stream(self, sql: str, parameters: Sequence[Any]) -> Iterator[Row]:
        """The rows of a longer query, one by one where the driver can."""
        return iter(self.fetch(sql, parameters))


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

    def stream(self, sql: str, parameters: Sequence[Any]) -> Iterator[Row]:
        rows: Iterator[Row] = self._connection.execute(sql.replace("%s", "?"), parameters)
        return rows


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


def reader_of(source: Source) -> Reader:
    return SqliteReader(source) if source.vendor == "sqlite" else PostgresReader(source)
