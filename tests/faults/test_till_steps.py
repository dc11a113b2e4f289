"""T03 and T09: the till stops between any two steps of sealing; its clock jumps. One number, one ticket, in order."""

import json
from datetime import UTC, datetime

import pytest

from comptoir.apps.fiscal import event_codes
from comptoir.exchange.replay.clocks import SetClock, fresh_id
from comptoir.exchange.replay.keys import RegisterKey
from comptoir.exchange.replay.memory import MemoryStorage
from comptoir.exchange.replay.ports import HeadMoved
from comptoir.exchange.replay.softtill import SoftTill

from .judge import ask, chain_faults, ledger_faults, stored_records
from .machine import Machine
from .shop import enrol_till
from .simulated_till import TillCrash
from .stream import CASHIER, line, receive
from .world import POINTS

pytestmark = pytest.mark.slow


class Place:
    """An enrolled till on a healthy machine, whose power a test may cut at a named step."""

    def __init__(self, content: bytes) -> None:
        self.machine = Machine(content=content, seed=1)
        self.key = RegisterKey.from_seed(3)
        with self.machine.open():
            self.place = enrol_till("C1", key=self.key, dossier_uuid=str(self.machine.dossier.uuid))
        self.storage, self.clock, self.crash_at = MemoryStorage(), SetClock(), ""
        self.clock.set_utc(datetime(2026, 12, 1, 9, 0, tzinfo=UTC))
        self.till = self.started()

    def started(self) -> SoftTill:
        return SoftTill(
            place=self.place, storage=self.storage, clock=self.clock, signer=self.key, new_id=fresh_id,
            point=self._point,
        )  # fmt: skip

    def _point(self, name: str) -> None:
        if name == self.crash_at:
            self.crash_at = ""
            raise TillCrash(name)


@pytest.fixture
def place(shop_content: bytes):
    place = Place(shop_content)
    yield place
    place.machine.stop()


ACTS = {
    "open": lambda till: till.open_session(business_date="2026-12-02", operator=CASHIER, float_minor=5_000),
    "sell": lambda till: till.sell_for(lines=[line(1)], tender="cash"),
    "cash": lambda till: till.move_cash(kind="in", amount_minor=100, reason="autre", label="apport"),
    "event": lambda till: till.log_event(code=9_010, label="tiroir"),
    "close": lambda till: till.close_session(counted=[]),
}


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("act", sorted(ACTS))
def test_t03_no_number_is_used_twice_nor_left_out(place: Place, act: str, point: str) -> None:
    if act != "open":
        ACTS["open"](place.till)
        ACTS["sell"](place.till)
    place.crash_at = point
    with pytest.raises(TillCrash):
        ACTS[act](place.till)
    place.storage.crash()
    place.till = place.started()
    if not place.till.state["session"]:
        ACTS["open"](place.till)
    ACTS["sell"](place.till)
    ACTS["sell"](place.till)
    with place.machine.open():
        statuses = receive(list(place.storage.waiting(limit=50)))
        assert set(statuses) == {"stored"}
        records = stored_records()
        keys = {f"{row['register']}-{row['generation']}": bytes(row["spki"]) for row in ask(
            "SELECT register, generation, spki FROM fiscal_sealingkey")}  # fmt: skip
        assert chain_faults(records, keys=keys) == []
        assert ledger_faults(records) == []


def test_t03_a_stale_copy_of_the_till_cannot_take_a_number(place: Place) -> None:
    """Two tabs, or a till brought back from a copy of its memory, on one storage."""
    ACTS["open"](place.till)
    stale = place.started()
    ACTS["sell"](place.till)
    before = place.storage.count()
    with pytest.raises(HeadMoved):
        ACTS["sell"](stale)
    assert place.storage.count() == before


@pytest.mark.parametrize(
    ("name", "instants"),
    [
        ("an hour back", ["2026-12-01T09:00:00", "2026-12-01T08:00:00"]),
        ("a year back", ["2026-12-01T09:00:00", "2025-12-01T09:00:00"]),
        ("a year on and back", ["2026-12-01T09:00:00", "2027-12-01T09:00:00", "2026-12-01T09:01:00"]),
    ],
)
def test_t09_a_clock_gone_back_sells_on_and_is_told(place: Place, name: str, instants: list[str]) -> None:
    ACTS["open"](place.till)
    for text in instants:
        place.clock.set_utc(datetime.fromisoformat(text).replace(tzinfo=UTC))
        ACTS["sell"](place.till)
    with place.machine.open():
        assert set(receive(list(place.storage.waiting(limit=50)))) == {"stored"}
        records = [row for row in stored_records() if row["chain"] == "C1-1-ticket"]
        assert [row["seq"] for row in records] == list(range(1, len(instants) + 1))
        assert [json.loads(row["body"])["at"] for row in records] == [f"{text}Z" for text in instants]
        told = ask(f"SELECT detail FROM fiscal_event WHERE code = {event_codes.CLOCK_BACK}")  # noqa: S608
        assert [json.loads(row["detail"])["number"] for row in told] == [f"C1-1-ticket-{len(instants)}"]


@pytest.mark.parametrize(
    ("local", "offset"),
    [("2026-03-29T01:59:59", 60), ("2026-03-29T03:00:00", 120), ("2026-10-25T02:30:00", 120), ("2026-10-25T03:00:00", 60),
     ("2028-02-29T12:00:00", 60)],
)  # fmt: skip
def test_t09_summer_time_and_leap_days_are_sealed_with_their_offset(place: Place, local: str, offset: int) -> None:
    place.clock.set_local(datetime.fromisoformat(local))
    ACTS["open"](place.till)
    ACTS["sell"](place.till)
    ticket = place.storage.waiting(limit=2)[1]
    body = json.loads(ticket["body"])
    assert body["offset_minutes"] == offset
    assert local.replace("-", "").replace(":", "").replace("T", "") in ticket["to_sign"]
    with place.machine.open():
        assert set(receive(list(place.storage.waiting(limit=50)))) == {"stored"}
