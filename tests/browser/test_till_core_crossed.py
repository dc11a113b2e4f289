"""Gestures that cross on a busy day: a code, a question, an undo or a tender must not outlive the basket it was about.

Prices of the small server: article i costs 1,00 € + i cents, 20 % when i is even, 5,5 % when odd.
"""

import pytest

from .test_till_core_corrections import choose, open_ticket, sell, sent
from .till_hand import TillHand
from .till_server import TillServer

pytestmark = pytest.mark.browser
CONTAINER = ["cons", "CONS", "Consigne bouteille", "epicerie", "deposit", "pce", 2500, None, 0, [], 0, None]


def typed(till: TillHand, text: str) -> None:
    till.page.keyboard.type(text, delay=90)
    till.wait(f"view.field.text === '{text}'")


def give_code(till: TillHand, pin: str) -> None:
    for digit in pin:
        till.page.keyboard.press(f"Numpad{digit}")
        till.page.wait_for_timeout(70)


def another_customer(till: TillHand) -> str:
    """A second basket in hand; the id of the first."""
    first = next(row["id"] for row in till.view()["baskets"] if row["current"])
    till.do({"c": "new_basket"})
    till.wait("view.lines.length === 0")
    return first


@pytest.mark.feature("TILL-21")
def test_a_discount_asked_for_one_customer_never_falls_on_the_next(till: TillHand, till_server: TillServer):
    till.scan_article(50)
    till.wait("view.due_minor === 150")
    typed(till, "0,60")
    till.press("F7")  # 40 %: this cashier may give 15 %
    till.wait("view.approval !== null")
    till.press("F9")  # the customer pays the full price after all
    till.wait("view.last !== null")
    till.scan_article(51)
    till.wait("view.due_minor === 151")
    assert till.view()["approval"] is None
    give_code(till, "2580")
    till.press("Escape")
    assert (till.view()["total_minor"], till.view()["basket_discount"]) == (151, None)


@pytest.mark.feature("TILL-21")
def test_the_wanted_total_is_a_discount_on_what_was_there(till: TillHand, till_server: TillServer):
    """`= 1,40` on 1,50 takes ten cents off: what is scanned afterwards is paid for, and asking twice stays within the limit."""
    till.scan_article(50)
    till.wait("view.due_minor === 150")
    typed(till, "=1,40")
    till.press("F7")
    till.wait("view.due_minor === 140")
    till.scan_article(51)
    till.wait("view.lines.length === 2")
    assert till.view()["total_minor"] == 291
    typed(till, "=2,60")
    till.press("F7")
    till.wait("view.due_minor === 260")
    typed(till, "=2,30")  # 0,71 off 3,01 is above 15 %, though 0,30 off 2,60 is not
    till.press("F7")
    till.wait("view.approval !== null")
    assert till.view()["approval"]["text"] == "Remise de 0,71\u00a0€ sur un ticket de 3,01\u00a0€"
    till.press("Escape")
    till.wait("view.approval === null")
    typed(till, "=9")
    till.press("F7")
    till.wait("view.notice !== null")
    assert till.view()["notice"]["what"] == "Le total demandé, 9,00\u00a0€, dépasse celui du ticket (3,01\u00a0€)."
    till.press("Escape")
    till.press("F9")
    till.wait("view.last !== null")
    [ticket] = sent(till, 1)
    assert ticket["basket"]["discounts"] == [{"kind": "amount", "value_minor": 41, "reason": None}]


@pytest.mark.feature("TILL-19", "DEP-01")
def test_bottles_given_back_for_a_credit_note_name_it_after_their_ticket(
    till_server: TillServer, request: pytest.FixtureRequest
):
    till_server.tuples.append(CONTAINER)
    till: TillHand = request.getfixturevalue("till")
    till.do({"c": "article", "id": "cons"})
    till.wait("view.due_minor === -25")
    till.do({"c": "tender", "code": "credit_note"})
    till.wait("view.last !== null")
    [ticket] = sent(till, 1)
    [payment] = ticket["settled"]["payments"]
    assert (payment["type"], payment["amount_minor"], payment["reference"]) == ("credit_note", -25, "AC1-1-1")
    assert ticket["credit_valid_until"] is not None


