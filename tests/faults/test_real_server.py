"""T08 and T13 on a real server process, a real file and real sockets: bad bytes between till and server, kill -9 under
load. What was acknowledged is there, once, and every chain holds; `comptoir dossier check` finds nothing."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from comptoir.exchange.replay.connection import Connection
from comptoir.exchange.replay.ports import TransportLost, TransportRefused

from .conftest import size
from .judge import ask, chain_faults, ledger_faults, lost, opened, stored_records
from .proxy import FAULTS, Proxy
from .real_server import SLUG, Server, comptoir, create_dossier, enrolled_tills
from .stream import line

pytestmark = pytest.mark.slow


@pytest.fixture
def server(comptoir_home: Path) -> Iterator[Server]:
    create_dossier(comptoir_home)
    server = Server(comptoir_home)
    server.start()
    yield server
    server.stop()


def judge_file(*, promised: dict[str, str]) -> None:
    with opened():
        records = stored_records()
        keys = {f"{row['register']}-{row['generation']}": bytes(row["spki"]) for row in ask(
            "SELECT register, generation, spki FROM fiscal_sealingkey")}  # fmt: skip
        assert lost(records, promised=promised) == []
        assert chain_faults(records, keys=keys) == []
        assert ledger_faults(records) == []
        assert ask("SELECT k.id FROM fiscal_keptrecord k LEFT JOIN fiscal_resolution r ON r.kept_id = k.id"
                   " WHERE r.kept_id IS NULL") == []  # fmt: skip


class Sender(threading.Thread):
    """Sells and sends until told to stop; every failure of the connection is answered by sending the same again."""

    def __init__(self, till, storage, transport: Connection, *, batch: int) -> None:
        super().__init__(daemon=True)
        self.till, self.storage, self.transport, self.batch = till, storage, transport, batch
        self.selling = True
        self.acknowledged: dict[str, str] = {}
        self.failures = 0
        self.refusals: list[str] = []

    def run(self) -> None:
        while self.selling or self.storage.count():
            if self.selling and self.storage.count() < 2 * self.batch:
                self.till.sell_for(lines=[line(1), line(2), line(3)], tender="cash")
            batch = self.till.next_batch(limit=self.batch)
            try:
                answer = self.transport.post_records(batch)
            except TransportLost:
                self.failures += 1
                time.sleep(0.01)
                continue
            except TransportRefused as refused:
                self.refusals.append(str(refused))
                time.sleep(0.05)
                continue
            for row in self.till.take_answer(answer):
                self.acknowledged[row["id"]] = row["status"]


def run_senders(senders: list[Sender], *, seconds: float) -> None:
    for sender in senders:
        sender.start()
    time.sleep(seconds)
    for sender in senders:
        sender.selling = False
    for sender in senders:
        sender.join(timeout=120)
        assert not sender.is_alive(), "an outbox does not empty"


def wait_for(senders: list[Sender], *, count: int) -> None:
    """Until so many records are acknowledged: a slow machine takes longer, and is killed as often under as much work."""
    until = time.monotonic() + 300
    while sum(len(sender.acknowledged) for sender in senders) < count:
        assert time.monotonic() < until, "nothing is acknowledged any more"
        time.sleep(0.05)


def test_t13_kill_minus_nine_under_load(server: Server) -> None:
    """The server dies again and again while every till is sending."""
    tills = enrolled_tills(server, count=size(ci=8, full=40))
    senders = [Sender(till, storage, e.connection, batch=1 + n % 20) for n, (till, storage, e) in enumerate(tills)]
    for sender in senders:
        sender.start()
    kills, wanted = size(ci=4, full=30), size(ci=200, full=10_000)
    for number in range(1, kills + 1):
        wait_for(senders, count=wanted * number // kills + 1)
        server.kill()
        server.start()
    run_on = time.monotonic() + 1
    while time.monotonic() < run_on:
        time.sleep(0.1)
    for sender in senders:
        sender.selling = False
    for sender in senders:
        sender.join(timeout=120)
        assert not sender.is_alive(), "an outbox does not empty"
    assert all(set(sender.acknowledged.values()) <= {"stored", "duplicate"} for sender in senders)
    assert sum(sender.failures for sender in senders) > 0
    judge_file(promised={key: value for sender in senders for key, value in sender.acknowledged.items()})
    server.stop()
    told = json.loads(comptoir("dossier", "check", SLUG, "--json", home=server.home).stdout)
    assert told["sound"], told
    assert sum(len(sender.acknowledged) for sender in senders) > wanted


def test_t08_bytes_lost_split_repeated_and_late(server: Server) -> None:
    """Each connection suffers one fault of a seeded proxy; every fault occurred; nothing is lost or doubled."""
    tills = enrolled_tills(server, count=3)
    proxy = Proxy(target_port=server.port, seed=8)
    senders = []
    for till, storage, enrolled in tills:
        through = Connection(base_url=f"http://127.0.0.1:{proxy.port}/d/{SLUG}", timeout=10)
        through.use_token(enrolled.connection.token)
        senders.append(Sender(till, storage, through, batch=5))
    run_senders(senders, seconds=size(ci=6, full=120))
    proxy.close()
    assert all(proxy.done[fault] > 0 for fault in FAULTS), proxy.done
    assert sum(sender.failures for sender in senders) > 0
    assert all(not sender.refusals for sender in senders), senders[0].refusals
    statuses = {status for sender in senders for status in sender.acknowledged.values()}
    assert statuses == {"stored", "duplicate"}
    judge_file(promised={key: value for sender in senders for key, value in sender.acknowledged.items()})


def test_t08_a_request_cut_at_each_byte_writes_nothing(server: Server) -> None:
    """The head of a request stops at byte 1, 2, 3 …: no answer of success, nothing stored, and the server lives on."""
    ((till, _, enrolled),) = enrolled_tills(server, count=1)
    request = httpx.Request(
        "POST", f"{server.base_url}/api/till/records", json={"records": till.next_batch()},
        headers={"Authorization": f"Bearer {enrolled.connection.token}"},
    )  # fmt: skip
    target = request.url.raw_path
    head = b"POST " + target + b" HTTP/1.1\r\n" + b"".join(
        key + b": " + value + b"\r\n" for key, value in request.headers.raw
    )  # fmt: skip
    whole = head + b"\r\n" + request.read()
    import socket

    step = size(ci=29, full=1)
    for cut in range(1, len(whole), step):
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as stream:
            stream.sendall(whole[:cut])
            stream.shutdown(socket.SHUT_WR)
            stream.settimeout(5)
            answer = b""
            try:
                while piece := stream.recv(4_096):
                    answer += piece
            except OSError:
                answer += b""
        assert b" 200 " not in answer.split(b"\r\n")[0], f"cut at {cut}: {answer[:200]!r}"
    with opened():
        assert [row for row in stored_records() if not row["chain"].startswith("S-")] == []
    statuses = [row["status"] for row in enrolled.connection.post_records(till.next_batch())["results"]]
    assert statuses == ["stored"]
