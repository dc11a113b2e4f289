"""A shop as its owner runs it: commands in a terminal, the office in a browser, tills in profiles kept on disk."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import Error, Page, expect

from comptoir.config.demo.shelf import shelf
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.scenarios.counter import Counter, amount
from tests.server_process import ROOT, ServerProcess

PRICES = {item.name: item.price_minor for item in shelf()}
CODES = {item.name: item.barcode for item in shelf()}
BELGIAN_PASSWORD = "frites et chocolat 21"
LANDSCAPE, PORTRAIT = {"width": 1366, "height": 768}, {"width": 800, "height": 1280}
BURST = """(codes) => {
    const press = (code, key) => window.dispatchEvent(new KeyboardEvent('keydown', { code, key, bubbles: true, cancelable: true }));
    for (const text of codes) { for (const digit of text) press('Digit' + digit, digit); press('Enter', 'Enter'); }
}"""


class Street:
    """The server of one dossier and the browsers around it."""

    def __init__(self, folder: Path, chromium) -> None:
        self.folder, self.chromium = folder, chromium
        self.server = ServerProcess(folder / "home")
        self.opened: list = []

    def demo_codes(self, count: int) -> list[str]:
        """Starts the demo shop; the codes of its registers, as the terminal tells them."""
        self.server.start("--demo")
        codes: list[str] = []
        for line in self.server.process.stdout:
            if found := re.search(r"caisse C\d .*code (\S+)", line):
                codes.append(found[1])
            if len(codes) == count:
                return codes
        raise AssertionError(f"codes told by the terminal: {codes}")

    def command(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "COMPTOIR_HOME": str(self.server.home)}
        return subprocess.run(
            [sys.executable, "-m", "comptoir", *words],
            cwd=ROOT,
            env=environment,
            input=stdin,
            capture_output=True,
            text=True,
        )

    def told(self, *words: str) -> dict:
        """The JSON answer of a command that must succeed."""
        done = self.command(*words, "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    def sealed(self, kind: str, *, slug: str = "demo") -> list[dict]:
        """The bodies of a kind that the server holds, read from its file by SQLite alone."""
        [path] = self.server.home.glob(f"**/{slug}.comptoir")
        books = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            rows = books.execute("SELECT body FROM fiscal_record WHERE type = ? ORDER BY chain, seq", [kind]).fetchall()
        finally:
            books.close()
        return [json.loads(body) for (body,) in rows]

    def profile(self, name: str, viewport: dict, **options):
        context = self.chromium.launch_persistent_context(
            self.folder / name, executable_path=CHROMIUM, args=ARGUMENTS, headless=True, viewport=viewport,
            timezone_id="Europe/Paris", locale="fr-FR", **options,
        )  # fmt: skip
        self.opened.append(context)
        return context

    def till(self, name: str, *, slug: str = "demo", viewport: dict | None = None, **options) -> "Till":
        return Till(self.profile(name, viewport or LANDSCAPE, **options), f"{self.server.url}/d/{slug}/caisse/")

    def kill_browser(self, name: str) -> None:
        """kill -9 of every process of this profile, as a power cut would."""
        found = subprocess.run(
            ["pgrep", "-f", f"user-data-dir={self.folder / name}"], capture_output=True, text=True, check=False
        )
        for pid in found.stdout.split():
            try:
                os.kill(int(pid), signal.SIGKILL)
            except ProcessLookupError:
                pass
        for lock in ("SingletonLock", "SingletonCookie", "SingletonSocket"):
            (self.folder / name / lock).unlink(missing_ok=True)
        time.sleep(0.3)

    def close(self) -> None:
        for context in self.opened:
            try:
                context.close()
            except Error:
                pass  # killed by the test
        self.server.kill()


class Till(Counter):
    """A cashier at one till."""

    def __init__(self, context, address: str) -> None:
        super().__init__(context, address)
        self.address = address

    def open(self) -> None:
        self.page.goto(self.address)

    def touch(self, name: str, *, exact: bool = False) -> None:
        try:
            self.page.get_by_role("button", name=name, exact=exact).first.click(timeout=12_000)
        except Error as reason:
            raise AssertionError(f"no key {name!r} on {self.page.inner_text('body')[-900:]!r}") from reason

    def enrol(self, code: str) -> None:
        self.open()
        self.page.get_by_label("Code de rattachement").fill(code)
        self.press("Enter")
        self.shows("Caisse verrouillée", seconds=30)

    def sign_in(self, pin: str) -> None:
        self.shows("Caisse verrouillée", seconds=30)
        self.type(pin)

    def start_day(self, code: str, pin: str, float_minor: int) -> None:
        """The float in notes of 20 €, then in coins of 1 €."""
        self.enrol(code)
        self.sign_in(pin)
        self.shows("Fond de caisse")
        self.count({2000: float_minor // 2000, 100: float_minor % 2000 // 100})
        self.figure(float_minor, label="Fond de caisse")
        self.press("F12")
        self.shows("Scannez le premier article")

    def count(self, pieces: dict[int, int]) -> None:
        for value in (20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1):
            if pieces.get(value):
                self.type(str(pieces[value]))
            self.press("Enter")

    def burst(self, codes: list[str]) -> None:
        """Scans without a breath between them, faster than any trigger."""
        self.page.evaluate(BURST, codes)

    def say(self, text: str) -> None:
        """Letters typed by fingers."""
        self.page.keyboard.type(text, delay=60)

    def palette(self, two: str) -> None:
        self.press("Backquote")
        self.say(two)

    def lines(self) -> list[tuple[str, int]]:
        rows = self.page.locator(".r-receipt .line")
        return [(row.locator(".name").inner_text(), amount(row.locator(".amount").inner_text())) for row in rows.all()]

    def has_lines(self, expected: list[tuple[str, int]], seconds: float = 8) -> None:
        until, seen = time.monotonic() + seconds, None
        while time.monotonic() < until:
            seen = self.lines()
            if seen == expected:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"expected {expected}, the paper shows {seen}; {self.page.inner_text('.r-receipt')!r}")

    def key(self, label: str):
        """A tender key of the sale screen."""
        return self.page.locator(".tenders .tender", has_text=label)

    def key_says(self, label: str, text: str) -> None:
        expect(self.key(label)).to_contain_text(text, timeout=8000)

    def sent(self) -> None:
        self.hides("à envoyer", seconds=40)

    def close_day(self, pieces: dict[int, int], tenders: dict[str, str], *, begun: bool = False) -> None:
        """The ritual to its seal, with a drawer that is right. `begun`: a notice led to it already."""
        if not begun:
            self.palette("cl")
        self.shows("Clôture de la journée")
        self.press("F12")
        self.shows("Les ventes sont arrêtées sur cette caisse.")
        self.press("F12")
        for label, text in tenders.items():
            box = self.page.get_by_label(f"Montant compté, {label}")
            box.fill(text)
            box.press("Tab")
        self.press("F12")
        expect(self.page.get_by_label("Comptage des espèces")).to_be_visible(timeout=12_000)
        self.count(pieces)
        self.press("F12")
        self.shows("Ce qui reste dans le tiroir pour demain matin.")
        self.press("F12")
        self.shows("Relisez : un Z scellé ne se modifie plus.")
        self.touch("Sceller le Z")
        self.shows("Journée clôturée", seconds=20)


def vat_of(gross_minor: int, rate_e4: int) -> int:
    """VAT inside an amount, half away from zero: written here apart from the engine, to check it."""
    return (2 * gross_minor * rate_e4 + 10_000 + rate_e4) // (2 * (10_000 + rate_e4))


class Rung:
    """What one till rang, summed by hand: gross and VAT of each ticket's rates, and what each tender took."""

    def __init__(self) -> None:
        self.gross_minor = 0
        self.rates: dict[int, list[int]] = {}
        self.tenders: dict[str, int] = {}

    def ticket(self, by_rate: dict[int, int], **tenders: int) -> None:
        for rate, gross in by_rate.items():
            row = self.rates.setdefault(rate, [0, 0])
            row[0] += vat_of(gross, rate)
            row[1] += gross
            self.gross_minor += gross
        for code, taken in tenders.items():
            self.tenders[code] = self.tenders.get(code, 0) + taken

    def agrees_with(self, z: dict) -> None:
        rates = {row["vat_e4"]: [row["vat_minor"], row["gross_minor"]] for row in first(z, "vat")}
        assert rates == self.rates
        assert {row["code"]: row["amount_minor"] for row in first(z, "tenders")} == self.tenders


