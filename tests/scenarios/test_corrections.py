"""What comes back to a real counter: shipped page, real server, real papers. Every figure is the one computed by hand here.

 1  mug 14,90 + 2 baguettes at 1,30                          17,50  card
 2  one baguette back, by a scan of the receipt              −1,30  card
 3  the mug back, against                                   −14,90  exchange
 4  a candle at 18,90                                        18,90  14,90 by the exchange, 4,00 in cash
 5  café 5,90, in cash by mistake                             5,90  cash
 6  its tender corrected                                      0,00  −5,90 in cash, 5,90 by card
 7  lait 1,29                                                 1,29  cash
 8  cancelled                                                −1,29  cash
 9  the other baguette, as a credit note                     −1,30  AC1-1-9
10  croissant 1,20, with the note: 0,10 is left on it         1,20  credit note
                                                             26,00
 Cash: 110,00 + 4,00 + 5,90 − 5,90 + 1,29 − 1,29 = 114,00. Card: 17,50 − 1,30 + 5,90 = 22,10.
"""

import re
import sqlite3

import pytest

pytest.importorskip("playwright.sync_api")

from tests.browser.conftest import WEB  # noqa: E402
from tests.scenarios.counter import Counter, press_count  # noqa: E402
from tests.scenarios.test_day import CODES, Shop, open_the_day, wait_until, walk_to_the_seal  # noqa: E402

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def shop(tmp_path, chromium_type):
    if not (WEB / "dist" / "till" / "index.html").exists():
        pytest.skip("web/ is not built: run `make build`")
    shop = Shop(tmp_path, chromium_type)
    yield shop
    shop.close()


def papers_after(shop: Shop, gesture, cuts: int = 1) -> str:
    """What comes out of the printer because of this gesture."""
    lines, before = len(shop.printer.lines), shop.printer.cuts
    gesture()
    wait_until(shop.counter, lambda: shop.printer.cuts >= before + cuts)
    return "\n".join(shop.printer.lines[lines:])


def sell(counter: Counter, *names: str, key: str) -> None:
    for name in names:
        counter.scan(CODES[name])
    counter.press(key)
    counter.shows("Payé")


def bring_back(counter: Counter, number: str, label: str, reason: str = "A changé d’avis") -> None:
    """The receipt is scanned, the line is ticked, the reason is told."""
    counter.scan("T" + number)
    counter.shows(f"Ticket {number}")
    counter.page.get_by_role("checkbox", name=label).click()
    counter.touch(reason)


def refund_one_of_two(shop: Shop) -> None:
    counter = shop.counter
    sell(counter, "Mug en grès", "Baguette tradition", "Baguette tradition", key="F10")
    bring_back(counter, "C1-1-1", "Baguette tradition")
    counter.touch("Un de moins")
    counter.figure(-130, label="À rembourser")
    counter.picture("till-return")
    paper = papers_after(shop, lambda: counter.press("F12"))
    assert re.search(r"REMBOURSEMENT", paper, re.IGNORECASE) and "C1-1-1" in paper
    assert re.search(r"Carte +[-−]1,30", paper)
    counter.shows("Ticket C1-1-2 scellé")


def exchange_the_mug(shop: Shop) -> None:
    counter = shop.counter
    bring_back(counter, "C1-1-1", "Mug en grès", reason="Défectueux")
    counter.scan(CODES["Bougie parfumée figue"])
    counter.figure(400, label="Total")
    counter.picture("till-exchange")
    paper = papers_after(shop, lambda: counter.press("F9"))
    assert re.search(r"Échange +[-−]14,90", paper)
    counter.shows("Reprise C1-1-3, vente C1-1-4.")


def correct_the_tender(shop: Shop) -> None:
    counter = shop.counter
    sell(counter, "Café moulu 250 g", key="F9")
    counter.scan("TC1-1-5")
    counter.touch("Corriger le règlement")
    counter.page.locator(".r-work").get_by_role("button", name="Carte").click()
    paper = papers_after(shop, lambda: counter.press("F12"))
    assert re.search(r"Espèces +[-−]5,90", paper) and re.search(r"Carte +5,90", paper)


def cancel_a_ticket(shop: Shop) -> None:
    counter = shop.counter
    sell(counter, "Lait demi-écrémé 1 L", key="F9")
    counter.scan("TC1-1-7")
    counter.touch("Annuler le ticket")
    paper = papers_after(
        shop, lambda: counter.page.locator(".notice").get_by_role("button", name="Oui, l’annuler").click()
    )
    assert re.search(r"ANNULATION", paper, re.IGNORECASE) and "C1-1-7" in paper
    counter.shows("Ticket C1-1-8 scellé")


def a_note_instead_of_money(shop: Shop) -> None:
    counter = shop.counter
    bring_back(counter, "C1-1-1", "Baguette tradition")
    counter.touch("à valoir")
    paper = papers_after(shop, lambda: counter.press("F12"))
    assert "AC1-1-9" in paper
    counter.shows("Avoir AC1-1-9 remis : 1,30")
    counter.scan(CODES["Croissant"])
    counter.figure(120, label="Total")
    counter.hides("à envoyer")
    counter.scan("AC1-1-9")
    counter.shows("Il y restera 0,10")
    counter.scan("AC1-1-9")
    counter.shows("Avoir AC1-1-9 : 0,10")


