"""Reads what can still be read of a damaged SQLite file, row by row, into a fresh one. The damaged file is only read.

SQLite's own checks say which pages are torn; what surrounds them is good. Whether a row is true is for the seals to say."""

import sqlite3
from collections.abc import Callable
from typing import NamedTuple

from comptoir.dossiers.backends.sqlite.base import existing_file
from comptoir.dossiers.binding import Dossier

_MOST_TRIES = 50_000  # a table: what lies behind so many torn places is given up
_SHORTEST_ROW_BYTES = 8


class Salvaged(NamedTuple):
    """Rows read, and ranges of rows given up, by table."""

    rows: int
    lost: dict[str, int]


class SalvageRefused(RuntimeError):
    """Nothing can be read any more: only a copy helps. The message is in French."""


def is_torn(location: str) -> bool:
    """Whether SQLite itself finds a page or an index of a file wrong."""
    file = sqlite3.connect(existing_file(location), uri=True)
    try:
        return bool(file.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok")
    except sqlite3.DatabaseError:
        return True
    finally:
        file.close()


def write_indexes_anew(location: str) -> None:
    """REINDEX: enough when an index disagrees with its table. Raises sqlite3.DatabaseError when it is not."""
    file = sqlite3.connect(existing_file(location), uri=True)
    try:
        file.execute("REINDEX")
        file.commit()
    finally:
        file.close()


def salvage(damaged: Dossier, fresh: Dossier, *, done: Callable[[int], None] = lambda steps: None) -> Salvaged:
    """Copies every readable row of every table that both files have; `fresh` has its tables, no rows and no triggers.

    Raises SalvageRefused when not even the list of tables can be read."""
    source = sqlite3.connect(existing_file(damaged.location), uri=True)
    source.text_factory = lambda raw: raw.decode("utf-8", "replace")  # a torn letter must not hide its row
    target = sqlite3.connect(existing_file(fresh.location), uri=True)
    total, lost = 0, {}
    try:
        target.execute("PRAGMA foreign_keys = OFF")
        for table in _tables(target):
            columns = _common_columns(source, target, table)
            if not columns:
                continue
            target.execute(f'DELETE FROM "{table}"')  # noqa: S608 - names of our own tables
            rows, given_up = _copy_table(source, target, table, columns, done)
            total += rows
            if given_up:
                lost[table] = given_up
        target.commit()
    except sqlite3.DatabaseError as problem:
        raise SalvageRefused(
            f"Ce fichier ne se lit plus du tout : {problem}. Remettez une copie en place."
        ) from problem
    finally:
        source.close()
        target.close()
    return Salvaged(total, lost)


def _tables(file: sqlite3.Connection) -> list[str]:
    rows = file.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    )
    return [name for (name,) in rows if name != "django_migrations"]


def _common_columns(source: sqlite3.Connection, target: sqlite3.Connection, table: str) -> list[str]:
    there = {row[1] for row in source.execute(f'PRAGMA table_info("{table}")')}
    return [row[1] for row in target.execute(f'PRAGMA table_info("{table}")') if row[1] in there]


def _copy_table(
    source: sqlite3.Connection, target: sqlite3.Connection, table: str, columns: list[str], done: Callable[[int], None]
) -> tuple[int, int]:
    """Rows copied and ranges given up. Walks by row number, in steps that grow while all goes well."""
    names = ", ".join(f'"{one}"' for one in columns)
    insert = f'INSERT OR IGNORE INTO "{table}" (rowid, {names}) VALUES ({", ".join(["?"] * (len(columns) + 1))})'  # noqa: S608
    span = f'SELECT rowid, {names} FROM "{table}" NOT INDEXED WHERE rowid BETWEEN ? AND ?'  # noqa: S608
    copied = given_up = 0
    waiting, tries = [(0, _last_row(source, table))], 0
    while waiting:
        first, last = waiting.pop()
        tries += 1
        if tries > _MOST_TRIES:
            return copied, given_up + 1 + len(waiting)
        rows, whole = _readable(source, span, first, last)
        target.executemany(insert, rows)
        copied += len(rows)
        done(len(rows))
        if whole:
            continue
        reached = rows[-1][0] + 1 if rows else first
        if reached >= last:
            given_up += 1
        elif rows:
            waiting.append((reached, last))
        else:
            middle = reached + (last - reached) // 2
            waiting += [(middle + 1, last), (reached, middle)]
    return copied, given_up


def _last_row(source: sqlite3.Connection, table: str) -> int:
    """The greatest row number, or one that no row of a file of this size can pass."""
    try:
        found = source.execute(f'SELECT max(rowid) FROM "{table}" NOT INDEXED').fetchone()[0]  # noqa: S608
        return max(1, found or 1)
    except sqlite3.DatabaseError:
        pages, size = (source.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
        return max(1, int(pages) * int(size) // _SHORTEST_ROW_BYTES)


def _readable(source: sqlite3.Connection, span: str, first: int, last: int) -> tuple[list[tuple], bool]:
    """The rows up to the first that cannot be read, and whether all could."""
    rows: list[tuple] = []
    try:
        for row in source.execute(span, (first, last)):
            rows.append(row)
    except sqlite3.DatabaseError:
        return rows, False
    return rows, True
