"""T02: the power cut of a real ext4 file system under the profile of a real Chromium, with the shipped till selling without its
server: every sale that was shown as done comes back. Needs root and loop devices, and belongs to `make faults`."""

import os
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from .conftest import FULL
from .ext4_image import Ext4Image, require_real_disks
from .judge import ask, chain_faults, ledger_faults, stored_records
from .real_server import SLUG, Server, enrolment_codes
from .test_browser_killed import CHROMIUM, DIST, Till, drained, forget_locks, kill_processes, opened, server  # noqa: F401 - a fixture

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(not FULL, reason="real power cuts run with make faults (COMPTOIR_FAULTS=full)"),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is missing: apt-get install chromium"),
    pytest.mark.skipif(not DIST.exists(), reason="web/ is not built: make build"),
]
CUTS = int(os.environ.get("COMPTOIR_CUTS", "12"))
# The control: the browser's own default, and a till that does not notice.
RELAXED = """
const begin = IDBDatabase.prototype.transaction;
IDBDatabase.prototype.transaction = function (stores, mode) { return begin.call(this, stores, mode, { durability: 'relaxed' }); };
Object.defineProperty(IDBTransaction.prototype, 'durability', { get() { return 'strict'; } });
"""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Ext4Image]:
    require_real_disks(tmp_path / "try")
    disk = Ext4Image(tmp_path, megabytes=512)
    yield disk
    kill_processes(disk.path / "profile")
    disk.close()


def wait_for_tickets(till: Till, server: Server, *, at_least: int, seconds: float = 60) -> None:  # noqa: F811
    """A till that was long without its server tries again less and less often: it is given the time, and told of its line."""
    file = server.home / "dossiers" / SLUG / f"{SLUG}.comptoir"
    until, here = time.monotonic() + seconds, 0
    while here < at_least and time.monotonic() < until:
        till.page.evaluate("window.dispatchEvent(new Event('online'))")
        till.page.wait_for_timeout(1_000)
        with closing(sqlite3.connect(file)) as reading:  # Django refuses to work beside Playwright's loop
            here = reading.execute("SELECT COUNT(*) FROM fiscal_record WHERE type = 'ticket'").fetchone()[0]


def sell_through_cuts(server: Server, disk: Ext4Image, running, *, cuts: int, script: str = "") -> tuple[int, int]:  # noqa: F811
    """Sales shown as done, tickets at the server in the end."""
    profile, address = disk.path / "profile", f"{server.base_url}/caisse/"
    rng, paid = random.Random(2), 0
    (code,) = enrolment_codes(server.home, count=1)
    till = Till(running, profile=profile, address=address, script=script)
    till.page.locator("input").first.fill(code)
    till.page.keyboard.press("Enter")
    till.sign_in()
    till.page.keyboard.press("F12")  # the drawer as it was left
    till.page.wait_for_timeout(700)
    till.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    drained(till, server=server)
    server.stop()  # what is sold from here on, this disk alone holds
    till.page.wait_for_timeout(2_000)
    os.sync()
    for _ in range(cuts):
        for _ in range(rng.randrange(1, 8)):
            till.page.wait_for_timeout(400)  # the next customer, at the pace of people
            till.sell()
            paid += 1
        till.page.wait_for_timeout(rng.randrange(0, 400))
        disk.cut()
        kill_processes(profile)
        disk.power_back()
        forget_locks(profile)
        till = Till(running, profile=profile, address=address, script=script)
        till.sign_in()
    server.start()
    wait_for_tickets(till, server, at_least=paid)
    drained(till, server=server)
    till.context.close()
    with opened():
        tickets = [row for row in stored_records() if row["chain"] == "T1-1-ticket"]
    return paid, len(tickets)


def test_t02_a_real_power_cut_of_the_till_loses_no_sale(server: Server, disk: Ext4Image, playwright_running) -> None:  # noqa: F811
    paid, here = sell_through_cuts(server, disk, playwright_running, cuts=CUTS)
    print(f"{CUTS} cuts, {paid} sales shown as done, {here} at the server")
    assert paid >= CUTS and here == paid
    with opened():
        records = stored_records()
        keys = {f"{row['register']}-{row['generation']}": bytes(row["spki"]) for row in ask(
            "SELECT register, generation, spki FROM fiscal_sealingkey")}  # fmt: skip
        assert chain_faults(records, keys=keys) == []
        assert ledger_faults(records) == []


def test_t02_control_relaxed_durability_loses(server: Server, disk: Ext4Image, playwright_running) -> None:  # noqa: F811
    paid, here = sell_through_cuts(server, disk, playwright_running, cuts=2, script=RELAXED)
    print(f"control: {paid} sales shown as done, {here} at the server")
    assert here < paid