def print_again(shop: Shop) -> None:
    counter = shop.counter
    counter.press("F8")
    counter.shows("C1-1-10")
    counter.page.keyboard.type("C1-1-4", delay=90)
    counter.page.locator(".rows").get_by_role("button", name="C1-1-4").click()
    paper = papers_after(shop, lambda: counter.touch("Réimprimer"))
    assert re.search(r"DUPLICATA n° 1", paper) and "C1-1-4" in paper
    counter.press("Escape")
    counter.shows("Vente en cours")


def read_the_x(shop: Shop) -> None:
    counter = shop.counter
    counter.press("Backquote")
    counter.page.keyboard.type("xx")
    counter.shows("non clôturé")
    text = " ".join(counter.page.locator("article.doc").inner_text().split())
    assert "26,00" in text and "114,00" in text and "22,10" in text
    counter.press("Escape")


@pytest.mark.feature("RET-01", "RET-02", "RET-03", "TILL-15", "TILL-16", "TILL-17", "TILL-18", "TILL-19")
def test_what_comes_back_is_sealed_printed_and_verified(shop: Shop):
    open_the_day(shop)
    refund_one_of_two(shop)
    exchange_the_mug(shop)
    correct_the_tender(shop)
    cancel_a_ticket(shop)
    a_note_instead_of_money(shop)
    print_again(shop)
    read_the_x(shop)
    shop.counter.hides("à envoyer", seconds=40)
    verified = shop.command("verify", "demo", "--json")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert shop.counter.problems == []


#         200   100   50    20  10  5   2  1   0,5  0,2
SCHOOL = [None, None, None, None, 1, None, 2, None, 1, 2]  # 14,90, as an exercise leaves its drawer


def school(counter: Counter) -> None:
    counter.press("Backquote")
    counter.page.keyboard.type("ec")


def a_day_of_exercise(shop: Shop) -> None:
    """Its own drawer, one sale of 14,90, its own Z: marked on the screen and on its paper."""
    counter = shop.counter
    school(counter)
    counter.shows("Mode école : rien n’est vendu, rien n’entre dans vos comptes")
    counter.shows("Tapez votre code")
    counter.type("2580")
    counter.shows("Fond de caisse")
    counter.touch("Noter plus tard")
    counter.shows("Scannez le premier article")
    sell(counter, "Mug en grès", key="F9")
    counter.press("Backquote")
    counter.page.keyboard.type("cl")
    counter.touch("Arrêter les ventes")
    counter.touch("Compter les règlements")
    counter.touch("Compter les espèces")
    counter.page.locator("[data-count]:focus").wait_for()
    press_count(counter, SCHOOL)
    walk_to_the_seal(counter)
    counter.touch("Sceller le Z")
    counter.shows("Z École", seconds=20)
    paper = papers_after(shop, lambda: counter.touch("Imprimer le Z"))
    assert "MODE ÉCOLE" in paper.upper() and "Z d’école" in paper and "n° C1-1" not in paper
    assert re.search(r"Total TTC +14,90", paper, re.IGNORECASE)
    school(counter)
    counter.hides("Mode école")
    counter.shows("Tapez votre code")
    counter.type("2580")
    counter.shows("Scannez le premier article")


@pytest.mark.feature("FISC-11")
def test_the_z_of_an_exercise_is_kept_apart_by_the_server(shop: Shop):
    """Sold 1,30, exercise, then 1,29: the register's X says 2,59 and 112,59 in the drawer, its Z number is still the first."""
    open_the_day(shop)
    sell(shop.counter, "Baguette tradition", key="F9")
    a_day_of_exercise(shop)
    sell(shop.counter, "Lait demi-écrémé 1 L", key="F9")
    counter = shop.counter
    counter.press("Backquote")
    counter.page.keyboard.type("xx")
    counter.shows("non clôturé")
    text = " ".join(counter.page.locator("article.doc").inner_text().split())
    assert "2,59" in text and "112,59" in text and "14,90" not in text.split("Opérations en mode école")[0]
    counter.press("Escape")
    counter.hides("à envoyer", seconds=40)
    [dossier] = shop.server.home.rglob("demo.comptoir")
    with sqlite3.connect(dossier) as books:
        kept = books.execute(
            "SELECT json_extract(body, '$.format'), chain, json_extract(body, '$.training') FROM fiscal_record"
            " WHERE type = 'training' ORDER BY seq"
        ).fetchall()
        real = books.execute("SELECT count(*) FROM fiscal_record WHERE type = 'z'").fetchone()
        sold = books.execute("SELECT gross_minor FROM till_ticket ORDER BY seq").fetchall()
    assert [row[0] for row in kept if row[0] in ("ticket/1", "z/1")] == ["ticket/1", "z/1"]
    assert {row[1:] for row in kept} == {("C1-1-training", 1)}
    assert (sold, real) == ([(130,), (129,)], (0,))
    verified = shop.command("verify", "demo", "--json")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert counter.problems == []
