"""The bare figure: the very rows that the server wrote for these tickets, inserted by the same driver into the same
tables with the same durability, without any of our code between."""

import sqlite3
import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg

from .place import Home

TABLES = (  # table, column that names the ticket
    ("fiscal_record", "id"), ("till_ticket", "id"), ("till_ticketline", "ticket_id"),
    ("till_ticketpayment", "ticket_id"), ("till_ticketvat", "ticket_id"), ("treasury_cashtransfer", "source"),
)  # fmt: skip
Ticket = list[tuple[int, list[tuple]]]  # (number of the table, its rows)


class Rows:
    """The rows of some tickets, ticket by ticket, and the statements that write them."""

    def __init__(self, place: Home, *, limit: int) -> None:
        self.place = place
        connection = connect(place)
        mark = "?" if place.engine == "sqlite" else "%s"
        self.statements: list[str] = []
        found: dict[Any, Ticket] = {}
        chosen = "SELECT id FROM fiscal_record WHERE type = 'ticket' ORDER BY chain, seq"
        order = [row[0] for row in connection.execute(f"{chosen} LIMIT {limit}").fetchall()]  # noqa: S608
        for number, (table, key) in enumerate(TABLES):
            columns = [
                name for name, kind in columns_of(connection, table) if name != "id" or "int" not in kind.lower()
            ]
            listed = ", ".join(f'"{name}"' for name in columns)
            marks = ", ".join([mark] * len(columns))
            self.statements.append(f"INSERT INTO {table} ({listed}) VALUES ({marks})")  # noqa: S608
            position = columns.index(key)
            where = f"WHERE {key} IN (SELECT id FROM fiscal_record WHERE type = 'ticket')"  # noqa: S608
            for row in connection.execute(f"SELECT {listed} FROM {table} {where}").fetchall():  # noqa: S608
                found.setdefault(row[position], []).append((number, [row]))
        connection.close()
        self.tickets = [_grouped(found[one]) for one in order]


def _grouped(parts: Ticket) -> Ticket:
    grouped: dict[int, list[tuple]] = {}
    for number, rows in parts:
        grouped.setdefault(number, []).extend(rows)
    return sorted(grouped.items())


def columns_of(connection: Any, table: str) -> list[tuple[str, str]]:
    if isinstance(connection, sqlite3.Connection):
        return [(row[1], row[2]) for row in connection.execute(f"PRAGMA table_info({table})")]
    asked = (
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position"
    )
    return connection.execute(asked, (table,)).fetchall()


def connect(place: Home) -> Any:
    if place.sqlite is not None:
        connection = sqlite3.connect(place.sqlite, isolation_level=None, timeout=30, check_same_thread=False)
        for pragma in ("busy_timeout = 30000", "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON",
                       "recursive_triggers = ON"):  # fmt: skip
            connection.execute(f"PRAGMA {pragma}").fetchall()
        return connection
    return psycopg.connect(autocommit=True, **place.postgres)  # type: ignore[arg-type]


def bare_rate(rows: Rows, into: Home, *, group: int, threads: int) -> int:
    """Tickets inserted per second, `group` a commit, by so many connections at once, into an empty dossier."""
    shares = [rows.tickets[number::threads] for number in range(threads)]
    write = _write_sqlite if into.engine == "sqlite" else _write_postgres
    start = threading.Barrier(threads + 1)
    failures: list[BaseException] = []

    def run(share: list[Ticket]) -> None:
        connection = connect(into)
        start.wait()
        try:
            for first in range(0, len(share), group):
                write(connection, rows.statements, share[first : first + group])
        except BaseException as problem:
            failures.append(problem)
        connection.close()

    workers = [threading.Thread(target=run, args=(share,)) for share in shares]
    for worker in workers:
        worker.start()
    start.wait()
    began = time.perf_counter_ns()
    for worker in workers:
        worker.join()
    took = time.perf_counter_ns() - began
    if failures:
        raise failures[0]
    return len(rows.tickets) * 1_000_000_000 // took


def _by_table(tickets: list[Ticket]) -> list[tuple[int, list[tuple]]]:
    together: dict[int, list[tuple]] = {}
    for ticket in tickets:
        for number, rows in ticket:
            together.setdefault(number, []).extend(rows)
    return sorted(together.items())


def _write_sqlite(connection: sqlite3.Connection, statements: list[str], tickets: list[Ticket]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for number, rows in _by_table(tickets):
        connection.executemany(statements[number], rows)
    connection.execute("COMMIT")


def _write_postgres(connection: psycopg.Connection, statements: list[str], tickets: list[Ticket]) -> None:
    with connection.transaction(), connection.cursor() as cursor:
        for number, rows in _by_table(tickets):
            cursor.executemany(statements[number], rows)


Write = Callable[[Any, list[str], list[Ticket]], None]
