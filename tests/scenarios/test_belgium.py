"""A Belgian shop, made by its commands and its office, sells for an hour: VAT at 21, 12, 6 and 0 %, cash rounded to five cents.

The rounding is written before the key is pressed, on the cash part alone and last; cards and vouchers keep their cents.

    chocolat 3,33 (6 %)   sandwich 4,51 (12 %)   lampe 24,99 (21 %)   journal 2,02 (0 %); the first two take meal vouchers

    1  chocolat + sandwich        7,84   cash 7,85            + 0,01   (8 and 9 up, 3 and 4 up; 1, 2, 6 and 7 down)
    2  journal                    2,02   cash 2,00            − 0,02
    3  chocolat                   3,33   cash 3,35            + 0,02
    4  2 chocolats                6,66   10,00, 3,35 back     − 0,01
    5  chocolat + journal         5,35   cash 5,35                     nothing to round
    6  lampe                     24,99   card 24,99                    a card keeps its cents
    7  chocolat + sandwich        7,84   meal voucher 7,84             so does a voucher
    8  lampe + sandwich          29,50   voucher 4,51, cash 25,00  + 0,01   the cash part alone
    9  chocolat + lampe          28,32   card 10,00, then 20,00 in cash: 18,30 due, 1,70 back  − 0,02
    10 chocolat + lampe          28,32   cash 20,00, then the card ends it: 8,32, not rounded
                                144,17   rounding − 0,01
    In the drawer: 100,00 + 7,85 + 2,00 + 3,35 + 6,65 + 5,35 + 25,00 + 18,30 + 20,00 = 188,50
"""

import re

import pytest

pytest.importorskip("playwright.sync_api")

from playwright.sync_api import expect  # noqa: E402

from tests.scenarios.counter import amount  # noqa: E402
from tests.scenarios.street import BELGIAN_PASSWORD, LANDSCAPE, Office, Rung, Street, Till, belgian_shop  # noqa: E402

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ARTICLES = """référence;ean;nom;prix;tva
B1;5400000000010;Chocolat noir 100 g;3,33;6
B2;5400000000027;Sandwich crudités;4,51;12
B3;5400000000034;Lampe de chevet;24,99;21
B4;5400000000041;Journal du matin;2,02;0
"""
CODES = {"chocolat": "5400000000010", "sandwich": "5400000000027", "lampe": "5400000000034", "journal": "5400000000041"}

GOODS = {"chocolat": (333, 600), "sandwich": (451, 1200), "lampe": (2499, 2100), "journal": (202, 0)}
SOLD = [
    (("chocolat", "sandwich"), {"cash": 785}),
    (("journal",), {"cash": 200}),
    (("chocolat",), {"cash": 335}),
    (("chocolat", "chocolat"), {"cash": 665}),
    (("chocolat", "journal"), {"cash": 535}),
    (("lampe",), {"card": 2499}),
    (("chocolat", "sandwich"), {"meal_voucher": 784}),
    (("lampe", "sandwich"), {"meal_voucher": 451, "cash": 2500}),
    (("chocolat", "lampe"), {"card": 1000, "cash": 1830}),
    (("chocolat", "lampe"), {"card": 832, "cash": 2000}),
]


def make_the_shop(street: Street) -> None:
    belgian_shop(
        street, "bruxelles", articles=ARTICLES, name="Le Grand Place SRL", shop="Au Grand Place", address="Grand-Place 1",
        postcode="1000", city="Bruxelles",
    )  # fmt: skip


def office_gives_code_and_pin(street: Street) -> str:
    """What the owner does in the office before the first sale; the one-time code of the register."""
    page = street.profile("office", LANDSCAPE).pages[0]
    office = Office(page, f"{street.server.url}/d/bruxelles/")
    office.log_in("anna", BELGIAN_PASSWORD)
    for name in ("Chocolat noir 100 g", "Sandwich crudités"):
        page.goto(f"{office.address}articles/?q={name.split()[0]}")
        page.get_by_role("link", name=name).first.click()
        page.get_by_label("titre-restaurant").or_(page.get_by_label("Titre-restaurant")).first.check()
        page.get_by_role("button", name="Enregistrer").first.click()
        expect(page.locator("body")).to_contain_text("enregistré")
    code = office.pin_and_code("Anna Peeters", pin="4826")
    page.close()
    return code


def basket(till: Till, *names: str) -> None:
    for name in names:
        till.scan(CODES[name])


def receipt(till: Till) -> str:
    """What the customer's paper says, read on the screen."""
    till.touch("Voir")
    panel = till.page.get_by_role("dialog").or_(till.page.locator("[aria-label='Dernier ticket']")).first
    text = re.sub(r"[\s\u00a0\u202f]+", " ", panel.inner_text())
    till.press("Escape")
    return text


