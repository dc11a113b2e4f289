"""The thin way: enrol, sign in, open, scan, take cash, sealed, synchronised."""

import pytest

from .till_hand import TillHand
from .till_server import TillServer

pytestmark = pytest.mark.browser


@pytest.mark.feature("TILL-02")
def test_three_scans_and_one_key_sell_and_seal(till: TillHand, till_server: TillServer):
    till.scan_article(1)
    till.scan_article(2)
    till.scan_again(2)
    till.wait("view.articles === 3")
    assert till.lines() == [("Article n°1", 1000, 101), ("Article n°2", 2000, 204)]
    assert till.view()["total_minor"] == 305
    till.pay_cash()
    till.wait("view.last !== null")
    last = till.view()["last"]
    assert (last["number"], last["total_minor"], last["change_minor"], last["received_minor"]) == (
        "C1-1-1",
        305,
        0,
        305,
    )
    assert till.lines() == []
    till.synced()
    assert till_server.refused == []
    [ticket] = till_server.bodies("ticket")
    assert ticket["priced"]["gross_minor"] == 305
    assert [row["gross_minor"] for row in ticket["priced"]["vat"]] == [204, 101]
    assert ticket["perpetual_algebraic_minor"] == 305
    assert [body["kind"] for body in till_server.bodies("cash")] == ["opening"]
    assert till_server.bodies("cash")[0]["amount_minor"] == 10000
    till.scan_article(5)
    till.wait("view.lines.length === 1 && view.last === null")
    assert till.problems == []


@pytest.mark.feature("UX-01")
@pytest.mark.parametrize(
    "typed",
    ["creme brulee", "CRÈME BRÛLÉE", "brulee creme", "cremme", "creme brulze", "creme burlee", "brule"],
    ids=[
        "no accents",
        "capitals",
        "other order",
        "a letter too many",
        "a wrong letter",
        "two swapped",
        "the beginning",
    ],
)
def test_search_forgives_accents_order_and_one_slip(till: TillHand, typed: str):
    till.page.keyboard.type(typed, delay=60)
    till.wait("view.field.mode === 'search' && view.field.found.length > 0")
    assert all("crème brûlée" in row["title"] for row in till.view()["field"]["found"])
    till.press("Enter")
    till.wait("view.lines.length === 1")
    assert "crème brûlée" in till.lines()[0][0] and till.view()["field"]["text"] == ""


@pytest.mark.feature("UX-01")
def test_search_finds_a_code_and_says_when_there_is_nothing(till: TillHand):
    till.page.keyboard.type("r4", delay=60)
    till.wait("view.field.found.length > 0")
    assert "R4" in till.view()["field"]["found"][0]["detail"]
    till.press("Escape")
    till.page.keyboard.type("zzzzqq", delay=60)
    till.wait("view.field.text === 'zzzzqq'")
    assert till.view()["field"]["found"] == []
    till.press("Enter")
    till.wait("view.notice !== null")
    assert till.view()["notice"]["what"] == "Rien ne correspond à « zzzzqq »."
    assert (till.lines(), till.view()["field"]["text"]) == ([], "zzzzqq")
