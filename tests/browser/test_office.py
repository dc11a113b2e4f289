"""The office in a real Chromium, on a wide screen and on a phone: strict policy, axe, search, unsaved changes, lists that
change in place. Pictures of every room are kept when COMPTOIR_PICTURES names a folder."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connections

from comptoir.apps.access.command_line import COMMAND_LINE
from comptoir.apps.access.models import Session
from comptoir.apps.access.services.set_pin import set_pin
from comptoir.apps.catalog.article_input import ArticleInput
from comptoir.apps.catalog.models import Article
from comptoir.apps.catalog.services.save_article import create_article
from comptoir.apps.catalog.services.save_family import save_family
from comptoir.apps.settings.models import TenderType
from comptoir.apps.till.models import Ticket
from comptoir.apps.treasury.models import Closing, DrawerSession
from comptoir.dossiers.binding import Dossier
from tests.alone import alone
from tests.apps.access.people import PASSWORD, one_of_each
from tests.apps.till.shop import enrolled_till, line, send, set_up_shop
from tests.server_process import ServerProcess

WEB = Path(__file__).resolve().parents[2] / "web"
AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"
SCREENS = {"wide": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
HOSTILE = '"><script>window.broken=1</script><img src=x onerror=window.broken=1>'

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", autouse=True)
def django_beside_playwright() -> Iterator[None]:
    """Playwright keeps an event loop in this thread, which Django takes for async code: it is not, nothing is awaited."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture(scope="session")
def built_office() -> None:
    """web/dist/backoffice, built again when a source is newer."""
    with alone(WEB / "dist" / "backoffice"):
        made = WEB / "dist" / "backoffice" / "office.css"
        newest = max(path.stat().st_mtime for path in (WEB / "backoffice").rglob("*") if path.is_file())
        if not made.exists() or made.stat().st_mtime < newest:
            npx = shutil.which("npx")
            if npx is None or not (WEB / "node_modules").is_dir():
                pytest.skip("web/ is not built: run `make web`")
            subprocess.run(
                [npx, "vite", "build", "--config", "backoffice/vite.config.ts"],
                cwd=WEB,
                check=True,
                capture_output=True,
            )


def a_day_of_sales(articles: list) -> None:
    till = enrolled_till("C1")
    till.open()
    for number in range(12):
        chosen = articles[number % len(articles)]
        till.sell(
            line(chosen.name, price_e4=chosen.price_e4, vat_e4=chosen.vat_e4, article=str(chosen.pk), family="epicerie")
        )
    till.close({"tender": "cash", "amount_minor": 10_000, "pieces": []})
    send(till)


@pytest.fixture
def office(built_office, sqlite_copy: Dossier, comptoir_home: Path) -> Iterator[SimpleNamespace]:
    """A served shop: sixty articles, one with a hostile name, a day of sales and its Z."""
    set_up_shop("C1", "C2")
    people = one_of_each()
    set_pin(people["cashier"], pin="4827", by=people["owner"])
    save_family("epicerie", name="Épicerie", colour=4, position=1, by=COMMAND_LINE)
    articles = [
        create_article(
            ArticleInput(
                code=f"A{i:03d}", name=f"Article {i:03d}", price_e4=10_000 + 1_700 * i, vat_e4=550, family="epicerie"
            ),
            by=COMMAND_LINE,
        )
        for i in range(60)
    ]
    create_article(ArticleInput(code="XSS", name=HOSTILE, price_e4=100, vat_e4=2000), by=COMMAND_LINE)
    a_day_of_sales(articles)
    found = SimpleNamespace(
        base="", article=articles[0].pk, ticket=Ticket.objects.first().pk, closing=Closing.objects.get().pk,
        session=DrawerSession.objects.get().pk, cashier=people["cashier"].pk,
    )  # fmt: skip
    connections.forget(sqlite_copy)
    server = ServerProcess(comptoir_home)
    server.start()
    found.base = f"{server.url}/d/{sqlite_copy.slug}/"
    yield found
    server.kill()


