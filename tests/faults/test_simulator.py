"""T03, T08, T09, T10, T13 in one: tills, bad network, failing disk, power cuts, from one seed each.

Three controls must lose, or the harness is blind: a disk that is not waited for, a till that is not durable, a server
that books what it receives every time it receives it."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from .conftest import keep_seed, size
from .judge import world_faults
from .world import World

pytestmark = pytest.mark.slow
STEPS = 400
ONLY = os.environ.get("COMPTOIR_SEED")


def seeds(*, ci: int, full: int) -> list[int]:
    return [int(ONLY)] if ONLY else list(range(1, 1 + size(ci=ci, full=full)))


def lived(seed: int, content: bytes, **options: Any) -> tuple[list[str], World]:
    """A world from its seed to the end of its days, and everything found wrong with it."""
    world = World(seed=seed, content=content, **options)
    try:
        world.run(STEPS)
        faults = world_faults(world, full=False)
        try:
            world.settle()
        except AssertionError as stuck:
            return [*faults, str(stuck)], world
        return faults + world_faults(world, full=True), world
    finally:
        world.stop()


def test_no_seed_loses_repeats_or_alters_anything(shop_content: bytes) -> None:
    seen = {"paid": 0, "cuts": 0, "outages": 0, "crashes": 0, "lost": 0, "repeated": 0}
    for seed in seeds(ci=20, full=10_000):
        faults, world = lived(seed, shop_content)
        assert not faults, keep_seed(Path(__file__), ring="no_seed", seed=seed, faults=faults)
        seen["paid"] += sum(len(till.paid) for till in world.tills)
        seen["cuts"] += world.machine.cuts
        seen["outages"] += world.outages
        seen["crashes"] += sum(till.crashes for till in world.tills)
        seen["lost"] += world.network.lost
        seen["repeated"] += world.network.repeated
    if not ONLY:  # a ring where nothing happened proves nothing
        assert all(count > 20 for count in seen.values()), seen


def test_control_a_disk_that_is_not_waited_for_loses(shop_content: bytes) -> None:
    """synchronous=NORMAL: the house refuses it; set behind its back, promises are broken at power cuts."""
    found = [lived(seed, shop_content, synchronous="NORMAL")[0] for seed in range(1, 5)]
    losers = [faults for faults in found if any("lost after a promise" in fault for fault in faults)]
    assert losers, "four worlds with synchronous=NORMAL lost nothing: the power cuts do not cut"


def test_control_a_relaxed_till_loses(shop_content: bytes) -> None:
    """A till whose storage is not durable forgets paid tickets and gives their numbers to others."""
    found = [lived(seed, shop_content, strict=False)[0] for seed in range(1, 5)]
    losers = [faults for faults in found if any("paid and lost" in fault for fault in faults)]
    assert losers, "four worlds with a relaxed outbox lost nothing: the crashes do not crash"


class _Naive:
    """A receiver that trusts the network: writes a row for each record each time it arrives."""

    def __init__(self, *, envelope: dict[str, Any]) -> None:
        self.envelope, self.status, self.fault, self.sound = envelope, "stored", None, None


def naive_receive(records: Any, *, register: str) -> list[_Naive]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS naive (id TEXT, gross INTEGER)")
        cursor.executemany("INSERT INTO naive VALUES (%s, 1)", [(record["id"],) for record, _ in records])
    return [_Naive(envelope=record) for record, _ in records]


def test_control_a_receiver_that_is_not_idempotent_repeats(shop_content: bytes) -> None:
    repeated = 0
    for seed in range(1, 5):
        world = World(seed=seed, content=shop_content, server=naive_receive)
        world.run(STEPS)
        world.settle()
        with world.machine.open(), connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) - COUNT(DISTINCT id) FROM naive")
            repeated += cursor.fetchone()[0]
        world.stop()
    assert repeated > 0, "four worlds sent nothing twice: the network is too kind"
