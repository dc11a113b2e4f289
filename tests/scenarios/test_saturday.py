"""A Saturday with two tills of the same shop, side by side: everything that customers, cashiers and electricity do to a till.

Both Z are compared with the sums of what was rung, added up here apart from the engine. Prices are those of the demo shop.
"""

import pytest

pytest.importorskip("playwright.sync_api")

from playwright.sync_api import expect  # noqa: E402

from tests.scenarios.street import CODES, PORTRAIT, PRICES, Rung, Street, Till  # noqa: E402

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LEA, KARIM = "3691", "2580"  # a cashier, whose discounts stop at 10 %, and a manager
FOOD, FULL = 550, 2000


def total(*names: str) -> int:
    return sum(PRICES[name] for name in names)


def scan(till: Till, *names: str) -> None:
    for name in names:
        till.scan(CODES[name])


def open_both(street: Street) -> tuple[Till, Till]:
    codes = street.demo_codes(2)
    left, right = street.till("left"), street.till("right", viewport=PORTRAIT, has_touch=True)
    left.start_day(codes[0], LEA, 100_00)
    right.start_day(codes[1], KARIM, 150_00)
    return left, right


def search_without_accents(left: Till, rung: Rung) -> None:
    """« creme fraiche » finds it; the customer by the end of her telephone number; three of a thing, then five."""
    left.say("creme fraiche")
    expect(left.page.locator("#found")).to_contain_text("Crème fraîche 20 cl", timeout=8000)
    left.press("Enter")
    left.has_lines([("Crème fraîche 20 cl", PRICES["Crème fraîche 20 cl"])])
    left.type("1284")
    left.press("Enter")
    expect(left.page.locator(".r-receipt .head")).to_contain_text("·· 1284", timeout=8000)
    left.type("3")
    left.press("NumpadMultiply")
    scan(left, "Lait entier 1 L")
    left.figure(PRICES["Crème fraîche 20 cl"] + 3 * PRICES["Lait entier 1 L"], label="Total")
    left.type("5")
    left.press("F4")
    due = PRICES["Crème fraîche 20 cl"] + 5 * PRICES["Lait entier 1 L"]
    left.figure(due, label="Total")
    left.press("F9")
    left.figure(due, label="Payé")
    rung.ticket({FOOD: due}, cash=due)


def park_and_change_hands(left: Till, rung: Rung) -> None:
    """A customer forgot her purse: parked. Another one is served by another cashier. The first comes back."""
    scan(left, "Miel d’acacia 250 g", "Bougie parfumée figue")
    left.press("F5")
    left.shows("Scannez le premier article")
    scan(left, "Baguette tradition", "Croissant")
    left.press("Backquote", "Backquote")
    left.shows("2 tickets sont gardés")
    left.hides("Croissant")
    left.sign_in(KARIM)
    left.has_lines([("Baguette tradition", 130), ("Croissant", 120)])
    left.press("F9")
    left.figure(250, label="Payé")
    rung.ticket({FOOD: 250}, cash=250)
    left.press("Backquote", "Backquote")
    left.sign_in(LEA)
    left.page.locator(".tab", has_text="Miel d’acacia").click()
    left.figure(total("Miel d’acacia 250 g", "Bougie parfumée figue"), label="Total")


def discount_above_the_limit(left: Till, rung: Rung) -> None:
    """The candle is the selected line: 20 % is refused to a cashier, 10 % is offered and taken. 18,90 − 1,89 = 17,01."""
    left.type("20")
    left.press("NumpadDivide")
    left.shows("Remise de 20\u00a0% au-dessus de votre limite (10\u00a0%).")
    left.figure(26_80, label="Total")
    left.touch("Appliquer 10\u00a0%")
    left.figure(24_91, label="Total")
    left.press("F10")
    left.figure(24_91, label="Payé")
    rung.ticket({FOOD: 7_90, FULL: 17_01}, card=24_91)


def mind_changed(left: Till, rung: Rung) -> None:
    """Lines out and back; an undo never takes away what was scanned after the slip."""
    scan(left, "Croissant", "Pain complet 400 g", "Roquefort")
    left.shows("poids")
    left.press("Escape")
    left.press("Delete")
    left.has_lines([("Croissant", 120)])
    left.press("Control+z")
    left.has_lines([("Croissant", 120), ("Pain complet 400 g", 310)])
    left.press("Delete")
    left.has_lines([("Croissant", 120)])
    scan(left, "Baguette blanche")
    left.has_lines([("Croissant", 120), ("Baguette blanche", 110)])
    left.press("Control+z")
    left.page.wait_for_timeout(400)
    assert ("Baguette blanche", 110) in left.lines()
    left.press("F9")
    left.figure(230, label="Payé")
    rung.ticket({FOOD: 230}, cash=230)


def open_price(left: Till, rung: Rung) -> None:
    left.say("divers epicerie")
    expect(left.page.locator("#found")).to_contain_text("Divers épicerie", timeout=8000)
    left.press("Enter")
    left.shows("Divers épicerie : prix à saisir.")
    left.type("7,35")
    left.press("Enter")
    left.figure(735, label="Total")
    left.type("10")
    left.press("F9")
    left.figure(265, label="À rendre")
    rung.ticket({FOOD: 735}, cash=735)


