"""What every connection must be granted, read back from the connection itself."""

import sqlite3
import threading
from dataclasses import replace

import psycopg
import pytest
from django.db import connection, connections, transaction

from comptoir.dossiers.backends.postgresql.base import assert_durable
from comptoir.dossiers.backends.unsafe import UnsafeDatabase
from comptoir.dossiers.binding import Dossier, bound
from comptoir.dossiers.connections import connection_to


def pragmas() -> dict[str, object]:
    with connection.cursor() as cursor:
        names = ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers", "busy_timeout")
        return {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in names}


GRANTED = {
    "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1, "busy_timeout": 10_000,
}  # fmt: skip


def test_every_sqlite_connection_is_durable(sqlite_copy: Dossier, django_db_blocker) -> None:
    seen = [pragmas()]

    def elsewhere() -> None:
        with django_db_blocker.unblock(), bound(sqlite_copy):
            seen.append(pragmas())
            connections.forget(sqlite_copy)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert seen == [GRANTED, GRANTED]


def test_transactions_take_the_write_lock_at_once(sqlite_copy: Dossier) -> None:
    other = connection_to(sqlite_copy)
    other.ensure_connection()
    other.connection.execute("PRAGMA busy_timeout = 0")
    with transaction.atomic(), pytest.raises(Exception, match="database is locked"):
        other.connection.execute("BEGIN IMMEDIATE")
    other.close()


def test_a_file_system_that_does_not_grant_wal_is_refused(sqlite_copy: Dossier) -> None:
    connections.forget(sqlite_copy)
    file = sqlite3.connect(sqlite_copy.location)
    file.execute("PRAGMA journal_mode = DELETE")
    file.close()
    with pytest.raises(UnsafeDatabase, match="n’accepte pas journal_mode=WAL"):
        # A lock file instead of shared memory, as on a network share: SQLite answers "delete" and goes on.
        connection_to(
            replace(sqlite_copy, location=f"file:{sqlite_copy.location}?vfs=unix-dotfile")
        ).ensure_connection()


@pytest.mark.postgres
@pytest.mark.parametrize("setting", ["off", "local", "remote_write"])
def test_a_server_that_acknowledges_too_early_is_refused(postgres, setting: str) -> None:
    with psycopg.connect(dbname="postgres", **postgres.options) as session:
        assert_durable(session)
        session.execute(f"SET SESSION synchronous_commit = {setting}")
        session.commit()
        with pytest.raises(UnsafeDatabase, match=f"synchronous_commit={setting}"):
            assert_durable(session)