@pytest.fixture
def page(office: SimpleNamespace, open_profile, request: pytest.FixtureRequest):
    """A page logged in as the owner; whatever the console complained about fails the test."""
    context = open_profile()
    page = context.pages[0]
    page.set_viewport_size(SCREENS[getattr(request, "param", "wide")])
    complaints: list[str] = []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(office.base)
    page.fill("#id_login", "claire")
    page.fill("#id_password", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_selector("h1:has-text('Bonjour Claire')")
    complaints.clear()  # the login page is another's
    yield page
    # a refused form answers 422, one whose session is over 401, and the console says so
    assert [text for text in complaints if "422" not in text and "401" not in text] == []


def rooms(office: SimpleNamespace) -> list[str]:
    return [
        "", "?periode=mois", "articles/", "articles/?colonnes=1", "articles/nouveau/", f"articles/{office.article}/", "familles/",
        "familles/epicerie/modifier/",
        "tickets/", "tickets/?reglement=cash", f"tickets/{office.ticket}/",
        "sessions/", f"sessions/{office.session}/", "z/", f"z/{office.closing}/", "controle/",
        "controle/evenements/", "controle/mis-de-cote/", "sauvegardes/", "controle/cles/", "controle/cles/serveur/changer/",
        "controle/cles/C1/changer/", "controle/ancrages/",
        "clotures/", "clotures/regles/", "clotures/releve/", "archives/", "caisses/",
        "imprimantes/", "imprimantes/C1/", "utilisateurs/", "utilisateurs/nouveau/", "utilisateurs/droits/",
        "coffre/", "coffre/mouvements/", "coffre/caisses/", "livres/", "avoirs/", "caisses/nouvelle/", "caisses/C1/", "reglages/reglements/",
        "reglages/reglements/nouveau/", "reglages/reglements/card/", "reglages/motifs/", "reglages/retours/",
        f"utilisateurs/{office.cashier}/", "mon-mot-de-passe/", "mes-connexions/", "reglages/",
    ]  # fmt: skip


def kept(page, name: str) -> None:
    folder = os.environ.get("COMPTOIR_PICTURES")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def axe_findings(page) -> list[str]:
    """What axe finds at WCAG 2.1 A and AA. The page's policy lets nothing be injected, so axe comes over the debugger."""
    page.evaluate(AXE.read_text(encoding="utf-8") + "; true")
    found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']})")
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary'][:160]}"
        for rule in found["violations"]
        for node in rule["nodes"][:3]
    ]


@pytest.mark.parametrize("page", ["wide", "phone"], indirect=True)
def test_every_room_is_accessible_and_fits_its_screen(office, page) -> None:
    wide = page.viewport_size["width"]
    wrong = {}
    for path in rooms(office):
        assert page.goto(office.base + path).status == 200, path
        kept(
            page,
            f"office-{re.sub('[^a-z0-9]+', '-', path).strip('-') or 'home'}-{wide}",
        )
        too_wide = page.evaluate("document.documentElement.scrollWidth") > wide
        findings = axe_findings(page) + (["wider than the screen"] if too_wide else [])
        wrong |= {path: findings} if findings else {}
    assert wrong == {}, "\n".join(f"{path} {one}" for path, found in wrong.items() for one in found)


def test_ctrl_k_finds_from_anywhere(office, page) -> None:
    page.goto(office.base + "reglages/")
    page.keyboard.press("Control+k")
    page.keyboard.type("article 042")
    page.wait_for_selector("#found a:has-text('Article 042')")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Article 042')")


def test_a_list_narrows_while_one_types_and_its_address_follows(office, page) -> None:
    page.goto(office.base + "articles/")
    assert page.locator("tbody tr").count() == 50
    page.fill("#id_recherche", "A04")
    page.wait_for_url("**recherche=A04**")
    page.locator("tbody tr").nth(10).wait_for(state="detached")
    page.reload()
    assert page.locator("tbody tr").count() == 10
    page.click("th a:has-text('Vente TTC')")
    page.wait_for_url("**tri=price_e4**")
    assert page.locator("td.card-amount").all_inner_texts()[0] == "7,80"


def test_what_is_taken_away_follows_the_filters(office, page) -> None:
    """The count, the exports and the pressed day change with the rows: a file never holds another list than the screen."""
    page.goto(office.base + "tickets/")
    page.select_option("#id_reglement", "card")
    page.wait_for_url("**reglement=card**")
    page.wait_for_selector("#found-count:has-text('0 sur 12')")
    assert all(
        "reglement=card" in link for link in page.locator("#exports a").evaluate_all("all => all.map(a => a.href)")
    )
    page.goto(office.base + "z/")
    page.fill("#id_du", "2026-11-22")
    page.wait_for_url("**du=2026-11-22**")
    assert "du=2026-11-22" in page.locator("#exports a").first.get_attribute("href")


def test_a_list_is_walked_by_the_keyboard(office, page) -> None:
    page.goto(office.base + "articles/?tri=code")
    page.keyboard.press("/")
    page.keyboard.type("A04")
    page.wait_for_url("**recherche=A04**")
    page.locator("tbody tr").nth(10).wait_for(state="detached")
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.textContent") == "Article 041"
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Article 041')")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "everywhere"


def test_every_room_is_in_sight_on_a_small_screen(office, page) -> None:
    """1366 by 768, two drawers open: no room hides below the notes at the side."""
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(office.base)
    assert page.evaluate(
        "(() => { const n = document.querySelector('.side .rooms'); return n.scrollHeight <= n.clientHeight })()"
    )