def voucher_cheque_and_slips(right: Till, rung: Rung) -> None:
    """30,40 of food and 18,90 of gifts: 25,00 by voucher, no more; 50,00 by card is too much; 10,00 by card is taken back;
    the rest by cheque."""
    right.type("8")
    right.press("NumpadMultiply")
    scan(right, "Jus de pomme fermier 1 L", "Bougie parfumée cèdre")
    right.figure(50_10, label="Total")
    right.key_says("Titre-resto", "25,00")
    right.key("Titre-resto").click()
    right.figure(25_10, label="Reste à payer")
    right.key_says("Titre-resto", "plafond atteint")
    right.type("50")
    right.press("F10")
    right.shows("Rendu impossible sur carte")
    right.figure(25_10, label="Reste à payer")
    right.press("Escape")
    right.press("F12")
    right.shows("Le client donne")
    right.type("10")
    right.press("F10")
    right.shows("15,10")
    right.touch("Retirer le règlement Carte")
    right.key_says("Chèque", "25,10")
    right.key("Chèque").click()
    right.shows("Le compte est bon")
    right.press("Enter")
    right.figure(50_10, label="Payé")
    rung.ticket({FOOD: 31_20, FULL: 18_90}, meal_voucher=25_00, cheque=25_10)


def cut_in_the_middle(street: Street, right: Till, rung: Rung) -> Till:
    """A reload, then the plug pulled with a basket, then with a basket half paid: it is always there."""
    scan(right, "Mug en grès", "Thé vert 20 sachets")
    expected = [("Mug en grès", 1490), ("Thé vert 20 sachets", 349)]
    right.page.reload()
    right.sign_in(KARIM)
    right.has_lines(expected, 20)
    scan(right, "Chips nature 150 g")
    expected.append(("Chips nature 150 g", 189))
    right.has_lines(expected)
    right.page.wait_for_timeout(250)
    street.kill_browser("right")
    right = street.till("right", viewport=PORTRAIT, has_touch=True)
    right.open()
    right.sign_in(KARIM)
    right.has_lines(expected, 20)
    right.type("10")
    right.press("F9")
    right.figure(10_28, label="Reste à payer")
    right.page.wait_for_timeout(250)
    street.kill_browser("right")
    right = street.till("right", viewport=PORTRAIT, has_touch=True)
    right.open()
    right.sign_in(KARIM)
    right.figure(10_28, label="Reste à payer", seconds=20)
    right.press("F10")
    right.figure(20_28, label="Payé")
    rung.ticket({FOOD: 3_49 + 1_89, FULL: 14_90}, cash=10_00, card=10_28)
    return right


def second_window(right: Till) -> None:
    other = right.page.context.new_page()
    other.goto(right.address)
    expect(other.locator("body")).to_contain_text("Cette caisse est déjà ouverte", timeout=20_000)
    expect(other.get_by_role("button", name="Encaisser")).to_have_count(0)
    other.close()
    right.shows("Scannez le premier article")


def side_by_side(left: Till, right: Till, left_rung: Rung, right_rung: Rung) -> None:
    """Scan by scan, one till after the other: neither sees the other's basket, numbers do not mix."""
    for name in ("Croissant", "Lait entier 1 L", "Cookie chocolat"):
        scan(left, name)
        scan(right, name)
    for till, rung in ((left, left_rung), (right, right_rung)):
        till.figure(120 + 149 + 220, label="Total")
        till.press("F9")
        till.figure(489, label="Payé")
        rung.ticket({FOOD: 269, 1000: 220}, cash=489)


def close_both(street: Street, left: Till, right: Till, sums: tuple[Rung, Rung]) -> None:
    left.press("Backquote", "Backquote")
    left.sign_in(KARIM)
    left.shows("Scannez le premier article")
    for till, register, rung, float_minor in ((left, "C1", sums[0], 100_00), (right, "C2", sums[1], 150_00)):
        others = {"card": "Carte", "cheque": "Chèque", "meal_voucher": "Titre-resto"}
        counted = {
            label: f"{rung.tenders[code] / 100:.2f}".replace(".", ",")
            for code, label in others.items()
            if code in rung.tenders
        }
        till.close_day(pieces_of(float_minor + rung.tenders["cash"]), counted)
        till.sent()
        rung.agrees_with(street.told("report", "z", "demo", "--register", register)[0]["report"])
    for sealed, rung in zip(street.sealed("z"), sums, strict=True):
        assert {row["difference_minor"] for row in sealed["differences"]} == {0}
        assert sealed["total_minor"] == rung.gross_minor
    assert street.command("verify", "demo").returncode == 0


def pieces_of(amount_minor: int) -> dict[int, int]:
    pieces = {}
    for value in (5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1):
        pieces[value], amount_minor = divmod(amount_minor, value)
    return pieces


def test_a_busy_saturday_at_two_tills(street: Street) -> None:
    left, right = open_both(street)
    left_rung, right_rung = Rung(), Rung()
    search_without_accents(left, left_rung)
    voucher_cheque_and_slips(right, right_rung)
    park_and_change_hands(left, left_rung)
    discount_above_the_limit(left, left_rung)
    mind_changed(left, left_rung)
    right = cut_in_the_middle(street, right, right_rung)
    second_window(right)
    open_price(left, left_rung)
    side_by_side(left, right, left_rung, right_rung)
    close_both(street, left, right, (left_rung, right_rung))
    assert left.problems == right.problems == []
