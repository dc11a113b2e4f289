"""T11: the n-th write of the reception fails (EIO, ENOSPC, short), for n = 1, 2, 3, … until a run meets no failure.

Each time: everything or nothing, an error and not a lie, and the same batch sent again leaves what a run without any
failure leaves."""

import pytest
from django.db import DatabaseError

from .conftest import size
from .judge import ledger_faults, stored_records
from .machine import Machine
from .stream import Stream, receive, sealed_stream

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def stream(shop_content: bytes, django_db_blocker) -> Stream:
    with django_db_blocker.unblock():
        return sealed_stream(shop_content, tickets=size(ci=6, full=40))


def bodies(machine: Machine) -> list[str]:
    with machine.open():
        return [row["body"] for row in stored_records() if not row["chain"].startswith("S-")]


def fail_at(write: int, *, how: str, stream: Stream, autocheckpoint: int) -> bool:
    """One run with one failing write. False when the run was over before that write."""
    machine = Machine(content=stream.content, seed=write, identity=stream.identity, autocheckpoint=autocheckpoint)
    try:
        with machine.open():
            receive(stream.records[:2])  # the connection and its settings are made on a healthy disk
        before = bodies(machine)
        machine.disk.arm_failure(at_write=write, how=how, for_ever=how == "enospc")
        try:
            with machine.open():
                statuses = receive(stream.records)
        except DatabaseError:
            statuses = None
        failed = machine.disk.failed > 0
        machine.disk.heal()
        after = bodies(machine)
        sealed = sorted(record["body"] for record in stream.records)
        if statuses is None:  # SQLite may report the failure of a checkpoint after a commit that held: unknown result
            whole = sorted(after) == sealed
            assert after == before or whole, f"write {write}, {how}: half of a refused batch is there"
        else:
            assert sorted(after) == sealed, f"write {write}, {how}: acknowledged and not there"
        with machine.open():
            again = receive(stream.records)
            assert set(again) <= {"stored", "duplicate"}, again
            assert sorted(bodies(machine)) == sealed
            assert ledger_faults(stored_records()) == []
        assert machine.integrity() == "ok"
        return failed
    finally:
        machine.stop()


@pytest.mark.parametrize("how", ["eio", "enospc", "short"])
@pytest.mark.parametrize("autocheckpoint", [6, 1000])
def test_the_nth_write_fails(stream: Stream, how: str, autocheckpoint: int) -> None:
    write = 1
    while fail_at(write, how=how, stream=stream, autocheckpoint=autocheckpoint):
        write += size(ci=1 if write < 40 else 7, full=1)
    assert write > 20, "the run writes too little to prove anything"
