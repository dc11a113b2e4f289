"""Baskets that mix what is sold, given back and discounted, and lines that are not what they look like.

Prices of the small server: article i costs 1,00 € + i cents, 20 % when i is even, 5,5 % when odd.
"""

import pytest

from .test_till_core_corrections import choose, open_ticket, paid, sell, sent, touch
from .test_till_core_crossed import CONTAINER, give_code, typed
from .till_hand import TillHand
from .till_server import TillServer

pytestmark = pytest.mark.browser


@pytest.mark.feature("RET-02", "DEP-01")
def test_an_article_and_bottles_come_back_together(till_server: TillServer, request: pytest.FixtureRequest):
    till_server.tuples.append(CONTAINER)
    till: TillHand = request.getfixturevalue("till")
    sell(till, 50)
    open_ticket(till, "C1-1-1")
    choose(till, "Article n°50")
    till.do({"c": "exchange"})
    till.wait("view.screen === 'sale'")
    till.do({"c": "article", "id": "cons"})
    till.wait("view.due_minor === -175")
    till.pay_cash()
    till.wait("view.last !== null")
    assert till.view()["last"]["change_minor"] == 175
    _, back = sent(till, 2)
    assert (back["operation"], back["priced"]["gross_minor"], paid(back)) == ("refund", -175, [("cash", -175)])
    assert back["origin"]["seq"] == 1
    assert [(line["label"], line.get("origin_line") is None) for line in back["basket"]["lines"]] == [
        ("Article n°50", False),
        ("Consigne bouteille", True),
    ]


@pytest.mark.feature("TILL-16")
def test_a_tender_corrected_into_a_cheque_refers_to_its_ticket(till: TillHand, till_server: TillServer):
    sell(till, 50)
    open_ticket(till, "C1-1-1")
    touch(till, "Corriger le règlement")
    till.wait("view.returning.correcting !== null")
    till.do({"c": "correct_put", "code": "cheque"})
    till.wait("view.returning.correcting.put === 'cheque'")
    till.press("F12")
    till.wait("view.approval !== null")
    give_code(till, "2580")
    till.wait("view.screen === 'sale' && view.returning === null")
    _, correction = sent(till, 2)
    assert paid(correction) == [("card", -150), ("cheque", 150)]
    assert [row["reference"] for row in correction["settled"]["payments"]] == [None, "C1-1-1"]


@pytest.mark.feature("TILL-20")
def test_a_label_with_its_price_is_counted_as_often_as_it_is_sold(
    till_server: TillServer, request: pytest.FixtureRequest
):
    till_server.tuples.append(
        ["tarte", "TARTE", "Tarte", "cremerie", "goods", "pce", 50000, 550, 6, ["2212345000005"], 0, None]
    )
    till_server.bootstrap["patterns"].append(
        {
            "prefix": "22",
            "item_digits": 5,
            "verifier": False,
            "value_digits": 5,
            "decimals": 2,
            "kind": "price",
            "name": "Prix",
        }
    )
    till: TillHand = request.getfixturevalue("till")
    till.scan("2212345003501")
    till.wait("view.lines.length === 1")
    assert till.lines() == [("Tarte", 1000, 350)]
    typed(till, "3")
    till.press("F4")
    till.wait("view.lines[0].quantity_milli === 3000")
    assert till.view()["total_minor"] == 1050
    typed(till, "4")
    till.do({"c": "line_price"})
    till.wait("view.approval !== null")
    give_code(till, "2580")
    till.wait("view.total_minor === 1200")


@pytest.mark.feature("TILL-22")
def test_a_ticket_discount_that_no_longer_fits_is_named(till: TillHand):
    for i in (50, 51):
        till.scan_article(i)
    till.wait("view.due_minor === 301")
    typed(till, "0,40")
    till.press("F7")
    till.wait("view.total_minor === 261")
    till.do({"c": "article", "id": "a0"})
    till.wait("view.lines.length === 3")
    for _ in range(3):
        till.press("Delete")
    till.wait("view.lines.length === 0")
    assert (till.view()["total_minor"], till.view()["basket_discount"]) == (0, None)
    assert till.view()["notice"]["what"] == "La remise du ticket est retirée : elle dépassait ce qui reste."


@pytest.mark.feature("TILL-03")
def test_the_quantity_of_an_unknown_code_is_kept(till: TillHand):
    typed(till, "3")
    till.press("NumpadMultiply")
    till.wait("view.field.multiplier_milli === 3000")
    till.scan("99887766")
    till.wait("view.lines.length === 1")
    typed(till, "2,50")
    till.press("Enter")
    till.wait("view.lines[0].kind === 'article'")
    assert till.lines() == [("Divers épicerie (99887766)", 3000, 750)]


@pytest.mark.feature("TILL-21")
def test_the_discount_offered_in_place_of_one_too_large_is_no_money(till: TillHand):
    till.scan_article(50)
    till.wait("view.due_minor === 150")
    typed(till, "40")
    till.press("NumpadDivide")  # this cashier may go to 15 %, which the field offers
    till.wait("view.approval !== null && view.field.text === '15'")
    till.pay_cash()
    till.wait("view.notice.what === '« 15 » n’est pas encore validé.'")
    assert (till.view()["last"], till.view()["taken"]) == (None, [])
    till.do({"c": "approval_cancel"})
    till.wait("view.field.text === ''")
    till.pay_cash()
    till.wait("view.last !== null")
    assert (till.view()["last"]["received_minor"], till.view()["last"]["change_minor"]) == (150, 0)
