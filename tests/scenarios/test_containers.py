"""A Belgian off-licence that papers in Dutch: bottles with their containers, containers that come back, cash to five cents.

A  6 beers at 1,20 (21 %) less 10 %, 6 bottles at 0,10   6,48 + 0,60 =  7,08   cash   7,10   + 0,02
B  8 bottles back                                                      − 0,80   cash − 0,80
C  crisps 2,02 (6 %), 1 bottle back                      2,02 − 0,10 =  1,92   cash   1,90   − 0,02
D  a keg back at 4,53                                                  − 4,53   cash − 4,55   − 0,02
                                                                         3,67          3,65   − 0,02
Containers: 6 sold 0,60; 10 back − 5,43. In the drawer: 100,00 + 3,65 = 103,65.
"""

import re

import pytest

pytest.importorskip("playwright.sync_api")

from playwright.sync_api import expect  # noqa: E402

from tests.scenarios.street import BELGIAN_PASSWORD, LANDSCAPE, Office, Rung, Street, Till, belgian_shop  # noqa: E402

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ARTICLES = """référence;ean;nom;prix;tva;nature;consigne;titre_resto
B1;5400000000102;Bière blonde 25 cl;1,20;21;;V1;non
B2;5400000000119;Chips paprika;2,02;6;;;oui
V1;5400000000126;Consigne bouteille 25 cl;0,10;;consigne;;
V2;5400000000133;Consigne fût;4,53;;consigne;;
"""
BEER, CRISPS, BOTTLE, KEG = "5400000000102", "5400000000119", "5400000000126", "5400000000133"


def make_the_shop(street: Street) -> None:
    belgian_shop(
        street,
        "gent",
        articles=ARTICLES,
        name="Drankhandel Gent BV",
        address="Korenmarkt 1",
        postcode="9000",
        city="Gent",
    )


def in_the_office(street: Street) -> str:
    """Papers in Dutch, a code for the owner, the one-time code of the register; the article names its container."""
    page = street.profile("office", LANDSCAPE).pages[0]
    office = Office(page, f"{street.server.url}/d/gent/")
    office.log_in("anna", BELGIAN_PASSWORD)
    page.goto(f"{office.address}articles/?q=blonde")
    page.get_by_role("link", name="Bière blonde 25 cl").first.click()
    expect(page.get_by_label("Consigne", exact=True)).to_have_value("V1")
    page.goto(f"{office.address}articles/?q=chips")
    page.get_by_role("link", name="Chips paprika").first.click()
    expect(page.get_by_label("Payable en titre-restaurant")).to_be_checked()
    page.goto(f"{office.address}reglages/")
    page.get_by_label("Langue des tickets et des Z").select_option("nl")
    page.get_by_role("button", name="Enregistrer").first.click()
    expect(page.locator("body")).to_contain_text("Réglages enregistrés")
    code = office.pin_and_code("Anna Peeters", pin="4826")
    page.close()
    return code


def paper(till: Till) -> str:
    till.touch("Voir")
    text = plain(till.page.get_by_role("dialog").first.inner_text())
    till.press("Escape")
    return text


def plain(text: str) -> str:
    return re.sub(r"[\s\u00a0\u202f]+", " ", text)


def beers(till: Till) -> None:
    """The container follows its article: counted with it, never discounted, gone with it."""
    till.scan(BEER)
    till.has_lines([("Bière blonde 25 cl", 120), ("Consigne bouteille 25 cl", 10)])
    till.press("Delete")
    till.has_lines([])
    for _ in range(6):
        till.scan(BEER)
    till.has_lines([("Bière blonde 25 cl", 720), ("Consigne bouteille 25 cl", 60)])
    till.picture("consigne-vente")
    till.type("10")
    till.press("F6")
    till.figure(708, label="Total")
    till.key_says("Espèces", "7,10")
    till.press("F9")
    till.shows("scellé")
    text = paper(till)
    assert "Vestigingseenheid 2123456789" in text and "BTW BE0403170701" in text, text
    assert re.search(
        r"Bière blonde.*Korting 10 % −0,72.*Leeggoed \(buiten btw\) Consigne bouteille 25 cl 6 × 0,10 0,60", text
    ), text
    assert re.search(r"TOTAAL incl. btw 7,08.*Afronding contant 0,02 Contant te betalen 7,10", text), text
    assert "Totaal afgerond op 5 cent voor het contante deel" in text, text
    assert "buiten btw 0,60 0,00 0,60" in text, text


def containers_come_back(till: Till) -> None:
    for _ in range(8):
        till.scan(BOTTLE)
    till.figure(-80, label="À rendre")
    till.picture("consigne-retour")
    till.press("F9")
    till.shows("scellé")
    text = paper(till)
    assert re.search(r"−8 × 0,10 −0,80.*TERUG TE BETALEN −0,80", text), text
    assert "Afronding" not in text
    till.scan(CRISPS)
    till.scan(BOTTLE)
    till.has_lines([("Chips paprika", 202), ("Consigne bouteille 25 cl", -10)])
    till.key_says("Espèces", "1,90")
    till.press("F9")
    till.shows("scellé")


def rounding_is_the_same_both_ways(till: Till) -> None:
    till.scan(KEG)
    till.figure(-453, label="À rendre")
    till.key_says("Espèces", "4,55")
    till.press("F9")
    till.shows("scellé")
    assert re.search(r"TERUG TE BETALEN −4,53.*Afronding contant −0,02 Contant te betalen −4,55", paper(till)), paper(
        till
    )


def check_the_z(street: Street, till: Till) -> None:
    till.close_day({2000: 5, 100: 3, 50: 1, 10: 1, 5: 1}, {})
    text = plain(till.page.locator(".r-receipt").inner_text())
    for words in ("Z-rapport nr. C1-1-1", "Leeggoed verkocht (6) 0,60", "Leeggoed teruggenomen (10) −5,43", "Afrondingen contant −0,02",
                  "Totaal incl. btw 3,67", "Vestigingseenheid 2123456789"):  # fmt: skip
        assert words in text, (words, text)
    till.sent()
    [sealed] = street.sealed("z", slug="gent")
    report = sealed["report"]
    assert report["deposits"] == {
        "sold": {"quantity_milli": 6_000, "amount_minor": 60}, "returned": {"quantity_milli": -10_000, "amount_minor": -543},
    }  # fmt: skip
    assert (report["gross_minor"], report["rounding_minor"]) == (367, -2)
    assert {row["tender"]: row["difference_minor"] for row in sealed["differences"]} == {"cash": 0}
    rung = Rung()
    rung.ticket({2100: 648}, cash=710)
    rung.ticket({600: 202}, cash=190 - 80 - 455)
    outside = {row["vat_e4"]: row["gross_minor"] for row in report["vat"]}
    assert outside == {2100: 648, 600: 202, None: 60 - 543}
    assert {row["code"]: row["amount_minor"] for row in report["tenders"]} == rung.tenders
    assert street.command("verify", "gent").returncode == 0
    assert street.sealed("event", slug="gent") == [
        one for one in street.sealed("event", slug="gent") if one["code"] != 9120
    ]


@pytest.mark.feature("DEP-01")
@pytest.mark.feature("RND-01")
def test_bottles_go_and_come_back(street: Street) -> None:
    make_the_shop(street)
    code = in_the_office(street)
    till = street.till("profile", slug="gent")
    till.start_day(code, "4826", 100_00)
    beers(till)
    containers_come_back(till)
    rounding_is_the_same_both_ways(till)
    check_the_z(street, till)
    assert till.problems == []
