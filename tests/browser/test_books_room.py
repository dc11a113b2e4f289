"""Money that is not sales and the books, in a real Chromium on a wide screen and a phone: a bag for the bank from its count to
the bank's statement, a safe counted short, the books and their check. Pictures when COMPTOIR_PICTURES names a folder."""

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connections

from comptoir.apps.treasury.balances import balances
from comptoir.dossiers.binding import Dossier, bound
from comptoir.exchange.books.cross_check import cross_check
from comptoir.exchange.books.table import month_of
from tests.apps.access.people import PASSWORD, one_of_each
from tests.apps.till.shop import enrolled_till, set_up_shop
from tests.exchange.test_books import first_day, second_day
from tests.server_process import ServerProcess

from .test_office import SCREENS, axe_findings, built_office  # noqa: F401  fixtures

pytestmark = pytest.mark.browser


@pytest.fixture
def shop(built_office, sqlite_copy: Dossier, comptoir_home: Path) -> Iterator[SimpleNamespace]:  # noqa: F811
    """The two days of tests/exchange/test_books.py: 40,00 in the safe, one cheque of 1,20, a count 0,20 short."""
    set_up_shop("C1")
    one_of_each()
    till = enrolled_till()
    first_day(till)
    second_day(till)
    connections.forget(sqlite_copy)
    server = ServerProcess(comptoir_home)
    server.start()
    yield SimpleNamespace(base=f"{server.url}/d/{sqlite_copy.slug}/", dossier=sqlite_copy)
    server.kill()


@pytest.fixture
def page(shop, open_profile, request: pytest.FixtureRequest):
    """Logged in as the owner; what the console complains about fails the test."""
    page = open_profile().pages[0]
    page.set_viewport_size(SCREENS[getattr(request, "param", "wide")])
    page.goto(shop.base)
    page.fill("#id_login", "claire")
    page.fill("#id_password", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_selector("h1:has-text('Bonjour Claire')")
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert [text for text in complaints if "422" not in text] == []


def picture(page, name: str) -> None:
    folder = os.environ.get("COMPTOIR_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.feature("CASH-04", "PAY-05", "CASH-02")
@pytest.mark.parametrize("page", ["wide", "phone"], indirect=True)
def test_a_bag_goes_to_the_bank(page, shop) -> None:
    """35,00 of the 40,00 in the safe: the sum follows the count; the bank credits 34,00 and the reason is asked."""
    page.goto(shop.base + "coffre/")
    assert page.locator(".holdings dd.value").all_inner_texts() == [
        "40,00\u00a0€",
        "62,70\u00a0€",
        "0,00\u00a0€",
        "1,20\u00a0€",
    ]
    picture(page, f"coffre-{page.viewport_size['width']}")
    page.click("text=Espèces en banque")
    page.fill("input[data-value='2000']", "1")
    page.fill("input[data-value='1000']", "1")
    page.fill("input[data-value='500']", "1")
    assert page.inner_text("[data-total]") == "35,00\u00a0€"
    picture(page, f"remise-{page.viewport_size['width']}")
    page.fill("#id_reference", "SAC 4")
    page.click("text=Sceller")
    page.wait_for_selector("text=pas encore")
    picture(page, f"mouvement-{page.viewport_size['width']}")
    page.click("text=Rapprocher du relevé")
    page.fill("#id_amount_minor", "34")
    page.click("text=Sceller")
    page.wait_for_selector("text=Dites pourquoi le montant diffère.")
    page.fill("#id_reason", "Une pièce refusée")
    page.click("text=Sceller")
    page.wait_for_selector("text=Une pièce refusée")
    with bound(shop.dossier):
        held = balances()
        assert (held["safe/1"], held["transit/bank"], held["bank/1"]) == (500, 0, 3_400)


@pytest.mark.feature("CASH-04", "PAY-05")
def test_cheques_are_listed_and_the_safe_is_counted(page, shop) -> None:
    page.goto(shop.base + "coffre/")
    page.click("text=Remise de chèques")
    assert page.inner_text("#id_cheques").strip() == "22/11 · C1-1-3 · 1,20\u00a0€"
    picture(page, "cheques")
    page.click("text=Sceller")
    page.wait_for_selector("text=C1-1-ticket-3")
    page.goto(shop.base + "coffre/comptage/1/")
    page.fill("input[data-value='2000']", "1")
    page.click("text=Sceller")
    page.wait_for_selector("text=Écart de −20,00\u00a0€ avec le livre")
    assert page.input_value("input[data-value='2000']") == "1"
    page.fill("#id_reason", "Facture du vitrier")
    page.click("text=Sceller")
    page.wait_for_selector("text=Facture du vitrier")
    page.goto(shop.base + "coffre/")
    assert page.locator(".holdings dd.value").all_inner_texts()[0] == "20,00\u00a0€"
    picture(page, "coffre-apres")


BOOKS = {
    "livres/?mois=2026-11": "102,70",
    "livres/recettes/?mois=2026-11": "8,10",
    "livres/recettes/?mois=2026-11&modele=BE": "Base imposable",
    "livres/ventes/?mois=2026-11": "8,10",
    "livres/ecritures/?mois=2026-11": "88,30",
    "livres/comptes/": "531000",
}  # fmt: skip


@pytest.mark.feature("CASH-06", "CASH-07", "FISC-05", "CASH-05")
@pytest.mark.parametrize("page", ["wide", "phone"], indirect=True)
def test_the_books_are_read_taken_away_and_checked(page, shop) -> None:
    width = page.viewport_size["width"]
    for number, (path, figure) in enumerate(BOOKS.items()):
        page.goto(shop.base + path)
        assert figure in page.content()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        picture(page, f"livre-{number}-{width}")
    page.goto(shop.base + "livres/?mois=2026-11&lieu=safe/1")
    assert page.locator("tbody tr").last.locator("td").all_inner_texts()[-3:] == (
        ["60,00", "20,00", "40,00"] if width > 760 else ["Entrée 60,00", "Sortie 20,00", "40,00"]
    )
    page.goto(shop.base + "livres/?mois=2026-11")
    with page.expect_download() as taken:
        page.click("text=Excel")
    assert taken.value.suggested_filename == "livre-de-caisse-20261101-20261130.xlsx"
    page.goto(shop.base + "livres/controle/?mois=2026-11")
    page.wait_for_selector("text=Écart 0,00 € : les livres disent ce que les Z ont scellé (2 Z, 4 tickets).")
    picture(page, f"controle-{width}")
    page.goto(shop.base + "coffre/ecarts/?du=2026-11-01&au=2026-11-30")
    assert page.locator("svg.chart").first.get_attribute("aria-label") == "11 −0,20 €"
    picture(page, f"ecarts-{width}")
    with bound(shop.dossier):
        assert cross_check(month_of(2026, 11)).agrees


@pytest.mark.parametrize("page", ["wide", "phone"], indirect=True)
def test_every_page_is_accessible(page, shop) -> None:
    """axe-core finds nothing against WCAG 2.1 AA."""
    found = []
    for path in ("coffre/", "coffre/especes/", "coffre/cheques/", "coffre/ecarts/", *BOOKS, "livres/controle/"):
        page.goto(shop.base + path)
        found += [f"{path} {one}" for one in axe_findings(page)]
    assert found == []
