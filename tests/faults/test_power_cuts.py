"""T10: the power goes at a random write of the reception, on the real schema, with the write-ahead log large and small.

Everything acknowledged is there afterwards, in order, once, and the file is sound; sending again completes the day."""

import random

import pytest
from django.db import DatabaseError

from .conftest import size
from .judge import ask, chain_faults, hexadecimal, ledger_faults, stored_records
from .machine import Machine
from .stream import Stream, receive, sealed_stream

pytestmark = pytest.mark.slow
TICKETS = 40


@pytest.fixture(scope="module")
def stream(shop_content: bytes, django_db_blocker) -> Stream:
    with django_db_blocker.unblock():
        return sealed_stream(shop_content, tickets=TICKETS)


def receive_until_cut(machine: Machine, *, stream: Stream, rng: random.Random) -> set[str]:
    """Receives in batches of random size until the power goes or the day is over; the ids acknowledged."""
    acknowledged: set[str] = set()
    start = 0
    try:
        with machine.open():
            while start < len(stream.records):
                batch = stream.records[start : start + rng.randrange(1, 9)]
                statuses = receive(batch)
                assert set(statuses) <= {"stored"}, statuses
                acknowledged |= {record["id"] for record in batch}
                start += len(batch)
    except DatabaseError:
        assert not machine.disk.on, "the database failed though the power was on"
    return acknowledged


def check_after_cut(machine: Machine, *, acknowledged: set[str], stream: Stream) -> int:
    """Returns how many acknowledged records are missing."""
    with machine.open():
        records = stored_records()
        keys = {f"{row['register']}-{row['generation']}": bytes(row["spki"]) for row in ask(
            "SELECT register, generation, spki FROM fiscal_sealingkey")}  # fmt: skip
        assert chain_faults(records, keys=keys) == []
        present = [hexadecimal(row["id"]) for row in records]
        assert len(present) == len(set(present))
        assert machine.integrity() == "ok"
    return len({hexadecimal(one) for one in acknowledged} - set(present))


def cut_once(seed: int, *, stream: Stream, synchronous: str = "FULL") -> tuple[int, int]:
    """One machine, one cut; (acknowledged, missing)."""
    rng = random.Random(seed)
    machine = Machine(
        content=stream.content, seed=seed, synchronous=synchronous, identity=stream.identity,
        autocheckpoint=rng.choice([8, 8, 100, 1000]) if synchronous == "FULL" else 1000,
    )  # fmt: skip
    try:
        machine.disk.arm_cut(after_writes=rng.randrange(1, 700))
        acknowledged = receive_until_cut(machine, stream=stream, rng=rng)
        machine.power_cut(subset=rng.random() < 0.6)
        missing = check_after_cut(machine, acknowledged=acknowledged, stream=stream)
        with machine.open():
            statuses = receive(stream.records)
            assert set(statuses) <= {"stored", "duplicate"}
            records = stored_records()
            assert {row["body"] for row in records} >= {record["body"] for record in stream.records}
            assert ledger_faults(records) == []
            assert machine.integrity() == "ok"
        return len(acknowledged), missing
    finally:
        machine.stop()


def test_nothing_acknowledged_is_lost(stream: Stream) -> None:
    acknowledged = 0
    for seed in range(size(ci=80, full=10_000)):
        promised, missing = cut_once(seed, stream=stream)
        assert missing == 0, f"seed {seed}: {missing} of {promised} acknowledged records are gone"
        acknowledged += promised
    assert acknowledged > size(ci=1_000, full=150_000)  # the cuts did not all come at once


def test_control_normal_synchronous_loses(stream: Stream) -> None:
    lost = sum(cut_once(seed, stream=stream, synchronous="NORMAL")[1] for seed in range(12))
    assert lost > 0, "twelve cuts with synchronous=NORMAL lost nothing: the power cuts do not cut"