@pytest.mark.feature("TILL-06")
def test_a_tender_that_no_longer_fits_is_named_before_anything_else_is_taken(till: TillHand, till_server: TillServer):
    till.scan_article(50)
    till.scan_article(52)
    till.wait("view.due_minor === 302")
    typed(till, "2")
    till.press("F10")
    till.wait("view.taken.length === 1")
    till.press("Delete")  # 1,52 € leaves: two euros by card are too much for what stays
    till.wait("view.lines.length === 1")
    till.pay_cash()
    till.wait("view.notice !== null")
    notice = till.view()["notice"]
    assert notice["what"] == "Carte 2,00\u00a0€ ne convient plus à ce ticket."
    assert [row["label"] for row in notice["actions"]] == ["Retirer ce règlement"]
    assert [row["label"] for row in till.view()["taken"]] == ["Carte"]
    assert till.view()["pay_blocked"] == "Carte 2,00\u00a0€ ne convient plus à ce ticket."
    till.do(notice["actions"][0]["command"])
    till.wait("view.taken.length === 0 && view.due_minor === 150")
    till.pay_cash()
    till.wait("view.last !== null")
    [ticket] = sent(till, 1)
    assert [(row["type"], row["amount_minor"]) for row in ticket["settled"]["payments"]] == [("cash", 150)]


@pytest.mark.feature("TILL-10", "TILL-06")
def test_a_cheque_asked_for_one_customer_is_not_taken_from_another(till: TillHand):
    till.scan_article(50)
    till.wait("view.due_minor === 150")
    first = another_customer(till)
    till.scan_article(52)
    till.wait("view.due_minor === 152")
    till.do({"c": "tender", "code": "cheque"})
    till.wait("view.field.asked !== null")
    till.do({"c": "basket", "id": first})
    till.wait("view.total_minor === 150")
    assert till.view()["field"]["asked"] is None
    typed(till, "1234567")
    till.press("Enter")
    till.wait("view.lines.length === 2")  # a code like any other, unknown here
    assert (till.view()["taken"], till.view()["total_minor"]) == ([], 150)


@pytest.mark.feature("TILL-23")
def test_a_question_is_not_left_to_the_next_cashier(till: TillHand):
    till.scan("99887766")
    till.wait("view.lines.length === 1 && view.lines[0].kind === 'unknown'")
    till.do({"c": "attach_code", "line": till.view()["lines"][0]["id"]})
    till.wait("view.approval !== null")
    give_code(till, "2580")
    till.wait("view.field.asked === 'Quel article ?'")
    till.do({"c": "lock"})
    till.sign_in("1470")
    till.wait("view.screen === 'sale'")
    assert till.view()["field"]["asked"] is None


@pytest.mark.feature("TILL-06")
def test_the_answer_to_a_question_is_no_amount(till: TillHand, till_server: TillServer):
    till.scan_article(50)
    till.wait("view.due_minor === 150")
    till.press("F4")
    till.wait("view.field.asked !== null")
    typed(till, "1")
    till.pay_cash()
    till.wait("view.notice !== null")
    assert till.view()["notice"]["what"] == "« 1 » n’est pas encore validé."
    assert (till.view()["taken"], till.view()["field"]["text"]) == ([], "1")
    till.press("Enter")
    till.wait("view.field.text === ''")
    till.pay_cash()
    till.wait("view.last !== null")
    assert till.view()["last"]["received_minor"] == 150


@pytest.mark.feature("TILL-07")
def test_the_question_of_much_change_is_seen_on_the_payment_screen(till: TillHand):
    till.scan_article(50)
    till.wait("view.due_minor === 150")
    till.press("F12")
    till.wait("view.screen === 'payment'")
    typed(till, "54490")
    till.press("Enter")
    till.wait("view.notice !== null")
    assert till.view()["notice"]["what"] == "54\u202f490,00\u00a0€ reçus pour 1,50\u00a0€ ?"
    assert till.view()["taken"] == []


