"""The till through its bridge: receipts and drawer with the server dead, a printer that is off, the second journal."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import pytest

from comptoir.bridge.simulator.printer import PrinterSimulator
from tests.ports import free_port

from .till_hand import TillHand
from .till_server import SLUG, TillServer

pytestmark = pytest.mark.browser


class Bridged:
    def __init__(self, *, till: TillHand, simulator: PrinterSimulator, origin: str) -> None:
        self.till = till
        self.simulator = simulator
        self.origin = origin

    def ask(self, path: str) -> dict:
        with urllib.request.urlopen(f"{self.origin}/bridge/v1/{path}", timeout=5) as answer:  # noqa: S310
            return json.load(answer)

    def papers(self, count: int, *, pulses: int) -> None:
        until = time.monotonic() + 20
        while (self.simulator.cuts, self.simulator.pulses) != (count, pulses):
            assert time.monotonic() < until, (self.simulator.cuts, self.simulator.pulses)
            time.sleep(0.05)


@pytest.fixture
def bridged(open_profile, till_server: TillServer, tmp_path) -> Iterator[Bridged]:
    simulator = PrinterSimulator().start()
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "comptoir",
        "bridge",
        "--server",
        till_server.origin,
        "--printer",
        f"127.0.0.1:{simulator.port}",
        "--port",
        str(port),
        "--home",
        str(tmp_path / "bridge"),
    ]
    bridge = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ.copy())
    origin = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"{origin}/bridge/v1/health", timeout=2)  # noqa: S310
            break
        except OSError:
            time.sleep(0.1)
    till_server.bootstrap["print"] = {"policy": "always", "server_printer": False}
    till = TillHand(page=open_profile().pages[0], server=till_server)
    till.goto = lambda: till.page.goto(f"{origin}/d/{SLUG}/caisse/")  # type: ignore[method-assign]
    till.enrol("ESSAI-1")
    till.sign_in("1470")
    till.open_session({1000: 10})
    till.wait("view.status.printer.state === 'ok'", 15000)
    yield Bridged(till=till, simulator=simulator, origin=origin)
    bridge.terminate()
    bridge.wait(timeout=20)
    simulator.stop()


def sell(till: TillHand, i: int) -> None:
    till.scan_article(i)
    till.wait("view.lines.length === 1")
    till.pay_cash()
    till.wait("view.last !== null && view.lines.length === 0")


def test_a_receipt_comes_out_with_the_server_dead(bridged: Bridged, till_server: TillServer):
    till = bridged.till
    till_server.stop()
    sell(till, 1)
    bridged.papers(1, pulses=1)
    assert any("Article n°1" in line for line in bridged.simulator.lines)
    till.wait("view.last.printed === 'printed'", 15000)
    heads = {row["chain"]: row["seq"] for row in bridged.ask("journal/heads")["heads"]}
    assert heads["C1-1-ticket"] == 1
    assert heads["C1-1-cash"] == 1
    till_server.start()
    till.synced(60000)
    assert [ticket["priced"]["gross_minor"] for ticket in till_server.bodies("ticket")] == [101]
    assert till_server.prints == {}


def test_a_printer_that_is_off_blocks_no_sale_and_prints_later(bridged: Bridged, till_server: TillServer):
    till = bridged.till
    bridged.simulator.off()
    sell(till, 1)
    sell(till, 2)
    till.wait("view.status.printer.state === 'off'", 20000)
    assert till.view()["status"]["printer"]["message"]
    assert bridged.simulator.cuts == 0
    bridged.simulator.on()
    until = time.monotonic() + 30
    while bridged.simulator.cuts < 2 and time.monotonic() < until:
        time.sleep(0.1)
    assert bridged.simulator.cuts == 2
    till.wait("view.status.printer.state === 'ok'", 20000)
    till.synced()
    assert [ticket["priced"]["gross_minor"] for ticket in till_server.bodies("ticket")] == [101, 102]


def test_a_bridge_that_starts_after_its_page_prints_and_keeps_the_second_journal(
    bridged: Bridged, till_server: TillServer
):
    """The browser of a computer just switched on is often ready before the bridge."""
    till = bridged.till
    till.page.add_init_script("""
        const ask = window.fetch.bind(window);
        window.fetch = (...all) =>
            localStorage.getItem('late') && String(all[0]).includes('/bridge/v1/') ? Promise.reject(new TypeError('late')) : ask(...all);
    """)
    till.page.evaluate("localStorage.setItem('late', '1')")
    till.page.reload()
    till.sign_in("1470")
    till.wait("view.screen === 'sale'")
    sell(till, 1)
    till.page.wait_for_timeout(2500)
    assert (bridged.simulator.cuts, till.view()["status"]["printer"]["state"]) == (0, "none")
    till.page.evaluate("localStorage.removeItem('late')")
    till.wait("view.status.printer.state === 'ok'", 20000)
    sell(till, 2)
    bridged.papers(1, pulses=1)
    till.synced()
    heads = {row["chain"]: row["seq"] for row in bridged.ask("journal/heads")["heads"]}
    assert heads["C1-1-ticket"] == 2
