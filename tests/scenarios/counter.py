"""A cashier at a real counter: the shipped page seen through the bridge, real keys, and what is read on the screen."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.till_hand import ENTER_AFTER_SCAN_S
from tests.server_process import ROOT

FIGURE = ".r-total .value"


def amount(text: str) -> int:
    """Cents of an amount as the screen writes it."""
    digits = re.sub(r"[^\d,−-]", "", text).replace("−", "-")
    whole, _, cents = digits.partition(",")
    return int(f"{whole}{cents.ljust(2, '0')}")


def _place(key: str) -> str:
    """Where a character lies on the scanner's keyboard."""
    return "Minus" if key == "-" else f"{'Digit' if key.isdigit() else 'Key'}{key}"


class BridgeProcess:
    """`comptoir bridge` on a free port, before a server that may die."""

    def __init__(self, home: Path, *, server: str, printer_port: int) -> None:
        command = [sys.executable, "-m", "comptoir", "bridge", "--port", "0", "--home", str(home), "--server", server]
        self.process = subprocess.Popen(
            [*command, "--printer", f"127.0.0.1:{printer_port}"], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        self.url = self.process.stdout.readline().split(" : ")[1].strip().rstrip("/")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=15)
        self.process.stdout.close()


class Counter:
    """The hands and the eyes. Pictures go to COMPTOIR_PICTURES when it is set (docs/images is made of them)."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.page: Page = context.pages[0] if context.pages else context.new_page()
        self.url = url
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self._keys = None
        self._enter_is_free = 0.0

    # -- hands ------------------------------------------------------------------------------------------------------

    def open(self) -> None:
        self.page.goto(f"{self.url}/d/demo/caisse/")

    def press(self, *keys: str) -> None:
        """Fingers. An Enter comes when it can no longer be the scanner's: hands are never as fast as this machine."""
        for key in keys:
            if key == "Enter":
                self.page.wait_for_timeout(max(0.0, self._enter_is_free - time.time()) * 1000)
            self.page.keyboard.press(key)
            self.page.wait_for_timeout(70)

    def type(self, text: str) -> None:
        """Digits by their place on the numeric pad, the comma by its key."""
        self.press(*(f"Numpad{char}" if char.isdigit() else "NumpadDecimal" for char in text))

    def scan(self, code: str) -> None:
        """Key events with a scanner's rhythm: their times are given, so that a busy machine does not change them."""
        self.page.wait_for_timeout(450)  # later than a trigger held down
        keys = self._keys = self._keys or self.page.context.new_cdp_session(self.page)
        at = time.time()
        places = [*((_place(key), key, key) for key in code), ("Enter", "Enter", "\r")]
        for place, key, text in places:
            for kind in ("keyDown", "keyUp"):
                more = {"text": text} if kind == "keyDown" else {}
                keys.send("Input.dispatchKeyEvent", {"type": kind, "code": place, "key": key, "timestamp": at, **more})
            at += 0.008
        self._enter_is_free = at + ENTER_AFTER_SCAN_S
        self.page.wait_for_timeout(200)  # the times given are ahead of the clock: what follows comes after them

    def touch(self, name: str, *, exact: bool = False) -> None:
        self.page.get_by_role("button", name=name, exact=exact).first.click()

    # -- eyes -------------------------------------------------------------------------------------------------------

    def shows(self, text: str, *, seconds: float = 30) -> None:
        expect(self.page.locator("body")).to_contain_text(text, timeout=seconds * 1000)

    def hides(self, text: str, *, seconds: float = 30) -> None:
        expect(self.page.locator("body")).not_to_contain_text(text, timeout=seconds * 1000)

    def figure(self, minor: int, *, label: str, seconds: float = 25) -> None:
        """The one figure of the bar, and the word beside it."""
        until = time.monotonic() + seconds
        seen = ""
        while time.monotonic() < until:
            box = self.page.locator(".r-total").first
            seen = " ".join(box.inner_text().split()) if box.count() else ""
            if seen.startswith(label) and amount(self.page.locator(FIGURE).first.inner_text()) == minor:
                return
            self.page.wait_for_timeout(40)
        raise AssertionError(f"expected {label} {minor}, the bar says {seen!r}; {self.page.inner_text('body')[:600]!r}")

    def picture(self, name: str) -> None:
        folder = os.environ.get("COMPTOIR_PICTURES")
        if folder:
            self.page.wait_for_timeout(300)
            self.page.screenshot(path=f"{folder}/{name}.png")


def press_count(counter: Counter, counts: list[int | None]) -> None:
    """A count by denominations, as hands do it: the number, Enter, the next; Enter alone where there is none."""
    for count in counts:
        if count:
            counter.type(str(count))
        counter.press("Enter")
