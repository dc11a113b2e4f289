"""The law's screens of the office in a real Chromium: closings, statements, archives, inspection, events, attestation.

Pictures are kept when COMPTOIR_PICTURES names a folder."""

import os
import sqlite3
import subprocess
import sys
import zipfile
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


def make_archive(page, office) -> None:
    page.goto(office.base + "archives/?du=2026-09-01&au=2026-09-30&caisse=")
    page.click("text=Faire l’archive")
    page.wait_for_selector(".notice:has-text('faite')", timeout=30_000)


@pytest.mark.feature("FISC-10")
def test_an_archive_is_made_verified_and_read_without_comptoir(office, enter, tmp_path) -> None:
    page = enter()
    page.goto(office.base + "archives/")
    looked_at(page, "archives-none")
    make_archive(page, office)
    page.click("button:has-text('Vérifier')")
    page.wait_for_selector(".notice:has-text('intacte')", timeout=30_000)
    with page.expect_download() as download:
        page.click("a:has-text('Télécharger')")
    kept_copy = tmp_path / download.value.suggested_filename
    download.value.save_as(kept_copy)
    with zipfile.ZipFile(kept_copy) as archive:
        archive.extractall(tmp_path / "out")
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py"], cwd=tmp_path / "out", capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "Tout est intact.")
    page.reload()
    assert page.locator(".chip.ok").all_inner_texts() == ["Vérifiée"]
    page.click("summary:has-text('Purger')")
    looked_at(page, "archives")
    page.fill("details[open] input[name=password]", PASSWORD)
    page.click("button:has-text('Purger')")
    page.wait_for_selector(".notice:has-text('0 papiers')")
    page.goto(office.base + "controle/evenements/?tri=-at")
    codes = page.locator("tbody tr td:nth-child(2)").all_inner_texts()
    assert codes[:3] == ["9173", "9174", "9175"]
    assert sorted(codes[3:5]) == ["110", "20"]  # sealed together, in one second
    looked_at(page, "events")


@pytest.mark.feature("FISC-12")
@pytest.mark.parametrize("screen", ["wide", "phone"])
def test_the_auditor_produces_everything_from_one_screen(office, enter, screen) -> None:
    page = enter("auditor", screen=screen)
    page.goto(office.base + "controle/?du=2026-09-01&au=2026-10-31&caisse=")
    looked_at(page, "inspection")
    page.click("text=Lancer le contrôle")
    page.wait_for_selector("h1:has-text('Contrôle du 01/09/2026 au 31/10/2026')", timeout=30_000)
    page.wait_for_selector("h2:has-text('Pièces')", timeout=30_000)
    assert page.locator(".title .chip").inner_text() == "Intact"
    assert page.locator("dl.keys dt").all_inner_texts()[0].startswith("C1-1")
    looked_at(page, "inspection-done")
    for link, start in (("a:has-text('Télécharger l’archive')", b"PK"), ("a:has-text('PDF : attestation')", b"%PDF-"),
                        ("a:has-text('CSV : Journal des événements')", b"\xef\xbb\xbf"),
                        ("a:has-text('PDF : Relevé de la période')", b"%PDF-"), ("a:has-text('XLSX : Z de caisse')", b"PK")):  # fmt: skip
        with page.expect_download() as download:
            page.click(link)
        assert Path(download.value.path()).read_bytes().startswith(start), link
    page.goto(office.base + "controle/evenements/?code=280")
    assert page.locator("tbody tr").count() == 2
    assert page.goto(office.base + "articles/nouveau/").status == 403


def test_a_chain_that_was_touched_is_named(office, enter) -> None:
    with sqlite3.connect(office.dossier.location) as file:
        file.execute("DROP TRIGGER fiscal_record_no_update")
        file.execute("UPDATE fiscal_record SET body = replace(body, 'Savon', 'Salon') WHERE chain = 'C2-1-ticket'")
    page = enter("owner")
    page.goto(office.base + "controle/?du=2026-10-01&au=2026-10-31&caisse=")
    page.click("text=Lancer le contrôle")
    page.wait_for_selector("h2:has-text('Pièces')", timeout=30_000)
    assert page.locator(".checklist .strong").first.inner_text() == "C2-1-ticket n° 1"
    looked_at(page, "inspection-touched")
