"""The till's screens as they are drawn: places, sizes, contrast, words, focus, at the five sizes of the design and in its three themes."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api")

from .conftest import ARGUMENTS, CHROMIUM  # noqa: E402
from .till_on_paper import AXE, BACK, OTHERS, SELLING, SIZES, PaperTill  # noqa: E402

pytestmark = pytest.mark.browser
PROBES = Path(__file__).with_name("paper_probes.js")
SCREENS = SELLING + OTHERS + BACK
# Several made-up scenes show one screen in different states.
SCREEN_OF = {
    **dict.fromkeys(
        [
            "amount",
            "search",
            "unknown",
            "after",
            "empty",
            "long",
            "trouble",
            "receipt",
            "copy_mail",
            "copy_qr",
            "exchange",
            "parked",
            "create",
        ],
        "sale",
    ),
    **dict.fromkeys(["return_free", "correcting", "approval"], "return"),
    **{"payment_due": "payment", "lock_wait": "lock", "closing_seal": "closing", "forgotten": "opening"},
}
TABBED = [
    "sale",
    "unknown",
    "after",
    "payment_due",
    "lock",
    "opening",
    "closing_seal",
    "movement",
    "xreport",
    "closed",
    "receipt",
    "tickets",
    "return",
    "correcting",
    "approval",
    "forgotten",
]
WITH_PAD = ["sale", "amount", "after", "search", "payment", "lock", "movement", "return", "correcting", "exchange"]
WITH_BAR = ["sale", "after", "empty", "payment", "lock", "closing", "closed", "enrol", "tickets", "return"]
WITH_FIGURES = [
    "sale",
    "after",
    "payment",
    "payment_due",
    "opening",
    "closing_seal",
    "movement",
    "search",
    "tickets",
    "return",
]


@pytest.fixture(scope="session")
def paper_till(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PaperTill]:
    till = PaperTill(tmp_path_factory.mktemp("paper-till"))
    till.start()
    yield till
    till.stop()


@pytest.fixture(scope="session")
def chromium(chromium_type) -> Iterator[object]:
    browser = chromium_type.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture
def draw(chromium, paper_till: PaperTill) -> Iterator[Callable[..., object]]:
    """draw(screen, size=…, theme=…): the page showing that screen, drawn to its end. One window a size."""
    windows: dict[str, object] = {}
    problems: list[str] = []

    def note(message) -> None:
        if message.type == "error" and "favicon" not in message.location.get("url", ""):
            problems.append(message.text)

    def show(screen: str, size: str = "15 pouces", **settings: object):
        if size not in windows:
            width, height = SIZES[size]
            calm = {"locale": "fr-FR", "timezone_id": "Europe/Paris", "reduced_motion": "reduce"}
            windows[size] = chromium.new_context(viewport={"width": width, "height": height}, **calm).new_page()
            windows[size].on("pageerror", lambda error: problems.append(str(error)))
            windows[size].on("console", note)
        page = windows[size]
        page.goto(paper_till.address(screen))
        page.wait_for_selector(f".till[data-screen={SCREEN_OF.get(screen, screen)}]")
        for name, value in settings.items():
            page.evaluate(
                "([name, value]) => { document.documentElement.dataset[name] = value; }", [name, str(value).lower()]
            )
        page.evaluate("document.fonts.ready")
        page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
        page.evaluate(PROBES.read_text("utf-8").rstrip().removesuffix(";"))
        return page

    yield show
    for page in windows.values():
        page.context.close()
    assert problems == []  # nothing thrown, nothing refused by the policy of the page


AXE_RUN = """axe.run(document, {resultTypes: ['violations']}).then((result) => result.violations.map((one) =>
  `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`))"""


def axe(page) -> list[str]:
    page.evaluate(AXE.read_text("utf-8"))
    return page.evaluate(AXE_RUN)


@pytest.mark.feature("TILL-02")
@pytest.mark.parametrize("size", SIZES)
def test_every_screen_holds_in_every_size(draw, size: str) -> None:
    """No region over another, no scrolling page, no target under 44 px, no key on a key, no word out of its key; axe agrees."""
    wrong = []
    for screen in SCREENS:
        page = draw(screen, size)
        for probe in ("regions", "targets", "crowding"):
            wrong += [f"{screen}: {problem}" for problem in page.evaluate(f"probes.{probe}()")]
        wrong += [f"{screen}: {problem}" for problem in axe(page)]
    assert wrong == []


@pytest.mark.parametrize("size", SIZES)
def test_large_type_and_left_hand_keep_everything(draw, size: str) -> None:
    wrong = []
    for screen in ("sale", "unknown", "after", "payment_due", "lock", "opening", "closing"):
        for settings in ({"grand": True}, {"main": "gauche"}):
            page = draw(screen, size, **settings)
            for probe in ("regions", "targets", "crowding"):
                wrong += [f"{screen} {settings}: {problem}" for problem in page.evaluate(f"probes.{probe}()")]
    assert wrong == []


@pytest.mark.feature("TILL-02")
def test_the_phone_s_sheet_holds_articles_then_the_pad(draw) -> None:
    page = draw("sale", "téléphone")
    page.get_by_role("button", name="Articles").click()
    wrong = page.evaluate("[...probes.regions(), ...probes.targets(), ...probes.crowding()]")
    page.get_by_role("button", name="Clavier").click()
    page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    wrong += page.evaluate("[...probes.regions(), ...probes.targets(), ...probes.crowding()]") + axe(page)
    left, top, width, height = page.evaluate("probes.place('.sheet .functions')")
    total = page.evaluate("probes.place('.r-total')")
    assert (wrong, top + height <= total[1]) == ([], True)


@pytest.mark.parametrize("overlay", ["more", "palette", "status", "shortcuts"])
def test_panels_lie_over_the_middle_and_leave_with_a_key(draw, overlay: str) -> None:
    page = draw("empty")
    if overlay == "more":
        page.get_by_role("button", name="Autres actions").click()
    elif overlay == "status":
        page.get_by_role("button", name="État de la caisse et des appareils").click()
    else:
        page.get_by_role("button", name="Autres actions").click()
        page.get_by_role("button", name={"palette": "Commandes", "shortcuts": "Touches du clavier"}[overlay]).click()
    panel = page.get_by_role("dialog")
    panel.wait_for()
    wrong = page.evaluate("[...probes.targets(), ...probes.crowding()]") + axe(page)
    assert (wrong, page.locator(".r-bar").is_visible()) == ([], True)
    panel.get_by_role("button", name="Fermer").click()
    assert page.get_by_role("dialog").count() == 0


@pytest.mark.parametrize("theme", ["dark", "contrast"])
def test_axe_finds_nothing_in_the_other_themes(draw, theme: str) -> None:
    assert [f"{screen}: {problem}" for screen in SCREENS for problem in axe(draw(screen, theme=theme))] == []


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_amounts_stand_out_by_seven_to_one(draw, theme: str) -> None:
    drawn = {screen: draw(screen, theme=theme).evaluate("probes.figures(7)") for screen in WITH_FIGURES}
    assert {screen: wrong for screen, wrong in drawn.items() if wrong} == {}


@pytest.mark.parametrize("size", [size for size in SIZES if size != "téléphone"])
def test_the_hand_column_never_moves(draw, size: str) -> None:
    places = {screen: draw(screen, size).evaluate("probes.place('.pad')") for screen in WITH_PAD}
    assert set(map(tuple, places.values())) == {tuple(places["sale"])}, places
    bars = {screen: draw(screen, size).evaluate("probes.place('.r-bar')") for screen in WITH_BAR}
    assert set(map(tuple, bars.values())) == {tuple(bars["sale"])}, bars


@pytest.mark.parametrize("size", SIZES)
def test_the_last_line_is_always_visible_at_the_same_place(draw, size: str) -> None:
    page = draw("long", size)
    bottom = "Math.round([...document.querySelectorAll('.line')].at(-1).getBoundingClientRect().bottom)"
    before = page.evaluate(bottom)
    page.evaluate("document.querySelector('.older').scrollTop = -99999")
    assert page.evaluate(bottom) == before
    page.locator(".line .body").first.click()  # an older line is chosen: its tools open there, the last line stays
    assert page.evaluate(bottom) == before
    assert page.locator(".line").last.inner_text().startswith("1\nArticle au nom plutôt long numéro 300")
    assert page.locator(".line").count() <= 61  # 300 lines in the basket, a window of them on the page
    page.evaluate("document.querySelector('.older').scrollTop = -99999")
    page.get_by_role("button", name="lignes plus anciennes").click()
    assert page.locator(".line").count() > 61


@pytest.mark.feature("TILL-03")
def test_a_click_never_takes_the_focus_from_the_field(draw) -> None:
    page = draw("sale")
    focused = "document.activeElement?.dataset.field"
    assert page.evaluate(focused) == "main"
    for key in ("Baguette tradition", "7", "Crèmerie"):
        page.get_by_role("button", name=key, exact=key == "7").click()
        assert page.evaluate(focused) == "main"


@pytest.mark.feature("TILL-03")
@pytest.mark.parametrize("screen", TABBED)
def test_every_key_is_reached_with_tab_and_shows_its_focus(draw, screen: str) -> None:
    page = draw(screen)
    wanted = page.evaluate("probes.keys()")
    page.evaluate("document.activeElement?.blur()")
    seen, unseen = set(), []
    for _ in range(wanted + 8):
        page.keyboard.press("Tab")
        rank, shown_px, name = page.evaluate("probes.focused()")
        if rank < 0:
            continue
        seen.add(rank)
        if shown_px < 2:
            unseen.append(name)
    assert (len(seen), unseen) == (wanted, [])


def test_lines_are_told_softly_and_refusals_at_once(draw) -> None:
    polite, urgent = "[aria-live=polite]", "[aria-live=assertive]"
    sale = draw("sale")
    assert sale.locator(polite).inner_text() == "3 Chocolat noir 70 %, 11,70\u00a0€. Total 84,85\u00a0€"
    assert sale.locator(urgent).inner_text() == ""
    assert draw("unknown").locator(urgent).inner_text() == (
        "Code 3760123456784 inconnu dans vos articles. Le reste du ticket est intact, vous pouvez continuer à scanner."
    )
    assert draw("after").locator(urgent).inner_text() == "Ticket C1-1-412 scellé. À rendre 15,15\u00a0€"


def test_the_locked_screen_shows_nothing_of_the_baskets(draw) -> None:
    words = draw("lock").locator(".till").inner_text()
    assert "Café en grains" not in words and "84,85" not in words


def test_the_receipt_on_screen_says_what_the_printer_prints(draw) -> None:
    paper = draw("receipt").locator("article.doc")
    assert [line.strip() for line in paper.locator(".text").all_inner_texts()[:2]] == [
        "L’Épicerie du Pont",
        "12 rue du Pont, 38000 Grenoble",
    ]
    assert [cell.strip() for cell in paper.locator(".cols").last.locator("span").all_inner_texts()] == [
        "5,5 %",
        "31,22",
        "1,72",
        "32,94",
    ]


def test_amounts_are_written_the_french_way(draw) -> None:
    page = draw("long")
    assert page.locator(".line .amount").last.inner_text() == "12,99\u00a0€"
    payment = draw("payment")
    assert payment.locator(".taken .value").first.inner_text() == "\u221220,00\u00a0€"
    closing = draw("closing")
    assert "1\u202f243,50" in closing.locator("table").inner_text()


@pytest.mark.parametrize("screen", ["return", "return_free", "exchange", "correcting"])
def test_no_word_of_a_return_is_cut_on_the_smallest_till(draw, screen: str) -> None:
    page = draw(screen)
    cut = page.evaluate(
        "[...document.querySelectorAll('.tenders .cut, .r-work .cut, .r-bar .cut, .head strong.cut')]"
        ".filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent)"
    )
    assert cut == []


def test_an_exchange_says_what_was_given_back_and_a_forgotten_day_counts_nothing_yet(draw) -> None:
    head = draw("exchange").locator(".live .head")
    assert head.locator("strong, .who span").all_inner_texts() == [
        "Échange, ticket C1-1-398",
        "rendu 45,00\u00a0€ · 1\u00a0article choisi",
    ]
    forgotten = draw("forgotten")
    assert forgotten.locator(".r-total .words p").all_inner_texts() == [
        "Journée oubliée",
        "rien n’est encore à compter",
    ]
    assert "0,00" not in forgotten.locator(".till").inner_text()
