"""A soft till in the simulator: sells at random, sends over the bad network, crashes anywhere, starts again."""

import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from comptoir.exchange.replay.clocks import SetClock, uuid7
from comptoir.exchange.replay.keys import RegisterKey
from comptoir.exchange.replay.memory import MemoryStorage
from comptoir.exchange.replay.ports import Record
from comptoir.exchange.replay.softtill import Place, SoftTill

from .network import Clock, Network

CASHIER = {"id": "u1", "name": "Zoé"}
NAMES = ["Thé vert", "Crème brûlée", "Œufs x6", "« Cadeau »", "ماء", "🎁\tSurprise", "L'été, c'est 50,5 %"]
RETRY_MS = 3_000


class TillCrash(Exception):
    """The till's machine stopped between two steps."""


class SimulatedTill:
    def __init__(
        self, *, place: Place, key: RegisterKey, rng: random.Random, clock: Clock, network: Network,
        deliver: Callable[[Any], None], strict: bool,
    ) -> None:  # fmt: skip
        self.place, self._key, self._rng = place, key, rng
        self._time, self._network, self._deliver = clock, network, deliver
        self.storage = MemoryStorage(strict=strict)
        self.paid: dict[str, Record] = {}  # shown to the customer as done
        self.acknowledged: set[str] = set()
        self.crash_at: str | None = None
        self.crashes = self.day = 0
        self._sent_at = -RETRY_MS
        self.start()

    # -- life ------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        self._wall = SetClock()
        self.till = SoftTill(
            place=self.place, storage=self.storage, clock=self._wall, signer=self._key, new_id=self._new_id,
            point=self._point,
        )  # fmt: skip

    def crash(self) -> None:
        self.crashes += 1
        self.crash_at = None
        self.storage.crash()
        self.start()

    def _point(self, name: str) -> None:
        if self.crash_at == name:
            raise TillCrash(name)

    def _new_id(self) -> str:
        return uuid7(at_ms=self._time.ms, random_bits=self._rng.getrandbits(74))

    # -- the cashier -----------------------------------------------------------------------------------------------

    def act(self) -> None:
        """One thing a cashier does; a crash in the middle is survived by starting again."""
        self._time.advance_to(self._time.ms + self._rng.randrange(500, 20_000))
        self._wall.set_utc(datetime.fromtimestamp(self._time.ms // 1000, UTC))
        try:
            for record in self._one_act():
                self.paid[record["id"]] = record
        except TillCrash:
            self.crash()

    def _one_act(self) -> list[Record]:
        till = self.till
        if not till.state["session"]:
            self.day += 1
            date = f"2026-12-{1 + self.day % 28:02d}"
            return [till.open_session(business_date=date, operator=CASHIER, float_minor=self._rng.randrange(0, 30_000))]
        choice = self._rng.randrange(100)
        if choice < 3:
            return self._close()
        if choice < 8:
            kind = self._rng.choice(["in", "out"])
            amount = self._rng.randrange(1, 5_000)
            return [till.move_cash(kind=kind, amount_minor=amount, reason="autre", label="essai, « divers »")]
        if choice < 12:
            return [till.log_event(code=9_010, label="ouverture du tiroir", detail={"raison": "monnaie"})]
        return [self._sell(refund=choice < 20)]

    def _close(self) -> list[Record]:
        expected = self.till.report()["cash"]["expected_minor"]
        found = max(0, expected + self._rng.choice([0, 0, 0, -150, 70]))
        counted = [{"tender": "cash", "amount_minor": found, "pieces": []}]
        return list(self.till.close_session(counted=counted))

    def _sell(self, *, refund: bool) -> Record:
        sign = -1 if refund else 1
        lines = [self._line(number, sign=sign) for number in range(1, 2 + self._rng.randrange(5))]
        basket = self.till.basket(lines)
        priced = self.till.price(basket)
        total = priced["gross_minor"]
        tenders = [{"id": "1", "type": "card", "amount_minor": total // 3, "reference": None}] if total // 3 else []
        if total - total // 3:
            more = self._rng.choice([0, 500]) if not refund else 0
            tenders.append({"id": "2", "type": "cash", "amount_minor": total - total // 3 + more, "reference": None})
        return self.till.sell(
            basket=basket, settle=self.till.settlement(priced=priced, tenders=tenders),
            operation="refund" if refund else "sale",
        )  # fmt: skip

    def _line(self, number: int, *, sign: int) -> dict[str, Any]:
        weighed = self._rng.randrange(4) == 0
        quantity = self._rng.randrange(50, 3_000) if weighed else 1_000 * self._rng.randrange(1, 5)
        return {
            "id": str(number), "article": None, "label": self._rng.choice(NAMES),
            "family": self._rng.choice(["a", None]), "kind": "weighed" if weighed else "goods",
            "quantity_milli": sign * quantity, "unit": "kg" if weighed else "pce",
            "unit_price_e4": self._rng.randrange(1, 500_000),
            "vat_e4": self._rng.choice([550, 1_000, 2_000]),
        }  # fmt: skip

    # -- the outbox ------------------------------------------------------------------------------------------------

    def send(self, *, force: bool = False) -> None:
        """Sends the oldest records again and again, until an answer takes them off the list."""
        if not force and self._time.ms - self._sent_at < RETRY_MS:
            return
        # Now and then a later batch leaves before an earlier one, as with several requests under way.
        skip = 0 if force else self._rng.choice([0, 0, 0, 3, 9])
        batch = self.till.next_batch(limit=self._rng.randrange(1, 30), skip=skip)
        if batch:
            self._sent_at = self._time.ms
            self._network.send(self._deliver, (self, batch))

    def take(self, answer: dict[str, Any]) -> None:
        for row in self.till.take_answer(answer):
            self.acknowledged.add(row["id"])
