"""T09 on the server's side: its clock turned back while it runs and while it is stopped, on both engines. It notices by itself, tells
it once (event 9125), and sells on."""

import json
import os
import time
from pathlib import Path

import pytest

from .house import House
from .stream import line

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent / "turned_clock"
HOUR, DAY = 3_600, 86_400


class Clock:
    """The clock of the house's server: the machine's, plus seconds."""

    def __init__(self, house: House, folder: Path) -> None:
        self._file = folder / "clock"
        self.turn(0)
        house.server.environment |= {"PYTHONPATH": str(HERE), "COMPTOIR_TURNED_CLOCK": str(self._file)}

    def turn(self, seconds: int) -> None:
        fresh = self._file.with_suffix(".new")
        fresh.write_text(str(seconds))
        os.replace(fresh, self._file)


def told(house: House) -> list[int]:
    """By how many hours the clock was told to have gone back, in the order of telling."""
    rows = house.ask(
        "SELECT e.detail FROM fiscal_event e JOIN fiscal_record r ON r.id = e.id WHERE e.code = 9125 ORDER BY r.seq"
    )
    return [round(json.loads(row["detail"])["seconds"] / HOUR) for row in rows]


def test_the_servers_clock_turned_back_is_told_once(house: House, tmp_path: Path) -> None:
    clock = Clock(house, tmp_path)
    house.server.start()
    till = house.till("T1")
    till.open()
    clock.turn(-60)  # as the network sets a clock right: nothing to tell
    till.soft.sell_for(lines=[line(1)], tender="cash")
    assert set(till.send()) == {"stored"}
    clock.turn(-2 * HOUR)  # while it runs, nobody selling
    deadline = time.monotonic() + 120
    while told(house) != [2]:
        assert time.monotonic() < deadline and told(house) == []
        time.sleep(0.2)
    till.soft.sell_for(lines=[line(1)], tender="cash")
    assert till.send() == ["stored"]
    house.server.kill()
    clock.turn(-2 * HOUR - DAY)  # while it is stopped
    house.server.start()
    assert told(house) == [2, 24]
    till.soft.sell_for(lines=[line(1)], tender="cash")
    assert till.send() == ["stored"]
    house.server.kill()
    house.server.start()  # the same wrong clock: nothing new
    assert told(house) == [2, 24]
    clock.turn(0)  # set right again
    till.soft.sell_for(lines=[line(1)], tender="cash")
    till.close()
    assert set(till.send()) == {"stored"}
    assert told(house) == [2, 24]
    rows = house.ask("SELECT seq, received_at FROM fiscal_record WHERE chain = 'T1-1-ticket' ORDER BY seq")
    received = [str(row["received_at"]) for row in rows]
    assert [row["seq"] for row in rows] == [1, 2, 3, 4]
    assert received[2] < received[1] < received[0] < received[3]  # numbers rule
    assert house.faults(promised=[one["id"] for one in till.storage.kept]) == []
    assert house.found() == []