def cash_alone(till: Till) -> None:
    """The key says what cash would take, then one press takes it."""
    for names, total, due in (
        (("chocolat", "sandwich"), 784, "7,85"),
        (("journal",), 202, "2,00"),
        (("chocolat",), 333, "3,35"),
    ):
        basket(till, *names)
        till.figure(total, label="Total")
        till.key_says("Espèces", due)
        till.press("F9")
        till.shows("scellé")
        text = receipt(till)
        rounding = amount(due) - total
        assert re.search(rf"Arrondi[^0-9]*{'−' if rounding < 0 else ''}0,0{abs(rounding)}", text), text
        assert re.search(rf"TOTAL TTC {total // 100},{total % 100:02d}.*Arrondi.*{due}", text), text


def change_and_nothing_to_round(till: Till) -> None:
    basket(till, "chocolat", "chocolat")
    till.key_says("Espèces", "6,65")
    till.type("10")
    till.press("F9")
    till.figure(335, label="À rendre")
    basket(till, "chocolat", "journal")
    till.key_says("Espèces", "5,35")
    till.press("F9")
    till.figure(535, label="Payé")
    assert "Arrondi" not in receipt(till)


def cards_and_vouchers_keep_their_cents(till: Till) -> None:
    basket(till, "lampe")
    till.key_says("Bancontact", "24,99")
    till.key_says("Espèces", "25,00")
    till.press("F10")
    till.figure(2499, label="Payé")
    paper = receipt(till)
    assert "Arrondi" not in paper and "Unité d’établissement 2123456789" in paper and "SIRET" not in paper
    basket(till, "chocolat", "sandwich")
    till.key_says("Chèque-repas", "7,84")
    till.key("Chèque-repas").click()
    till.figure(784, label="Payé")
    assert "Arrondi" not in receipt(till)


def mixed(till: Till) -> None:
    basket(till, "lampe", "sandwich")
    till.key("Chèque-repas").click()
    till.figure(2499, label="Reste à payer")
    till.key_says("Espèces", "25,00")
    till.press("F9")
    till.shows("scellé")
    assert re.search(r"TOTAL TTC 29,50.*Arrondi[^0-9]*0,01", receipt(till))
    basket(till, "chocolat", "lampe")
    till.type("10")
    till.press("F10")
    till.figure(1832, label="Reste à payer")
    till.key_says("Espèces", "18,30")
    till.type("20")
    till.press("F9")
    till.figure(170, label="À rendre")
    basket(till, "chocolat", "lampe")
    till.type("20")
    till.press("F9")
    till.figure(832, label="Reste à payer")
    till.press("F10")
    till.shows("scellé")
    assert "Arrondi" not in receipt(till)


def check_the_z(street: Street, till: Till) -> None:
    """Nothing is missing in the drawer, and the rounding stands on the paper by its name."""
    till.close_day({2000: 9, 100: 8, 50: 1}, {"Bancontact": "43,31", "Chèque-repas": "12,35"})
    paper = re.sub(r"[\s\u00a0\u202f]+", " ", till.page.locator(".r-receipt").inner_text())
    assert "Arrondis espèces −0,01" in paper, paper
    till.sent()
    z = street.told("report", "z", "bruxelles", "--register", "C1")
    sold = Rung()
    for names, tenders in SOLD:
        sums: dict[int, int] = {}
        for name in names:
            price, rate = GOODS[name]
            sums[rate] = sums.get(rate, 0) + price
        sold.ticket(sums, **tenders)
    assert sold.gross_minor == 144_17
    sold.agrees_with(z)
    [sealed] = street.sealed("z", slug="bruxelles")
    assert {row["tender"]: row["difference_minor"] for row in sealed["differences"]} == {
        "cash": 0,
        "card": 0,
        "meal_voucher": 0,
    }
    assert (sealed["report"]["rounding_minor"], sealed["report"]["gross_minor"]) == (-1, 144_17)
    assert street.command("verify", "bruxelles").returncode == 0


@pytest.mark.feature("RND-01")
def test_an_hour_in_brussels(street: Street) -> None:
    make_the_shop(street)
    code = office_gives_code_and_pin(street)
    till = street.till("profile", slug="bruxelles")
    till.start_day(code, "4826", 100_00)
    cash_alone(till)
    change_and_nothing_to_round(till)
    cards_and_vouchers_keep_their_cents(till)
    mixed(till)
    check_the_z(street, till)
    assert till.problems == []
