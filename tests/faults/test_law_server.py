"""Twelve registers finalising together on a real server, on each engine; then `comptoir verify`, as a person runs it."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from comptoir.dossiers.binding import bound
from comptoir.dossiers.registry import find_dossier
from comptoir.exchange.replay.connection import Connection
from comptoir.exchange.replay.ports import TransportLost
from comptoir.exchange.replay.softtill import SoftTill
from tests.conftest import ENGINES

from .conftest import size
from .judge import ask
from .real_server import SLUG, Server, comptoir, create_dossier, enrolled_tills
from .stream import line

pytestmark = pytest.mark.slow


@pytest.fixture(params=ENGINES)
def server(request: pytest.FixtureRequest, comptoir_home: Path) -> Iterator[Server]:
    options: list[str] = []
    postgres, name = None, f"lois_{comptoir_home.name.replace('-', '_')}"
    if request.param == "postgresql":
        postgres = request.getfixturevalue("postgres")
        known = postgres.options
        options = ["--engine", "postgresql", "--host", known["host"], "--port", known["port"], "--user", known["user"],
                   "--database", name]  # fmt: skip
    create_dossier(comptoir_home, *options)
    server = Server(comptoir_home, threads=12)
    server.start()
    yield server
    server.stop()
    if postgres is not None:
        postgres.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def told_by_verify(server: Server) -> dict[str, Any]:
    done = comptoir("verify", SLUG, "--anchors", "--json", home=server.home, check=False)
    return json.loads(done.stdout)


def asked(sql: str) -> list[dict[str, Any]]:
    dossier = find_dossier(SLUG)
    assert dossier is not None
    with bound(dossier):
        rows = ask(sql)
        connections.forget(dossier)
    return rows


def ledger(chain: str) -> list[int]:
    return [row["seq"] for row in asked(f"SELECT seq FROM fiscal_record WHERE chain = '{chain}' ORDER BY seq")]  # noqa: S608


def until_sent(till: SoftTill, transport: Connection, *, again: Callable[[], None] = lambda: None) -> list[str]:
    """Sends the same again after each failure of the connection, as a till does; the statuses in the end."""
    said: list[str] = []
    while batch := till.next_batch():
        try:
            answer = transport.post_records(batch)
        except TransportLost:
            said.append("lost")
            assert said.count("lost") < 200, "the server never comes back"
            again()
            continue
        said += [row["status"] for row in till.take_answer(answer)]
    return said


def test_twelve_registers_finalise_together(server: Server) -> None:
    """Twelve cashiers press « Valider » at the same moment, again and again: no number twice, none missing."""
    each = size(ci=12, full=200)
    tills = enrolled_tills(server, count=12)
    together = threading.Barrier(12)
    said: dict[str, list[str]] = {}

    def sell(till: SoftTill, transport: Connection) -> None:
        mine = until_sent(till, transport)
        for _ in range(each):
            together.wait(timeout=120)
            till.sell_for(lines=[line(1), line(2), line(3)], tender="cash")
            mine += until_sent(till, transport)
        said[till.place.register] = mine

    threads = [threading.Thread(target=sell, args=(till, enrolled.connection)) for till, _, enrolled in tills]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=300)
        assert not thread.is_alive()
    assert said == {f"T{number}": ["stored"] * (each + 1) for number in range(1, 13)}
    for number in range(1, 13):
        assert ledger(f"T{number}-1-ticket") == list(range(1, each + 1))
    assert asked("SELECT id FROM fiscal_keptrecord") == []
    told = told_by_verify(server)
    assert told["findings"] == []
    assert told["records"] >= 12 * (each + 1)
