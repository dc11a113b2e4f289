"""A cashier's hands on the till: real key events with a scanner's rhythm, and what is read on the screen."""

import json
import re
import time

from playwright.sync_api import Error, Page, expect

from .till_server import TillServer, article

ENTER_AFTER_SCAN_S = 0.35  # until then an Enter belongs to the scanner (web/till/src/core/scanner.ts)


class TillHand:
    def __init__(self, *, page: Page, server: TillServer) -> None:
        self.page = page
        self.server = server
        self.problems: list[str] = []
        self._session = None
        self._enter_is_free = 0.0
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", self._hear)

    def _hear(self, message) -> None:
        """Errors of the page. Requests without an answer are part of the trade (no bridge, no server): the browser logs them."""
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.problems.append(message.text)

    # -- what the till knows (read-only window of the built page) ---------------------------------------------------

    def view(self) -> dict:
        return json.loads(self.page.evaluate("JSON.stringify(window.__comptoir.view)"))

    def wait(self, condition: str, timeout: float = 25000) -> None:
        """Waits for a JavaScript condition over `view`. Polled from here: the page's policy forbids evaluating text inside it."""
        until = time.monotonic() + timeout / 1000
        while not self._holds(condition):
            if time.monotonic() > until:
                raise AssertionError(f"never: {condition}; {self.summary()}; {self.problems}")
            self.page.wait_for_timeout(15)

    def _holds(self, condition: str) -> bool:
        try:
            return self.page.evaluate(
                f"(() => {{ const view = window.__comptoir?.view; return Boolean(view && ({condition})); }})()"
            )
        except Error as error:
            if "navigation" in str(error) or "Cannot read properties of null" in str(error):
                return False  # the page is on its way to another life, or what is asked for is not drawn yet
            raise

    def summary(self) -> dict:
        view = self.view() if self.page.evaluate("Boolean(window.__comptoir)") else {}
        return {
            key: view.get(key)
            for key in ("screen", "blocked", "notice", "field", "total_minor", "last", "status", "pin")
        }

    # -- gestures ---------------------------------------------------------------------------------------------------

    def goto(self) -> None:
        self.page.goto(self.server.page)

    def enrol(self, code: str) -> None:
        self.goto()
        self.wait("view.screen === 'enrol'")
        self.page.locator("input").first.fill(code)
        self.page.keyboard.press("Enter")
        self.wait("view.screen === 'lock'", 40000)

    def sign_in(self, pin: str) -> None:
        self.wait("view.screen === 'lock'", 40000)
        for digit in pin:
            self.page.keyboard.press(f"Numpad{digit}")
            self.page.wait_for_timeout(70)
        self.wait("view.cashier !== null")

    def open_session(self, pieces: dict[int, int]) -> None:
        self.wait("view.screen === 'opening'")
        values = [row["value_minor"] for row in self.view()["opening"]["count"]["rows"]]
        for i, value in enumerate(values):
            if value in pieces:
                self.do({"c": "count", "row": i, "set": pieces[value]})
        self.page.keyboard.press("F12")
        self.wait("view.screen === 'sale'")

    def do(self, command: dict) -> None:
        """A gesture by its name, where the way of making it is not what the test is about."""
        self.page.evaluate("(command) => window.__comptoir.do(command)", command)

    def scan(self, code: str, *, gap_ms: float = 8, characters: str | None = None, at: float | None = None) -> float:
        """Key events with a scanner's rhythm: their times are given, so that a busy machine does not change them.
        Returns the time of its end."""
        at = self.type_fast(code, gap_ms=gap_ms, characters=characters, at=at)
        enter = {"code": "Enter", "key": "Enter", "windowsVirtualKeyCode": 13}
        self._key({"type": "keyDown", "text": "\r", "timestamp": at, **enter})
        self._key({"type": "keyUp", "timestamp": at, **enter})
        self._enter_is_free = at + ENTER_AFTER_SCAN_S
        return at

    def type_fast(
        self, code: str, *, gap_ms: float = 8, characters: str | None = None, at: float | None = None
    ) -> float:
        """A scan without its Enter. Returns when the next key would come."""
        at = at or time.time()
        for digit, character in zip(code, characters or code, strict=True):
            place = {"code": f"Digit{digit}" if digit.isdigit() else f"Key{digit.upper()}", "key": character}
            self._key({"type": "keyDown", "text": character, "timestamp": at, **place})
            self._key({"type": "keyUp", "timestamp": at, **place})
            at += gap_ms / 1000
        return at

    def _key(self, event: dict) -> None:
        self._session = self._session or self.page.context.new_cdp_session(self.page)
        self._session.send("Input.dispatchKeyEvent", event)

    def scan_article(self, i: int) -> None:
        self.scan(article(i)[9][0])

    def scan_again(self, i: int) -> None:
        """The same article a second time: later than a trigger held down."""
        self.page.wait_for_timeout(420)
        self.scan_article(i)

    def press(self, key: str) -> None:
        """A finger's key. An Enter comes when it can no longer be the scanner's: hands are never as fast as this machine."""
        if key == "Enter":
            self.page.wait_for_timeout(max(0.0, self._enter_is_free - time.time()) * 1000)
        self.page.keyboard.press(key)

    def pay_cash(self) -> None:
        self.press("F9")

    # -- what is expected -------------------------------------------------------------------------------------------

    def lines(self) -> list[tuple[str, int, int]]:
        return [(row["label"], row["quantity_milli"], row["gross_minor"]) for row in self.view()["lines"]]

    def synced(self, timeout: float = 40000) -> None:
        self.wait("view.status.waiting === 0", timeout)

    def shows(self, text: str) -> None:
        expect(self.page.locator("body")).to_contain_text(re.compile(re.escape(text)))
