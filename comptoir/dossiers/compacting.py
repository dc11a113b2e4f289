"""Gives back the room that deleted rows left, and writes the tables and indexes anew.

SQLite does it in one transaction: whoever dies in the middle finds the file as it was."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import psycopg
from django.db import connections
from psycopg import sql

from comptoir.dossiers import postgres_tools
from comptoir.dossiers.backends.sqlite.base import existing_file
from comptoir.dossiers.binding import Dossier

_OPCODES = 200_000  # between two looks at how far SQLite is
_SPARE_BYTES = 50_000_000
Done = Callable[[int], None]


class CompactingRefused(RuntimeError):
    """Nothing was changed; the message is in French."""


def size_of(dossier: Dossier) -> int:
    """Bytes that the dossier takes on its disk."""
    return Path(dossier.location).stat().st_size if dossier.engine == "sqlite" else postgres_tools.size_of(dossier)


def require_room(dossier: Dossier) -> None:
    """SQLite writes the whole file twice beside itself. Raises CompactingRefused."""
    if dossier.engine != "sqlite":
        return
    folder, size = Path(dossier.location).parent, size_of(dossier)
    if shutil.disk_usage(folder).free < 2 * size + _SPARE_BYTES:
        raise CompactingRefused(
            f"Il faut deux fois la taille du dossier en place libre ({2 * size // 1_000_000 + 50} Mo) sur {folder}."
        )


def rewrite(dossier: Dossier, *, done: Done) -> None:
    """Compacts the dossier, which the caller holds alone; `done` is told steps out of a thousand. Raises CompactingRefused."""
    connections.forget(dossier)
    if dossier.engine == "sqlite":
        _rewrite_file(dossier, done)
    else:
        _rewrite_database(dossier, done)


def _rewrite_file(dossier: Dossier, done: Done) -> None:
    journal, size, told = Path(f"{dossier.location}-wal"), max(1, size_of(dossier)), [0]

    def look() -> int:
        written = journal.stat().st_size if journal.exists() else 0
        reached = min(1000, written * 1000 // size)
        done(reached - told[0])
        told[0] = max(told[0], reached)
        return 0

    file = sqlite3.connect(existing_file(dossier.location), uri=True, isolation_level=None, timeout=10)
    try:
        file.execute("PRAGMA synchronous = FULL")
        file.set_progress_handler(look, _OPCODES)
        file.execute("VACUUM")
        file.set_progress_handler(None, 0)
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        mode = file.execute("PRAGMA journal_mode").fetchone()[0]
        if mode != "wal":
            raise CompactingRefused(f"Le journal du fichier n’est plus « wal » mais « {mode} ».")
    except sqlite3.Error as problem:
        raise CompactingRefused(f"SQLite n’a pas pu compacter : {problem}. Le dossier n’est pas touché.") from problem
    finally:
        file.close()
    done(1000 - told[0])


def _rewrite_database(dossier: Dossier, done: Done) -> None:
    """VACUUM FULL writes each table and its indexes anew, one table after the other."""
    options = {key: dossier.options[key] for key in ("host", "port", "user", "password") if dossier.options.get(key)}
    told = 0
    try:
        with psycopg.connect(dbname=dossier.location, autocommit=True, connect_timeout=5, **options) as connection:
            rows = connection.execute(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace ORDER BY 1"
            ).fetchall()
            for number, (table,) in enumerate(rows, start=1):
                connection.execute(sql.SQL("VACUUM (FULL, ANALYZE) {}").format(sql.Identifier(table)))
                done(number * 1000 // len(rows) - told)
                told = number * 1000 // len(rows)
    except psycopg.Error as problem:
        raise CompactingRefused(f"PostgreSQL s’est arrêté : {problem}. Aucune donnée n’est touchée.") from problem