def first(value, name: str):
    """The first list under a name, wherever it stands."""
    if isinstance(value, dict):
        if isinstance(value.get(name), list):
            return value[name]
        value = list(value.values())
    for item in value if isinstance(value, list) else []:
        if (found := first(item, name)) is not None:
            return found
    return None


class Office:
    """The owner in the office."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address

    def log_in(self, login: str, password: str) -> None:
        self.page.goto(f"{self.address}connexion/")
        self.page.get_by_label("Identifiant").fill(login)
        self.page.get_by_label("Mot de passe").fill(password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(re.compile(r"/d/[a-z]+/$"))

    def pin_and_code(self, name: str, *, pin: str) -> str:
        """Gives this person a code for the till, and the register its one-time code, which is told."""
        page = self.page
        page.goto(f"{self.address}utilisateurs/")
        page.get_by_role("link", name=name).first.click()
        page.locator("#pin").fill(pin)
        page.get_by_role("button", name="Changer le code").click()
        expect(page.locator("body")).to_contain_text("Le code de caisse est changé.")
        page.goto(f"{self.address}caisses/")
        page.get_by_role("button", name="Rattacher un appareil").first.click()
        return page.locator(".digits").inner_text()


def belgian_shop(street: Street, slug: str, *, articles: str, **where: str) -> None:
    """A Belgian shop of Anna Peeters, made by its commands and served. `where`: the options of `dossier create` that
    name the shop and its place; `articles`: a table of four."""
    options = [word for option, value in where.items() for word in (f"--{option}", value)]
    made = street.command(
        "dossier", "create", slug, "--country", "BE", "--number", "2.123.456.789", "--vat", "BE0403170701", *options,
        "--owner", "anna", "--owner-name", "Anna Peeters", "--password-stdin", stdin=f"{BELGIAN_PASSWORD}\n",
    )  # fmt: skip
    assert made.returncode == 0, made.stdout + made.stderr
    table = street.folder / "articles.csv"
    table.write_text(articles, "utf-8")
    assert street.told("import", "articles", slug, str(table))["created"] == 4
    street.server.start()
