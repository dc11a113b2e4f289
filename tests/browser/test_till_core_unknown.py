"""A code that no article has: given to an article, made an article, or sold as « divers »; never lost, never a dialog."""

import pytest
from playwright.sync_api import expect

from .till_hand import TillHand
from .till_server import TillServer, ean13

pytestmark = pytest.mark.browser
CODE = ean13(376012345678)


def meet(till: TillHand, action: str) -> None:
    """The code is scanned, and this is chosen of what the till offers."""
    till.scan(CODE)
    till.wait("view.lines.length === 1 && view.lines[0].kind === 'unknown'")
    tools = till.page.locator(".line.unknown .tools").get_by_role("button")
    expect(tools).to_have_text(["Vendre en divers", "Rattacher", "Créer", ""])
    tools.get_by_text(action, exact=True).click()


def give_code(till: TillHand) -> None:
    till.wait("view.approval !== null")
    for digit in "2580":
        till.press(f"Numpad{digit}")
    till.wait("view.approval === null")


def scanned_again(till: TillHand, milli: int) -> None:
    till.page.wait_for_timeout(450)
    till.scan(CODE)
    till.wait(f"view.lines.length === 1 && view.lines[0].quantity_milli === {milli}")


@pytest.mark.feature("TILL-05", "OFF-01")
def test_an_unknown_code_is_given_to_an_article_without_the_server(till: TillHand, till_server: TillServer):
    till.synced()
    till_server.stop()
    meet(till, "Rattacher")
    give_code(till)  # a cashier may not change the catalogue alone
    till.wait("view.notice !== null && view.notice.what.endsWith(': quel est son article ?')")
    till.page.keyboard.type("creme n°23", delay=60)
    till.wait("view.field.found.length > 0")
    till.press("Enter")
    till.wait("view.lines.length === 1 && view.lines[0].kind === 'article'")
    assert till.lines() == [("Article n°23 crème brûlée", 1000, 123)]
    assert till.view()["notice"]["what"] == f"Code {CODE} rattaché à « Article n°23 crème brûlée »."
    scanned_again(till, 2000)
    till.page.wait_for_timeout(300)
    till.page.reload()
    till.sign_in("1470")
    till.wait("view.lines.length === 1")
    scanned_again(till, 3000)
    till_server.start()
    for _ in range(1200):
        if till_server.new_codes:
            break
        till.page.wait_for_timeout(25)
    assert till_server.new_codes == [{"code": CODE, "article": "a23", "by": "u2"}]


@pytest.fixture
def till_with_rates(till_server: TillServer, request) -> TillHand:
    till_server.bootstrap["vat_rates"] = [
        {"code": "normal", "label": "20 %", "rate_e4": 2000},
        {"code": "reduced", "label": "5,5 %", "rate_e4": 550},
    ]
    return request.getfixturevalue("till")


@pytest.mark.feature("TILL-05")
def test_an_unknown_code_becomes_an_article_with_the_server(till_with_rates: TillHand, till_server: TillServer):
    till = till_with_rates
    meet(till, "Créer")
    give_code(till)
    till.wait("view.overlay === 'create'")
    till.page.get_by_label("Nom").fill("Bougie figue")
    till.page.get_by_role("button", name="Créer et vendre").click()
    till.wait("view.creating.message !== null")
    assert (till.view()["creating"]["message"], till_server.created) == (
        "Indiquez le nom, le prix et le taux de TVA.",
        [],
    )
    till.page.get_by_label("Prix de vente TTC").fill("18,90")
    till.page.get_by_role("button", name="20 %").click()
    till.page.locator("select").select_option("epicerie")
    till.page.get_by_role("button", name="Créer et vendre").click()
    till.wait("view.overlay === 'none' && view.lines.length === 1 && view.lines[0].kind === 'article'")
    assert till.lines() == [("Bougie figue", 1000, 1890)]
    (made,) = till_server.created
    assert (made[1], made[2], made[3], made[6], made[7]) == (CODE, "Bougie figue", "epicerie", 189000, 2000)
    scanned_again(till, 2000)


def test_no_article_is_made_without_the_server_and_the_sale_goes_on(till: TillHand, till_server: TillServer):
    till.synced()
    till_server.stop()
    till.do({"c": "send_now"})
    till.wait("!view.status.online", 40000)
    meet(till, "Créer")
    till.wait("view.notice.what === 'Sans le serveur, un article ne peut pas être créé.'")
    assert (till.view()["overlay"], till.view()["creating"]) == ("none", None)
    till.scan_article(1)
    till.wait("view.lines.length === 2 && view.total_minor === 101")
