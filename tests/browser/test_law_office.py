"""The law's screens of the office in a real Chromium: closings, statements, archives, inspection, events, attestation.

Pictures are kept when COMPTOIR_PICTURES names a folder."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connections

from comptoir.dossiers.binding import Dossier
from tests.apps.access.people import PASSWORD
from tests.browser.law_office import two_months
from tests.browser.test_office import SCREENS, axe_findings, built_office, django_beside_playwright  # noqa: F401
from tests.server_process import ServerProcess

pytestmark = pytest.mark.browser


@pytest.fixture
def office(built_office, sqlite_copy: Dossier, comptoir_home: Path) -> Iterator[SimpleNamespace]:  # noqa: F811
    shop = two_months()
    connections.forget(sqlite_copy)
    server = ServerProcess(comptoir_home)
    server.start()
    yield SimpleNamespace(
        base=f"{server.url}/d/{sqlite_copy.slug}/", people=shop.people, home=comptoir_home, dossier=sqlite_copy
    )
    server.kill()


@pytest.fixture
def enter(office: SimpleNamespace, open_profile) -> Callable:
    """Opens the office for a person, on a wide screen or a phone."""

    def as_person(role: str = "owner", *, screen: str = "wide"):
        page = open_profile().pages[0]
        page.set_viewport_size(SCREENS[screen])
        page.goto(office.base)
        page.fill("#id_login", office.people[role].login)
        page.fill("#id_password", PASSWORD)
        page.click("button[type=submit]")
        page.wait_for_selector("h1:has-text('Bonjour')")
        return page

    return as_person


def kept(page, name: str) -> None:
    folder = os.environ.get("COMPTOIR_PICTURES")
    if folder:
        page.screenshot(path=str(Path(folder) / f"law-{name}-{page.viewport_size['width']}.png"), full_page=True)


def looked_at(page, name: str) -> None:
    """The page fits its screen and axe finds nothing."""
    kept(page, name)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], name
    assert axe_findings(page) == [], name


@pytest.mark.feature("FISC-03")
def test_the_owner_closes_september_and_frees_october(office, enter) -> None:
    """September closes at 1,20 + 4,50 + 1,20 = 6,90. October waits for C1, which was stolen; once set aside it closes at
    4,50 + 4,50 and the 1,20 that had arrived."""
    page = enter()
    page.goto(office.base + "clotures/?mois=2026-09")
    looked_at(page, "september")
    page.click("text=Clôturer septembre 2026")
    page.wait_for_selector("text=Clôturé : septembre 2026.")
    assert page.locator("dl.figures dd.value").all_inner_texts() == [
        "6,90\u00a0€", "6,03\u00a0€", "3", "2", "\u22120,05\u00a0€",
    ]  # fmt: skip
    looked_at(page, "september-closed")
    with page.expect_download() as download:
        page.click("a:has-text('PDF')")
    assert Path(download.value.path()).read_bytes()[:5] == b"%PDF-"
    page.goto(office.base + "clotures/?mois=2026-10")
    looked_at(page, "october-blocked")
    page.click("text=Ne plus attendre cet appareil")
    looked_at(page, "aside")
    page.fill("#id_reason", "Caisse volée dans la nuit du 15 octobre")
    page.check("#id_sure")
    page.click(".bar .go")
    page.wait_for_selector("text=La clôture n’attend plus")
    page.goto(office.base + "clotures/?mois=2026-10")
    page.click("#month-card button.main")
    page.wait_for_selector("text=Clôturé : octobre 2026.")
    assert page.locator("dl.figures dd.value").first.inner_text() == "10,20\u00a0€"
    assert page.locator("section:has-text('Enregistrements sans Z') td").first.inner_text() == "C1-1-cash"
    looked_at(page, "october-closed")


@pytest.mark.feature("FISC-04")
def test_a_statement_over_free_days(office, enter) -> None:
    page = enter("manager", screen="phone")
    page.goto(office.base + "clotures/")
    looked_at(page, "calendar")
    page.goto(office.base + "clotures/releve/?du=2026-09-04&au=2026-10-05&caisse=C1")
    assert page.locator("section.card dd").first.inner_text() == "5,70\u00a0€"
    looked_at(page, "statement")
