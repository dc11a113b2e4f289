"""A set-up shop with soft tills, for tests of the ledger: real keys, real seals, real services."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from comptoir.apps.fiscal.server_key import dossier_id
from comptoir.apps.settings import packs, queries
from comptoir.apps.settings.services.set_up_company import CompanyDetails, set_up_company
from comptoir.apps.till.services.enrol_register import PROOF, create_enrolment_code, enrol_register
from comptoir.apps.till.services.prepare_records import Prepared
from comptoir.apps.till.services.receive_records import receive_records
from comptoir.engine.seal import seal
from comptoir.exchange.replay.clocks import SetClock, fresh_id
from comptoir.exchange.replay.keys import RegisterKey
from comptoir.exchange.replay.memory import MemoryStorage
from comptoir.exchange.replay.softtill import Place, SoftTill

SIRET = "73282932000074"
BELGIAN_UNIT = "2345678901"
DAY = "2026-11-22"
NOON = datetime(2026, 11, 22, 11, 0, 0, tzinfo=UTC)
LEA = {"id": "0192f0c1-0000-7000-8000-00000000000a", "name": "Léa"}


def set_up_shop(*codes: str, country: str = "FR") -> None:
    """A shop with these registers, French or Belgian."""
    number, zone = {"FR": (SIRET, "metropole"), "BE": (BELGIAN_UNIT, "belgique")}[country]
    set_up_company(
        CompanyDetails(
            legal_name="Essai SARL", country=country, number=number, name="Essai", zone=zone,
            registers=[(code, f"Caisse {code}") for code in codes], city="Lille", postcode="59000",
        ),
        on=NOON.date(),
    )  # fmt: skip


@dataclass
class Till:
    """A soft till, its clock, its key and the token of its device."""

    soft: SoftTill
    clock: SetClock
    key: RegisterKey
    token: str

    def open(self, *, float_minor: int = 10_000) -> dict[str, Any]:
        return self.soft.open_session(business_date=DAY, operator=LEA, float_minor=float_minor)

    def sell(self, *lines: dict[str, Any], tender: str = "cash", **more: Any) -> dict[str, Any]:
        self.clock.set_utc(self.clock._at + timedelta(seconds=1))
        return self.soft.sell_for(lines=lines or [bread()], tender=tender, **more)

    def close(self, *counted: dict[str, Any]) -> dict[str, Any]:
        return self.soft.close_session(counted=counted)[1]

    def waiting(self) -> list[dict[str, Any]]:
        return list(self.soft._storage.waiting(limit=10_000))


def enrolled_till(register: str = "C1", *, seed: int | None = None, now: datetime = NOON) -> Till:
    """A till enrolled in the bound dossier through the services."""
    key = RegisterKey() if seed is None else RegisterKey.from_seed(seed)
    code = create_enrolment_code(register, now=now)
    done = enrol_register(code, spki=key.spki, proof=key.sign(PROOF + code), origin="http://127.0.0.1", now=now)
    country, today = queries.company().country, now.date()
    types = queries.tender_types(country=country, on=today)
    clock = SetClock()
    clock.set_utc(now)
    place = Place(
        dossier=str(dossier_id()), establishment=queries.main_establishment().number, register=register, generation=done.generation, engine="1",
        pack=packs.pack_version(country), catalogue=1, software="comptoir-test/1", mode="TTC", currency="EUR",
        country=country, cash_rounding=packs.cash_rounding(country, on=today), perpetual=done.perpetual,
        tender_types=tuple({k: v for k, v in row.items() if k != "position"} for row in types),
    )  # fmt: skip
    soft = SoftTill(place=place, storage=MemoryStorage(), clock=clock, signer=key, new_id=fresh_id)
    return Till(soft, clock, key, done.token)


def till_of_two_tickets() -> Till:
    """A French shop whose only till is open and sold twice."""
    set_up_shop("C1")
    till = enrolled_till()
    till.open()
    till.sell()
    till.sell()
    send(till)
    return till


def line(
    label: str, *, price_e4: int, vat_e4: int | None = 550, quantity_milli: int = 1000, **more: Any
) -> dict[str, Any]:
    """A basket line."""
    return {
        "id": more.pop("id", label), "article": None, "label": label, "family": None,
        "kind": "goods", "quantity_milli": quantity_milli,
        "unit": "pce", "unit_price_e4": price_e4, "vat_e4": vat_e4, **more,
    }  # fmt: skip


def bread() -> dict[str, Any]:
    return line("Pain", price_e4=12_000)


def send(
    till: Till, records: Sequence[dict[str, Any]] | None = None, *, late: timedelta = timedelta(0)
) -> list[Prepared]:
    """Has the records received, as if they had just arrived; takes note of the answer."""
    records = till.waiting() if records is None else records
    items = receive_records(
        [({k: v for k, v in one.items() if k != "print"}, one.get("print", [])) for one in records],
        register=till.soft.place.register, received=till.clock._at + late,
    )  # fmt: skip
    till.soft.take_answer({"results": [{"id": one.envelope["id"], "status": one.status} for one in items]})
    return items


def statuses(items: Sequence[Prepared]) -> list[str]:
    return [item.status if item.fault is None else f"{item.status} {item.fault.code}" for item in items]


def sealed_again(till: Till, body: dict[str, Any], *, previous: str = "") -> dict[str, Any]:
    """This body, sealed by the till's own key as if it were the till's next record."""
    made = seal(body, previous)
    return {
        "id": body["id"], "chain": body["chain"], "seq": body["seq"], "type": body["chain"].rsplit("-", 1)[1],
        "body": made["body"], "to_sign": made["to_sign"], "signature": till.key.sign(made["to_sign"]),
    }  # fmt: skip
