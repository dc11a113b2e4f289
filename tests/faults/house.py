"""A shop served by a real process, on either engine, from a copied template; tills that keep their journal as the real ones do."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.db import connections

from comptoir.apps.settings.queries import main_establishment
from comptoir.apps.settings.services.set_up_company import add_register
from comptoir.apps.till.services.enrol_register import create_enrolment_code
from comptoir.apps.till.services.verify_dossier import verify_dossier
from comptoir.dossiers import registry
from comptoir.dossiers.binding import Dossier, bound
from comptoir.exchange.replay.clocks import WallClock, fresh_id
from comptoir.exchange.replay.connection import Connection, Enrolled, enrol
from comptoir.exchange.replay.keys import RegisterKey
from comptoir.exchange.replay.memory import MemoryStorage
from comptoir.exchange.replay.ports import Record, State, TransportLost, TransportRefused
from comptoir.exchange.replay.softtill import SoftTill
from tests.apps.till.shop import set_up_shop

from .judge import Rows, ask, chain_faults, ledger_faults, lost, stored_records
from .real_server import SLUG, Server, comptoir

ZOE = {"id": "u1", "name": "Zoé"}


class Journal(MemoryStorage):
    """Storage that still has what was acknowledged, as a till does for 35 days."""

    def __init__(self) -> None:
        super().__init__(copies=False)
        self.kept: list[Record] = []

    def commit(self, *, state: State, record: Record) -> None:
        super().commit(state=state, record=record)
        self.kept.append(record)

    def put_back(self, heads: dict[str, int]) -> int:
        """Puts what the server no longer holds back in line, in the order of sealing; how many."""
        missing = [one for one in self.kept if one["seq"] > heads.get(one["chain"], 0)]
        self._outbox = {**{one["id"]: one for one in missing}, **self._outbox}
        self._outbox = {one["id"]: one for one in self.kept if one["id"] in self._outbox}
        return len(missing)


class HouseTill:
    """A till of the house: seals, keeps, sends over HTTP; `papers` has the print intent of a record."""

    def __init__(self, enrolled: Enrolled) -> None:
        self.enrolled, self.storage = enrolled, Journal()
        self.transport: Connection = enrolled.connection
        self.papers: dict[str, dict[str, Any]] = {}
        self.soft = SoftTill(
            place=enrolled.place, storage=self.storage, clock=WallClock(), signer=enrolled.key, new_id=fresh_id
        )

    def open(self, day: str = "2026-11-22", *, float_minor: int = 10_000) -> Record:
        return self.soft.open_session(business_date=day, operator=ZOE, float_minor=float_minor)

    def close(self) -> Record:
        """Counts what should be there and seals the Z."""
        expected = self.soft.report()["cash"]["expected_minor"]
        return self.soft.close_session(counted=[{"tender": "cash", "amount_minor": expected, "pieces": []}])[1]

    def batch(self, *, limit: int = 200) -> list[Record]:
        """The next records as they travel, with their print intents."""
        records = self.soft.next_batch(limit=limit)
        return [{**one, "print": [self.papers[one["id"]]]} if one["id"] in self.papers else one for one in records]

    def send(self, *, limit: int = 200, again: Callable[[], None] = lambda: None) -> list[str]:
        """Sends until nothing waits, the same again after each loss; the statuses, « lost » for each loss."""
        said: list[str] = []
        while batch := self.batch(limit=limit):
            try:
                answer = self.transport.post_records(batch)
            except TransportLost:
                said.append("lost")
                assert said.count("lost") < 200, "the server never comes back"
                again()
                continue
            said += [row["status"] for row in self.soft.take_answer(answer)]
        return said

    def refill(self) -> int:
        """What a till does when it finds its server again: compares heads, puts back what is missing there."""
        theirs = {head["chain"]: head["seq"] for head in self.transport.get("heads")["heads"]}
        return self.storage.put_back(theirs)


class House:
    def __init__(self, dossier: Dossier, home: Path, *, environment: dict[str, str] | None = None) -> None:
        self.dossier, self.home = dossier, home
        self.server = Server(home, threads=12, environment=environment)

    @contextmanager
    def opened(self) -> Iterator[None]:
        with bound(self.dossier):
            yield
            connections.forget(self.dossier)

    def ask(self, sql: str) -> Rows:
        with self.opened():
            return ask(sql)

    def code(self, register: str) -> str:
        """A manager's one-time code for a register."""
        with self.opened():
            return create_enrolment_code(register)

    def add_registers(self, *registers: str) -> None:
        with self.opened():
            for one in registers:
                add_register(one, name=one, establishment=main_establishment())

    def enrol(self, code: str, *, key: RegisterKey | None = None) -> Enrolled:
        """Asks again with the same key when the server finds that one address enrols too often."""
        key, deadline = key or RegisterKey(), time.monotonic() + 300
        while True:
            try:
                return enrol(base_url=self.server.base_url, code=code, key=key)
            except TransportRefused as refused:
                if refused.code != "too_fast" or time.monotonic() > deadline:
                    raise
                time.sleep(1)

    def till(self, register: str) -> HouseTill:
        return HouseTill(self.enrol(self.code(register)))

    def through(self, port: int, *, token: str, timeout: float = 20) -> Connection:
        """A connection to the same server by way of a proxy, with a new line for each request."""
        connection = Connection(base_url=f"http://127.0.0.1:{port}/d/{SLUG}", timeout=timeout)
        connection.use_token(token)
        connection._client.headers["Connection"] = "close"
        return connection

    def numbers(self, chain: str) -> list[int]:
        return [row["seq"] for row in self.ask(f"SELECT seq FROM fiscal_record WHERE chain = '{chain}' ORDER BY seq")]  # noqa: S608

    def faults(self, *, promised: Sequence[str]) -> list[str]:
        """What the judge says: promised and lost, chains, keys, ledgers, projections."""
        with self.opened():
            records = stored_records()
            keys = {
                f"{row['register']}-{row['generation']}": bytes(row["spki"])
                for row in ask("SELECT register, generation, spki FROM fiscal_sealingkey")
            }
            missing = lost(records, promised=dict.fromkeys(promised))
            return missing + chain_faults(records, keys=keys) + ledger_faults(records)

    def found(self) -> list[tuple[str, int, str]]:
        """What verification finds, anchors included, in this process."""
        with self.opened():
            return [(one.chain, one.seq, one.code) for one in verify_dossier(anchors=True).findings]

    def verify(self) -> dict[str, Any]:
        """`comptoir verify` with the anchors, as a person runs it."""
        return json.loads(comptoir("verify", SLUG, "--anchors", "--json", home=self.home, check=False).stdout)


def furnish(copied: Dossier, home: Path, *registers: str, environment: dict[str, str] | None = None) -> House:
    """A set-up shop with these registers, not served yet."""
    dossier = replace(copied, slug=SLUG)
    registry.register(dossier)
    house = House(dossier, home, environment=environment)
    with house.opened():
        set_up_shop(*registers)
    return house
