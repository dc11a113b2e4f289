"""A real server on a real file, then on a real PostgreSQL: twelve registers finalising together, the network gone during a
closing, two tabs and two machines of one register. Then `comptoir verify`, as a person runs it."""

import copy
import json
import threading
from typing import Any

import pytest

from comptoir.exchange.replay.keys import RegisterKey
from comptoir.exchange.replay.ports import TransportRefused

from .conftest import size
from .house import House, HouseTill
from .proxy import Proxy
from .stream import line

pytestmark = pytest.mark.slow

# Where the line breaks while the count and the Z travel, each alone: (the count's connection, the Z's connection).
BREAKS = {
    "B1": [("refused", 0.0), ("refused", 0.0)],  # the cable is out before the Z leaves
    "B2": [("none", 0.0), ("cut_request", 0.6)],  # in the middle of the Z itself
    "B3": [("none", 0.0), ("answer_lost", 0.0)],  # committed, and the answer is lost
    "B4": [("answer_lost", 0.0), ("cut_answer", 0.5)],
    "B5": [("none", 0.0), ("cut_request", 0.02)],  # in the head of the request
    "B6": [("none", 0.0), ("cut_request", 0.999)],  # its last bytes missing
    "B7": [("answer_lost", 0.0), ("answer_lost", 0.0), ("answer_lost", 0.0)],
    "B8": [("cut_answer", 0.97), ("cut_request", 0.5), ("answer_lost", 0.0), ("twice", 0.0)],
}


def test_twelve_registers_finalise_together(standing_house: House) -> None:
    """Twelve cashiers press « Valider » at the same moment, again and again: no number twice, none missing."""
    house, each = standing_house, size(ci=12, full=200)
    names = [f"A{number}" for number in range(1, 13)]
    house.add_registers(*names)
    tills = [house.till(name) for name in names]
    together = threading.Barrier(12)
    said: dict[str, list[str]] = {}

    def sell(till: HouseTill) -> None:
        till.open()
        mine = till.send()
        for _ in range(each):
            together.wait(timeout=120)
            till.soft.sell_for(lines=[line(1), line(2), line(3)], tender="cash")
            mine += till.send()
        said[till.soft.place.register] = mine

    threads = [threading.Thread(target=sell, args=(till,)) for till in tills]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=600)
        assert not thread.is_alive()
    assert said == {name: ["stored"] * (each + 1) for name in names}
    for name in names:
        assert house.numbers(f"{name}-1-ticket") == list(range(1, each + 1))
    assert house.ask("SELECT id FROM fiscal_keptrecord WHERE chain LIKE 'A%'") == []
    assert house.found() == []


def test_unplugged_during_a_closing(standing_house: House) -> None:
    """Wherever the line breaks while the Z travels: one Z, booked once, with the figures of the day; the next day opens."""
    house = standing_house
    breaks = dict(list(BREAKS.items())[: size(ci=4, full=len(BREAKS))])
    house.add_registers(*breaks)
    sealed: list[str] = []
    for register, script in breaks.items():
        till = house.till(register)
        till.open()
        _day_of_two_cash_and_one_card(till)
        till.send()
        till.close()
        sound, proxy = till.transport, Proxy(target_port=house.server.port, script=script)
        till.transport = house.through(proxy.port, token=till.enrolled.connection.token)
        said = till.send(limit=1)
        proxy.close()
        assert said.count("lost") == sum(fault not in ("none", "twice") for fault, _ in script), register
        assert [one for one in said if one != "lost"] == _statuses(script), register
        till.transport = sound
        till.open("2026-11-23", float_minor=5_000)
        till.soft.sell_for(lines=[line(1)], tender="card")
        till.close()
        assert till.send() == ["stored"] * 4
        sealed += [record["id"] for record in till.storage.kept]
    closings = house.ask(
        "SELECT register, seq, CAST(business_date AS TEXT) AS day, first_seq, last_seq, ticket_count, total_minor,"
        " perpetual_algebraic_minor, agrees FROM treasury_closing WHERE register LIKE 'B%' ORDER BY register, seq"
    )
    assert [(*list(row.values())[:-1], bool(row["agrees"])) for row in closings] == [
        row
        for register in breaks
        for row in (
            (register, 1, "2026-11-22", 1, 3, 3, 1_380, 1_380, True),
            (register, 2, "2026-11-23", 4, 4, 1, 345, 1_725, True),
        )
    ]
    tenders = house.ask(
        "SELECT c.register, c.seq, t.tender, t.expected_minor, t.counted_minor FROM treasury_closingtender t JOIN treasury_closing c"
        " ON c.id = t.closing_id WHERE c.register LIKE 'B%' AND t.tender = 'cash' ORDER BY c.register, c.seq"
    )
    assert [tuple(row.values()) for row in tenders] == [
        row for register in breaks for row in ((register, 1, "cash", 10_690, 10_690), (register, 2, "cash", 5_000, 5_000))
    ]  # fmt: skip
    assert house.faults(promised=sealed) == []
    assert house.verify()["findings"] == []


def _day_of_two_cash_and_one_card(till: HouseTill) -> None:
    """3.45 and 3.45 in cash, 6.90 by card."""
    till.soft.sell_for(lines=[line(1)], tender="cash")
    till.soft.sell_for(lines=[line(1)], tender="cash")
    till.soft.sell_for(lines=[line(1), line(2)], tender="card")