def test_a_hostile_name_stays_a_name(office, page) -> None:
    page.goto(office.base + "articles/?recherche=XSS")
    assert page.locator("a.row-link").inner_text() == HOSTILE
    page.fill("#everywhere", "XSS")
    page.wait_for_selector("#found a")
    assert page.locator("#found a span").first.inner_text() == HOSTILE
    assert page.evaluate("window.broken === undefined")


def test_the_bar_counts_what_changed(office, page) -> None:
    page.goto(office.base + f"articles/{office.article}/")
    assert not page.locator("form[data-watch] .bar").is_visible()
    page.fill("#id_name", "Miel de châtaignier")
    page.fill("#id_price_e4", "7,90")
    assert page.locator("[data-changes]").inner_text() == "2 changements"
    assert page.locator("[data-changed-names]").inner_text() == "Désignation, Vente TTC, détail"
    page.keyboard.press("Control+s")
    page.wait_for_selector("h1:has-text('Miel de châtaignier')")
    assert page.input_value("#id_price_e4") == "7,90"
    page.fill("#id_price_e4", "sept")
    page.click(".bar .go")
    page.wait_for_selector("#id_price_e4_error")
    assert page.input_value("#id_price_e4") == "sept"


@pytest.mark.parametrize("page", ["wide", "phone"], indirect=True)
def test_articles_ticked_change_together_and_come_back(office, page) -> None:
    """Three of the sixty-one leave the sale at once, after a page that names them, and one press puts them back."""
    page.goto(office.base + "articles/?tri=code")
    assert page.locator("#many").is_visible() is False
    for place in range(3):
        page.locator("input[name=choisi]").nth(place).check()
    page.wait_for_selector("#many", state="visible")
    assert axe_findings(page) == []
    page.select_option("#many select", "active=0")
    kept(page, f"office-articles-many-{page.viewport_size['width']}")
    page.click("#many button")
    page.wait_for_selector("text=Pour 3 articles")
    assert page.locator("main li").all_inner_texts() == ["Article 000", "Article 001", "Article 002"]
    assert axe_findings(page) == []
    page.click("button[name=confirme]")
    page.wait_for_selector("text=Vente : Retirer de la vente, pour 3 articles.")
    assert Article.objects.filter(active=False).count() == 3
    page.click("text=Annuler ce changement")
    page.wait_for_selector("text=3 articles remis comme avant.")
    assert Article.objects.filter(active=False).count() == 0


def test_all_of_the_list_means_the_list_in_sight(office, page) -> None:
    """The list was narrowed by typing: what is changed for all of it is what stands there now, not what it opened with."""
    page.goto(office.base + "articles/")
    page.fill("#id_recherche", "Article")
    page.wait_for_selector("#found-count:has-text('60 sur 61')")
    page.locator("input[name=choisi]").first.check()
    page.check("#many input[name=tous]")
    assert page.locator("#many label").first.inner_text() == "Les 60 de cette liste"
    page.select_option("#many select", "active=0")
    page.click("#many button")
    page.wait_for_selector("text=Pour 60 articles")
    page.click("button[name=confirme]")
    page.wait_for_selector("text=Vente : Retirer de la vente, pour 60 articles.")
    assert list(Article.objects.filter(active=True).values_list("code", flat=True)) == ["XSS"]
    page.fill("#id_recherche", "A04")
    page.wait_for_selector("#found-count:has-text('10 sur 61')")
    assert page.locator("#many input[name=tous]").count() == 0
    page.click(".columns-button")
    page.wait_for_url("**recherche=A04**colonnes=1**")


def test_a_button_pressed_twice_sends_once(office, page) -> None:
    page.goto(office.base + "reglages/reglements/nouveau/")
    page.fill("#id_label", "Bon du quartier")
    page.dblclick(".bar .go")
    page.wait_for_url("**/reglages/reglements/")
    assert list(TenderType.objects.filter(label__startswith="Bon du q").values_list("label", flat=True)) == [
        "Bon du quartier"
    ]


def test_a_session_that_ends_during_a_form_loses_nothing(office, page) -> None:
    page.goto(office.base + f"articles/{office.article}/")
    page.fill("#id_name", "Miel de châtaignier")
    page.fill("#id_price_e4", "7,90")
    Session.objects.all().delete()
    page.click(".bar .go")
    with page.context.expect_page() as opened:
        page.click("text=Se connecter dans un nouvel onglet")
    other = opened.value
    other.fill("#id_login", "claire")
    other.fill("#id_password", PASSWORD)
    other.click("button[type=submit]")
    other.wait_for_selector("h1:has-text('Bonjour Claire')")
    assert Article.objects.get(pk=office.article).name == "Article 000"
    page.reload()
    page.wait_for_selector("h1:has-text('Miel de châtaignier')")
    assert page.input_value("#id_price_e4") == "7,90"