@pytest.mark.feature("TILL-05")
def test_an_undo_brings_back_no_tender_and_leaves_the_payment_screen_alone(till: TillHand):
    for i in (50, 52):
        till.scan_article(i)
    till.wait("view.due_minor === 302")
    typed(till, "1")
    till.pay_cash()
    till.wait("view.taken.length === 1")
    till.press("Delete")
    till.wait("view.lines.length === 1 && view.undo !== null")
    till.do({"c": "untake", "id": till.view()["taken"][0]["id"]})  # the customer takes the euro back
    till.wait("view.taken.length === 0")
    till.press("Control+z")
    till.wait("view.undo === null")
    assert (till.view()["taken"], till.view()["due_minor"]) == ([], 150)
    till.scan_again(52)
    till.wait("view.due_minor === 302")
    till.press("Delete")
    till.wait("view.lines.length === 1 && view.undo !== null")
    till.press("F12")
    till.wait("view.screen === 'payment'")
    till.press("Control+z")
    till.wait("view.notice !== null")
    assert (till.view()["notice"]["what"], till.view()["total_minor"]) == (
        "Cette vente est en cours de règlement.",
        150,
    )
    till.press("Escape")
    till.wait("view.screen === 'sale'")
    till.press("Control+z")
    till.wait("view.lines.length === 2")
    assert till.view()["due_minor"] == 302


@pytest.mark.feature("TILL-05")
def test_no_line_changes_under_a_payment(till: TillHand):
    for i in (50, 52):
        till.scan_article(i)
    till.wait("view.due_minor === 302")
    till.press("F12")
    till.wait("view.screen === 'payment'")
    for key in ("Delete", "NumpadSubtract", "NumpadAdd", "F4", "F6", "F7"):
        till.press(key)
        till.wait("view.notice !== null")
        assert till.view()["notice"]["what"] == "Cette vente est en cours de règlement.", key
        till.do({"c": "dismiss"})
        till.wait("view.notice === null")
    assert (till.view()["screen"], len(till.view()["baskets"]), till.view()["total_minor"]) == ("payment", 1, 302)
    assert till.view()["field"]["asked"] is None


@pytest.mark.feature("TILL-10")
def test_the_next_customer_never_lands_on_a_ticket_set_aside(till: TillHand):
    sell(till, 50)
    open_ticket(till, "C1-1-1")
    till.press("F5")  # the customer looks for the article: the ticket waits, nothing chosen yet
    till.wait("view.screen === 'sale' && view.returning === null")
    till.scan_article(52)
    till.wait("view.due_minor === 152")
    till.pay_cash()
    till.wait("view.last !== null && view.lines.length === 0")
    assert (till.view()["screen"], till.view()["returning"]) == ("sale", None)


@pytest.mark.feature("TILL-11")
def test_a_basket_emptied_by_hand_does_not_hide_the_one_that_waits(till: TillHand):
    till.scan_article(50)
    till.wait("view.lines.length === 1")
    till.press("F5")
    till.wait("view.lines.length === 0")
    till.scan_article(52)
    till.wait("view.lines.length === 1")
    till.press("Delete")
    till.wait("view.lines.length === 0")
    till.press("F5")  # nothing in hand: the one that waits comes back
    till.wait("view.lines.length === 1")
    assert till.lines() == [("Article n°50", 1000, 150)]
    till.do({"c": "new_basket"})
    till.wait("view.lines.length === 0")
    assert sorted(row["lines"] for row in till.view()["baskets"]) == [0, 1]


@pytest.mark.feature("RET-02")
def test_a_quantity_before_a_scan_survives_the_ticket_it_is_not_on(till: TillHand):
    sell(till, 50)
    open_ticket(till, "C1-1-1")
    choose(till, "Article n°50")
    till.do({"c": "exchange"})
    till.wait("view.screen === 'sale'")
    till.page.keyboard.type("3", delay=90)
    till.press("NumpadMultiply")
    till.wait("view.field.multiplier_milli === 3000")
    till.press("F8")
    till.wait("view.screen === 'return'")
    till.scan_article(52)
    till.wait("view.screen === 'sale' && view.lines.length === 2")
    assert till.lines()[-1] == ("Article n°52", 3000, 456)
