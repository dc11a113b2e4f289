"""A till's day sealed once, to be received again and again by machines that fail."""

import uuid
from typing import Any, NamedTuple

from comptoir.apps.till.services.receive_records import receive_records
from comptoir.exchange.replay.clocks import SetClock, uuid7
from comptoir.exchange.replay.keys import RegisterKey
from comptoir.exchange.replay.memory import MemoryStorage
from comptoir.exchange.replay.ports import Record
from comptoir.exchange.replay.softtill import SoftTill

from .machine import Machine
from .shop import enrol_till

CASHIER = {"id": "u1", "name": "Zoé"}


class Stream(NamedTuple):
    content: bytes  # a shop where register C1 is enrolled
    identity: uuid.UUID
    records: list[Record]  # an opening, tickets, a count and a Z


def sealed_stream(shop_content: bytes, *, tickets: int) -> Stream:
    identity = uuid.uuid4()
    machine = Machine(content=shop_content, seed=0, identity=identity)
    key = RegisterKey.from_seed(7)
    with machine.open():
        place = enrol_till("C1", key=key, dossier_uuid=str(identity))
    content = machine.content()
    machine.stop()
    storage, clock, count = MemoryStorage(copies=False), SetClock(), iter(range(10**9))
    till = SoftTill(
        place=place, storage=storage, clock=clock, signer=key,
        new_id=lambda: uuid7(at_ms=1_763_800_000_000 + next(count), random_bits=next(count)),
    )  # fmt: skip
    till.open_session(business_date="2026-12-01", operator=CASHIER, float_minor=10_000)
    for number in range(tickets):
        till.sell_for(lines=[line(1), line(2, price_e4=10_000 + number)], tender="card" if number % 3 else "cash")
    till.close_session(
        counted=[{"tender": "cash", "amount_minor": till.report()["cash"]["expected_minor"], "pieces": []}]
    )
    return Stream(content, identity, list(storage.waiting(limit=tickets + 10)))


def line(number: int, *, quantity_milli: int = 1_000, price_e4: int = 34_500, vat_e4: int = 2_000) -> dict[str, Any]:
    return {
        "id": str(number), "article": None, "label": "Thé vert", "family": None, "kind": "goods",
        "quantity_milli": quantity_milli, "unit": "pce", "unit_price_e4": price_e4, "vat_e4": vat_e4,
    }  # fmt: skip


def receive(records: list[Record], *, register: str = "C1") -> list[str]:
    """The statuses, in the order of the records."""
    return [item.status for item in receive_records([(record, ()) for record in records], register=register)]
