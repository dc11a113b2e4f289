"""The machines of a shop that lives a year: a computer switched on some mornings, its till, its office, and the date it is."""

import os
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.scenarios.street import Office, Street, Till
from tests.scenarios.year.closings import rules_of_the_shop

PARIS = ZoneInfo("Europe/Paris")
CLOCK = Path(__file__).parent / "clock"
SLUG = "bellecour"
OWNER, CASHIER, MANAGER = "4826", "5937", "6048"
PASSWORD = "un bol de miel et du pain"
# What the browser believes: only Date moves, so that timers, scans and animations keep their real pace.
LATER = """(() => {
    const Now = Date, shift = %d;
    globalThis.Date = class Date extends Now {
        constructor(...parts) { if (parts.length === 0) super(Now.now() + shift); else super(...parts); }
        static now() { return Now.now() + shift; }
    };
})();"""


class Year(Street):
    """One shop, one computer. Between `morning` and `evening` it is on; what it keeps lies in its folder."""

    def __init__(self, folder: Path, chromium, environment: pytest.MonkeyPatch) -> None:
        super().__init__(folder, chromium)
        self._environment = environment
        self._shift_s = 0
        environment.setenv("PYTHONPATH", str(CLOCK))
        environment.setenv("TZ", "Europe/Paris")

    def it_is(self, local: str) -> None:
        """Every process and every page started from now on lives at this local time, and on from there."""
        when = datetime.fromisoformat(local).replace(tzinfo=PARIS)
        self._shift_s = round(when.timestamp() - time.time())
        self._environment.setenv("COMPTOIR_TEST_SHIFT_S", str(self._shift_s))

    def profile(self, name: str, viewport: dict, **options):
        context = super().profile(name, viewport, **options)
        context.add_init_script(LATER % (self._shift_s * 1000))
        return context

    def morning(self, local: str) -> Till:
        """The computer is switched on: the server, then the till's page."""
        self.it_is(local)
        self.server.start()
        return self.open_till()

    def open_till(self) -> Till:
        till = self.till("till", slug=SLUG)
        till.open()
        return till

    def office(self, login: str = "anna", *, name: str = "office") -> Office:
        """The office in a browser of its own; its person is logged in."""
        context = self.profile(name, {"width": 1440, "height": 900}, accept_downloads=True)
        office = Office(context.pages[0], f"{self.server.url}/d/{SLUG}/")
        office.log_in(login, PASSWORD)
        return office

    def books_file(self) -> Path:
        """The one file of the dossier, as a shopkeeper copies it with the computer's programs stopped."""
        [path] = self.server.home.glob(f"**/{SLUG}.comptoir")
        return path

    def wait_for(self, condition: Callable[[], bool], *, seconds: float = 60) -> None:
        until = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < until, "never"
            time.sleep(0.25)

    def close(self) -> None:
        """At the end, and after a step that failed: what was on the screens is kept beside the other pictures."""
        folder = os.environ.get("COMPTOIR_PICTURES")
        for number, context in enumerate(self.opened if folder else []):
            for page in context.pages:
                page.screenshot(path=f"{folder}/year-last-{number}.png", full_page=True)
        super().close()

    def close_browsers(self) -> None:
        for context in self.opened:
            context.close()
        self.opened.clear()

    def evening(self, till: Till | None = None) -> None:
        """What the till holds has gone to the server; then everything is switched off."""
        if till is not None:
            till.sent()
            assert till.problems == []
        self.close_browsers()
        self.server.stop()


def found_the_shop(year: Year) -> None:
    """The company and its owner, by the installer's command: the only thing of the year that a terminal does."""
    year.it_is("2027-03-30T15:00")
    made = year.command(
        "dossier", "create", SLUG, "--name", "SARL Bellecour", "--shop", "Maison Bellecour", "--number", "73282932000074",
        "--vat", "FR44732829320", "--naf", "4711B", "--address", "3 place Bellecour", "--postcode", "69002", "--city", "Lyon",
        "--owner", "anna", "--owner-name", "Anna Perrin", "--password-stdin", stdin=f"{PASSWORD}\n",
    )  # fmt: skip
    assert made.returncode == 0, made.stdout + made.stderr


def furnish_the_shop(year: Year, goods: dict[str, tuple[str, str, str]]) -> None:
    """In the office: the goods, the people, and the till's code, typed on the till at once since it lives an hour."""
    year.server.start()
    office = year.office()
    for number, (barcode, (name, price, rate)) in enumerate(goods.items(), start=1):
        write_article(office, f"G{number}", name=name, price=price, rate=rate, barcode=barcode)
    for login, name, role, pin in (
        ("hugo", "Hugo Martin", "cashier", CASHIER), ("mona", "Mona Faure", "manager", MANAGER), ("inspection", "Inspecteur", "auditor", ""),
    ):  # fmt: skip
        hire(office, login, name=name, role=role, pin=pin)
    rules_of_the_shop(office)
    office.page.goto(f"{office.address}utilisateurs/")
    office.page.get_by_role("link", name="Anna Perrin").first.click()
    office.page.locator("#pin").fill(OWNER)
    office.page.get_by_role("button", name="Changer le code").click()
    expect(office.page.locator("body")).to_contain_text("Le code de caisse est changé.")
    office.page.goto(f"{office.address}caisses/")
    office.page.get_by_role("button", name="Rattacher un appareil").first.click()
    till = year.open_till()
    till.enrol(office.page.locator(".digits").inner_text())
    year.evening()


def write_article(office: Office, code: str, *, name: str, price: str, rate: str, barcode: str) -> None:
    page = office.page
    page.goto(f"{office.address}articles/nouveau/")
    page.get_by_label("Désignation").fill(name)
    page.get_by_label("Référence").fill(code)
    page.get_by_label("Codes-barres").fill(barcode)
    page.get_by_label("Vente TTC, détail").fill(price)
    page.get_by_label("TVA").select_option(label=rate)
    page.get_by_role("button", name="Enregistrer").first.click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def hire(office: Office, login: str, *, name: str, role: str, pin: str) -> None:
    page = office.page
    page.goto(f"{office.address}utilisateurs/nouveau/")
    page.get_by_label("Prénom et nom").fill(name)
    page.get_by_label("Identifiant").fill(login)
    page.get_by_label("Rôle").select_option(role)
    page.get_by_label("Code de caisse").fill(pin)
    page.get_by_label("Mot de passe de la gestion").fill(PASSWORD)
    page.get_by_role("button", name="Enregistrer").first.click()
    expect(page.locator("body")).to_contain_text("Utilisateur créé.")
