"""A dossier of a million tickets: does it slow reception down, and how fast is it verified?"""

import json
import multiprocessing
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from tests.faults.real_server import SLUG, enrolled_tills

from .bare import connect
from .figures import Figure, at_most, ratio
from .multiply import Template, multiply
from .peak import measured
from .place import Home, home, resident_kb, served
from .sending import TILLS, queues, sell_typical, send_all

TICKETS = int(os.environ.get("COMPTOIR_BENCH_TICKETS", "1000000"))
SENT = int(os.environ.get("COMPTOIR_BENCH_SENT", "400"))
ROUNDS = int(os.environ.get("COMPTOIR_BENCH_ROUNDS", "3"))
REGISTERS = 4
SECTION = f"dossier of {TICKETS} tickets"
CRYPTO_SECONDS = 3


def run() -> Iterator[Figure]:
    with home("sqlite") as large, home("sqlite") as empty:
        began = time.monotonic()
        _fill(large)
        assert large.sqlite is not None
        megabytes = large.sqlite.stat().st_size // 1_000_000
        yield Figure(SECTION, "size of the file", megabytes, "MB", note=f"made in {round(time.monotonic() - began)} s")
        yield from _reception(large, empty)
        yield from _verification(large)


def _fill(place: Home) -> None:
    with sold_once(place, registers=REGISTERS) as (connection, templates):
        multiply(connection, templates, tickets=TICKETS)


@contextmanager
def sold_once(place: Home, *, registers: int) -> Iterator[tuple[sqlite3.Connection, list[Template]]]:
    """A ticket of each register, sold and received for real, to be multiplied over this connection."""
    with served(place) as server:
        tills = enrolled_tills(server, count=registers, first=900)
        sold = []
        for till, _, enrolled in tills:
            ticket = sell_typical(till, number=1)
            enrolled.connection.post_records(till.next_batch())
            sold.append(ticket)
    connection = connect(place)
    for pragma in ("synchronous = OFF", "cache_size = -400000", "wal_autocheckpoint = 20000"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    yield (
        connection,
        [
            Template(till=till, key=enrolled.key, ticket=ticket, connection=connection)
            for (till, _, enrolled), ticket in zip(tills, sold, strict=True)
        ],
    )
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection.close()


def _reception(large: Home, empty: Home) -> Iterator[Figure]:
    rates = {"large": 0, "empty": 0}
    memory = 0
    with served(large) as one, served(empty) as other:
        for number in range(ROUNDS):  # in turns, so that a noisy moment of the machine hurts both
            for name, server in (("large", one), ("empty", other)):
                made = queues(server, tickets=SENT, batch=20, first=1 + number * TILLS)
                rates[name] = max(rates[name], send_all(server.port, made))
        memory = resident_kb(one) // 1024
    yield Figure(SECTION, "tickets over HTTP, 20 a request, empty dossier", rates["empty"], "tickets/s")
    yield Figure(SECTION, "tickets over HTTP, 20 a request, this dossier", rates["large"], "tickets/s")
    yield ratio(SECTION, "ratio to the empty dossier", rates["large"], rates["empty"], limit_percent=90)
    yield at_most(SECTION, "memory of its server after the load", memory, unit="MB", limit=600)


def _verification(place: Home) -> Iterator[Figure]:
    before = _bare_rate()
    done = measured("verify", SLUG, "--json", home=place.folder, timeout=3_600)
    told = json.loads(done.output)
    assert told["intact"], told["findings"][:3]
    rate = told["records"] * 1_000 // max(1, told["milliseconds"])
    bare = (before + _bare_rate()) // 2  # the machine's own speed drifts within the minute in between
    yield Figure(
        SECTION, f"verify of {told['records']} records", rate, "records/s", note=f"{told['milliseconds'] // 1000} s"
    )
    yield Figure(SECTION, "bare signature checks of the library, all cores", bare, "/s")
    yield ratio(SECTION, "ratio of verify to bare signature checks", rate, bare, limit_percent=60)
    yield at_most(SECTION, "largest process of verify", done.peak_kb // 1024, unit="MB", limit=200)


def _bare_rate() -> int:
    with multiprocessing.Pool() as pool:
        return sum(pool.map(_verifications, range(os.cpu_count() or 1)))


def _verifications(_: int) -> int:
    key = ec.generate_private_key(ec.SECP256R1())
    signature, public = key.sign(b"x" * 300, ec.ECDSA(hashes.SHA256())), key.public_key()
    count, until = 0, time.monotonic() + CRYPTO_SECONDS
    while time.monotonic() < until:
        for _ in range(50):
            public.verify(signature, b"x" * 300, ec.ECDSA(hashes.SHA256()))
        count += 50
    return count // CRYPTO_SECONDS
