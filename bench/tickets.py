"""Durable tickets per second over HTTP, from eight tills, singly and twenty a request, on both engines."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from tests.postgres_server import PostgresServer

from .bare import Rows, bare_rate
from .figures import Figure, at_most, ratio
from .place import Home, home, postgres_server, resident_kb, served
from .sending import TILLS, queues, send_all

TICKETS = int(os.environ.get("COMPTOIR_BENCH_SENT", "400"))  # a till
ROUNDS = int(os.environ.get("COMPTOIR_BENCH_ROUNDS", "3"))


def run() -> Iterator[Figure]:
    yield from _engine("sqlite", None)
    with postgres_server() as postgres:
        if postgres is None:
            yield Figure("tickets, PostgreSQL", "not measured", "-", "", note="no PostgreSQL 15 on this machine")
            return
        yield from _engine("postgresql", postgres)


def _engine(engine: str, postgres: PostgresServer | None) -> Iterator[Figure]:
    section = {"sqlite": "tickets, SQLite", "postgresql": "tickets, PostgreSQL"}[engine]
    for batch in (1, 20):
        name = "singly" if batch == 1 else f"{batch} a request"
        ours, bare, memory = _measure(engine, postgres, batch=batch)
        yield Figure(section, f"over HTTP, {TILLS} tills, {name}", ours, "tickets/s", note=f"best of {ROUNDS} rounds")
        yield Figure(
            section, f"bare inserts of the same rows, {name}", bare, "tickets/s", note="better of 1 and 8 connections"
        )
        yield ratio(section, f"ratio, {name}", ours, bare, limit_percent=35)
        if batch == 1:
            yield at_most(section, "memory of the server, idle", memory[0], unit="MB", limit=400)
        yield at_most(section, f"memory of the server, loaded, {name}", memory[1], unit="MB", limit=600)


def _measure(engine: str, postgres: PostgresServer | None, *, batch: int) -> tuple[int, int, tuple[int, int]]:
    """(ours, bare, (idle, loaded memory)): rounds of ours and bare follow each other, the best of each counts."""
    ours = bare = idle = loaded = 0
    with home(engine, postgres=postgres) as place, served(place) as server:
        idle = resident_kb(server) // 1024
        for number in range(ROUNDS):
            made = queues(server, tickets=TICKETS, batch=batch, first=1 + number * TILLS)
            ours = max(ours, send_all(server.port, made))
            loaded = max(loaded, resident_kb(server) // 1024)
            with emptied(engine, postgres) as empty:
                rows = Rows(place, limit=TILLS * TICKETS)
                bare = max(bare, bare_rate(rows, empty, group=batch, threads=1))
            with emptied(engine, postgres) as empty:
                bare = max(bare, bare_rate(rows, empty, group=batch, threads=TILLS))
    return ours, bare, (idle, loaded)


@contextmanager
def emptied(engine: str, postgres: PostgresServer | None) -> Iterator[Home]:
    """An empty dossier with the same tables, indexes and triggers."""
    with home(engine, postgres=postgres, name="bare") as place:
        yield place
