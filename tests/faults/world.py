"""One to five tills, a bad network, the real reception on a disk that fails: everything from one seed."""

import random
from typing import Any

from django.db import DatabaseError

from comptoir.apps.till.services.receive_records import receive_records
from comptoir.exchange.replay.keys import RegisterKey

from .machine import Machine
from .network import CLEAR, Clock, Network
from .shop import enrol_till
from .simulated_till import SimulatedTill

POINTS = ("before sign", "after sign", "after store")


class World:
    def __init__(
        self, *, seed: int, content: bytes, synchronous: str = "FULL", strict: bool = True, server: Any = None
    ) -> None:
        self.seed = seed
        self.rng = random.Random(seed)
        self.clock = Clock()
        self.network = Network(rng=self.rng, clock=self.clock)
        # Small logs are folded into the file often, and synced then: the control keeps its log long to lose much.
        pages = self.rng.choice([8, 40, 1000]) if synchronous == "FULL" else 1000
        self.machine = Machine(content=content, seed=seed, synchronous=synchronous, autocheckpoint=pages)
        self.server = server or receive_records
        self.promised: dict[str, str] = {}  # id -> status answered by the server, whether or not the answer arrived
        self.outages = 0
        with self.machine.open():
            self.tills = [self._till(f"C{n}", strict=strict) for n in range(1, 2 + self.rng.randrange(5))]

    def _till(self, register: str, *, strict: bool) -> SimulatedTill:
        key = RegisterKey.from_seed(self.seed * 10 + int(register[1:]))
        place = enrol_till(register, key=key, dossier_uuid=str(self.machine.dossier.uuid))
        rng = random.Random(self.rng.getrandbits(64))
        return SimulatedTill(
            place=place, key=key, rng=rng, clock=self.clock, network=self.network, deliver=self._arrive, strict=strict
        )

    # -- the server ------------------------------------------------------------------------------------------------

    def _arrive(self, message: tuple[SimulatedTill, list[dict[str, Any]]]) -> None:
        till, batch = message
        try:
            with self.machine.open():
                results = self.server([(record, ()) for record in batch], register=till.place.register)
        except DatabaseError:
            self.outages += 1
            if not self.machine.disk.on:
                self._power_cut()
            return
        if not self.machine.disk.on:  # the power went while something was written after the commit
            self._power_cut()
        answer = [{"id": item.envelope["id"], "status": item.status} for item in results]
        self.promised |= {row["id"]: row["status"] for row in answer}
        self.network.send(till.take, {"results": answer})

    def _power_cut(self) -> None:
        self.machine.power_cut(subset=self.rng.random() < 0.6)

    # -- time passes -----------------------------------------------------------------------------------------------

    def run(self, steps: int) -> None:
        for _ in range(steps):
            self._step()

    def _step(self) -> None:
        till, choice = self.rng.choice(self.tills), self.rng.randrange(1_000)
        if choice < 450:
            till.act()
        elif choice < 650:
            till.send()
        elif choice < 940:
            self.network.deliver_one()
        elif choice < 955:
            till.crash()
        elif choice < 970:
            till.crash_at = self.rng.choice(POINTS)
        elif choice < 985:
            self.machine.disk.arm_cut(after_writes=self.rng.randrange(1, 60))
        elif choice < 990:
            self._power_cut()
        elif choice < 996:
            how = self.rng.choice(["eio", "enospc", "short"])
            self.machine.disk.arm_failure(at_write=self.rng.randrange(1, 40), how=how, for_ever=how == "enospc")
        else:
            self.machine.disk.heal()

    def settle(self) -> None:
        """Everything mends, the network clears, and every outbox empties; raises when one does not."""
        self.machine.disk.heal()
        self.machine.disk.cut_at = None
        self.network.weather = CLEAR
        for till in self.tills:
            till.crash_at = None
        for _ in range(2_000):
            while self.network.deliver_one():
                pass
            waiting = [till for till in self.tills if till.storage.count()]
            if not waiting:
                return
            for till in waiting:
                till.send(force=True)
        left = {till.place.register: till.storage.count() for till in self.tills}
        raise AssertionError(f"seed {self.seed}: outboxes do not empty: {left}")

    def stop(self) -> None:
        self.machine.stop()
