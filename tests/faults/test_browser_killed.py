"""T01: the shipped till in a real Chromium on a real server; kill -9 of every process of the browser at a random moment,
again and again. Every sale that was shown as done is at the server afterwards, once, without a hole.

The other faults of the browser (T03 to T06, T09) are in tests/browser/test_till_core_faults.py."""

import os
import random
import signal
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from .conftest import size
from .judge import ask, chain_faults, ledger_faults, opened, stored_records
from .real_server import SLUG, Server, comptoir, create_dossier, enrolment_codes

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.slow, pytest.mark.browser]
CHROMIUM = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), None)
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PIN = "1470"
EAN = "3258561022154"
DIST = Path(__file__).resolve().parents[2] / "web" / "dist" / "till" / "index.html"


@pytest.fixture
def server(comptoir_home: Path):
    create_dossier(comptoir_home)
    articles = comptoir_home / "articles.csv"
    articles.write_text(f"Code-barres;Désignation;Prix\n{EAN};Barre marbrée;1,85\n", "utf-8")
    comptoir("import", "articles", SLUG, str(articles), home=comptoir_home)
    with opened():
        from comptoir.apps.access.models import User
        from comptoir.apps.access.services.set_pin import set_pin

        owner = User.objects.get()
        set_pin(owner, pin=PIN, by=owner)
    server = Server(comptoir_home)
    server.start()
    yield server
    server.stop()


def kill_browser(profile: Path) -> None:
    """kill -9 of the browser; what it left behind does not keep the next one from starting."""
    kill_processes(profile)
    forget_locks(profile)


def kill_processes(profile: Path) -> None:
    """kill -9 of every process that this test's browser started: they name its profile on their command line."""
    mine = os.fsencode(str(profile))
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if mine in (entry / "cmdline").read_bytes():
                    os.kill(int(entry.name), signal.SIGKILL)
            except OSError:
                continue
    time.sleep(0.3)


def forget_locks(profile: Path) -> None:
    for name in ("SingletonLock", "SingletonCookie", "SingletonSocket"):
        (profile / name).unlink(missing_ok=True)


class Till:
    """The shipped page on a profile that stays on the disk."""

    def __init__(self, running, *, profile: Path, address: str, script: str = "") -> None:
        self.context = running.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, args=ARGUMENTS, headless=True, viewport={"width": 1366, "height": 768}
        )
        if script:
            self.context.add_init_script(script)
        self.page = self.context.pages[0]
        self.page.goto(address)
        self.keys = self.context.new_cdp_session(self.page)

    def marks(self, name: str) -> int:
        return self.page.evaluate(f"performance.getEntriesByName('{name}').length")

    def wait_mark(self, name: str, *, more_than: int = 0, seconds: float = 60) -> None:
        until = time.monotonic() + seconds
        while self.marks(name) <= more_than:
            assert time.monotonic() < until, f"{name} never came: {self.page.inner_text('body')[:300]}"
            self.page.wait_for_timeout(15)

    def sign_in(self) -> None:
        self.wait_mark("till:ready")
        self.page.wait_for_timeout(300)
        for digit in PIN:
            self.page.keyboard.press(f"Numpad{digit}")
            self.page.wait_for_timeout(80)
        self.page.wait_for_timeout(700)

    def scan(self) -> None:
        at = time.time()
        for digit in EAN:
            place = {"code": f"Digit{digit}", "key": digit, "timestamp": at}
            self.keys.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": digit, **place})
            self.keys.send("Input.dispatchKeyEvent", {"type": "keyUp", **place})
            at += 0.008
        enter = {"code": "Enter", "key": "Enter", "windowsVirtualKeyCode": 13, "timestamp": at}
        self.keys.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": "\r", **enter})
        self.keys.send("Input.dispatchKeyEvent", {"type": "keyUp", **enter})

    def sell(self) -> None:
        """A scan and a key; returns once the till shows the sale as done."""
        shown, sealed = self.marks("line:shown"), self.marks("sale:sealed")
        self.scan()
        self.wait_mark("line:shown", more_than=shown, seconds=20)
        self.page.keyboard.press("F9")
        self.wait_mark("sale:sealed", more_than=sealed, seconds=20)


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is missing: apt-get install chromium")
@pytest.mark.skipif(not DIST.exists(), reason="web/ is not built: make build")
def test_t01_a_browser_killed_at_any_moment_loses_no_sale(server: Server, tmp_path: Path, playwright_running) -> None:
    profile, address = tmp_path / "profile", f"{server.base_url}/caisse/"
    rng, paid = random.Random(1), 0
    (code,) = enrolment_codes(server.home, count=1)
    till = Till(playwright_running, profile=profile, address=address)
    till.page.locator("input").first.fill(code)
    till.page.keyboard.press("Enter")
    till.sign_in()
    till.page.keyboard.press("F12")  # the drawer as it was left
    till.page.wait_for_timeout(700)
    for _ in range(size(ci=4, full=20)):
        timer = threading.Timer(rng.uniform(0.3, 4), kill_browser, args=(profile,))
        timer.start()
        try:
            while True:
                till.sell()
                paid += 1
        except playwright.Error:
            timer.join()
        till = Till(playwright_running, profile=profile, address=address)
        till.sign_in()
    till.page.keyboard.press("F9")  # a basket that was left behind is sold
    drained(till, server=server)
    till.context.close()
    with opened():
        records = stored_records()
        keys = {f"{row['register']}-{row['generation']}": bytes(row["spki"]) for row in ask(
            "SELECT register, generation, spki FROM fiscal_sealingkey")}  # fmt: skip
        assert chain_faults(records, keys=keys) == []
        assert ledger_faults(records) == []
        tickets = [row for row in records if row["chain"] == "T1-1-ticket"]
    assert paid > 0 and len(tickets) >= paid, f"{paid} sales shown as done, {len(tickets)} at the server"


def drained(till: Till, *, server: Server) -> None:
    """Waits until the server holds what the till holds: no more records for two seconds."""
    file = server.home / "dossiers" / SLUG / f"{SLUG}.comptoir"
    before, since, until = -1, time.monotonic(), time.monotonic() + 60
    while time.monotonic() < until:
        with closing(sqlite3.connect(file)) as reading:  # Django refuses to work beside Playwright's loop
            count = reading.execute("SELECT COUNT(*) FROM fiscal_record").fetchone()[0]
        if count != before:
            before, since = count, time.monotonic()
        if time.monotonic() - since > 2:
            return
        till.page.wait_for_timeout(200)