def _statuses(script: list[tuple[str, float]]) -> list[str]:
    """What the count and the Z are told in the end: a duplicate where the server had booked what the till believed lost."""
    waiting, booked, told = 2, False, []
    for fault, _ in [*script, ("none", 0.0), ("none", 0.0)]:
        if not waiting:
            break
        if fault in ("answer_lost", "cut_answer"):
            booked = True
        elif fault in ("none", "twice"):
            told.append("duplicate" if booked or fault == "twice" else "stored")
            waiting, booked = waiting - 1, False
    return told


def test_two_tabs_of_one_register(standing_house: House) -> None:
    """Two copies of one till, one token, both selling at once: each number is booked once, and what came second is kept aside
    word for word. Nothing is lost, `verify` finds no fault."""
    house = standing_house
    house.add_registers("C1")
    till = house.till("C1")
    till.open()
    till.soft.sell_for(lines=[line(1)], tender="cash")
    till.send()
    other = HouseTill(till.enrolled)
    other.soft.state = copy.deepcopy(till.soft.state)
    other.storage._state = copy.deepcopy(till.soft.state)
    together = threading.Barrier(2)
    said: dict[str, list[str]] = {}

    def sell(name: str, tab: HouseTill, tender: str) -> None:
        mine: list[str] = []
        for _ in range(5):
            together.wait(timeout=120)
            tab.soft.sell_for(lines=[line(1)], tender=tender)
            mine += tab.send()
        said[name] = mine

    tabs = [("ours", till, "cash"), ("theirs", other, "card")]
    threads = [threading.Thread(target=sell, args=one) for one in tabs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=300)
        assert not thread.is_alive()
    assert sorted(said["ours"] + said["theirs"]) == ["kept"] * 5 + ["stored"] * 5
    assert {len(set(mine)) for mine in said.values()} == {1}  # who came first goes on, the other's chain is another one
    assert house.numbers("C1-1-ticket") == list(range(1, 7))
    first, second = (till, other) if said["ours"][0] == "stored" else (other, till)
    assert house.faults(promised=[one["id"] for one in first.storage.kept]) == []
    kept = house.ask("SELECT envelope FROM fiscal_keptrecord WHERE chain = 'C1-1-ticket' ORDER BY seq")
    assert [_kept(row)["body"] for row in kept] == [one["body"] for one in second.storage.kept[-5:]]
    assert first.close()["seq"] == 1
    assert first.send() == ["stored", "stored"]
    assert house.found() == []


def _kept(row: dict[str, Any]) -> dict[str, Any]:
    envelope = row["envelope"]
    return json.loads(envelope) if isinstance(envelope, str) else envelope


def test_two_machines_spend_one_code_at_once(standing_house: House) -> None:
    """One one-time code, two machines, the same moment: one is let in, the other is told that the code was used."""
    house = standing_house
    registers = [f"D{number}" for number in range(1, size(ci=4, full=10) + 1)]
    house.add_registers(*registers)
    for register in registers:
        code, together = house.code(register), threading.Barrier(2)
        told: list[str] = []

        def claim(code: str = code, together: threading.Barrier = together, told: list[str] = told) -> None:
            key = RegisterKey()
            together.wait(timeout=60)
            try:
                told.append(f"generation {house.enrol(code, key=key).place.generation}")
            except TransportRefused as refused:
                told.append(refused.code)

        threads = [threading.Thread(target=claim) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=320)
        assert sorted(told) == ["code_used", "generation 1"]
    devices = house.ask("SELECT register FROM till_device WHERE register LIKE 'D%'")
    assert sorted(row["register"] for row in devices) == sorted(registers)
    keys = house.ask("SELECT register FROM fiscal_sealingkey WHERE register LIKE 'D%'")
    assert sorted(row["register"] for row in keys) == sorted(registers)
    assert house.found() == []


def test_a_second_machine_claims_a_register(standing_house: House) -> None:
    """A second machine is let in as the register of a first: other chain, numbers from 1 again, so that no number recurs. What the
    first still holds is booked in its own chain; once revoked it is shut out, and what it sealed meanwhile stays with it."""
    house = standing_house
    house.add_registers("E1")
    first = house.till("E1")
    first.open()
    first.soft.sell_for(lines=[line(1)], tender="cash")
    second = house.till("E1")
    assert (first.soft.place.generation, second.soft.place.generation) == (1, 2)
    second.open()
    for till in (second, first):
        till.soft.sell_for(lines=[line(1), line(2)], tender="card")
        assert set(till.send()) == {"stored"}
    assert (house.numbers("E1-1-ticket"), house.numbers("E1-2-ticket")) == ([1, 2], [1])
    _revoke(house, "E1", generation=1)
    late = first.soft.sell_for(lines=[line(1)], tender="cash")
    with pytest.raises(TransportRefused) as refused:
        first.send()
    assert (refused.value.status, refused.value.code) == (401, "revoked")
    assert first.storage.count() == 1 and first.storage.kept[-1]["id"] == late["id"]
    second.soft.sell_for(lines=[line(1)], tender="cash")
    assert second.send() == ["stored"]
    assert house.numbers("E1-1-ticket") == [1, 2]
    told = house.ask("SELECT code FROM fiscal_event WHERE register = 'S' AND detail LIKE '%\"E1\"%' ORDER BY code")
    assert [row["code"] for row in told] == [126, 127, 9131]
    assert house.found() == []


def _revoke(house: House, register: str, *, generation: int) -> None:
    from comptoir.apps.till.services.enrol_register import revoke_device

    with house.opened():
        assert revoke_device(register, generation=generation)
