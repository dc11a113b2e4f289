"""Amount first or article first: what each key takes, what is refused, what is sealed."""

import json

import pytest

from .till_hand import TillHand
from .till_server import TillServer, article

pytestmark = pytest.mark.browser


def tickets(server: TillServer) -> list[dict]:
    return server.bodies("ticket")


def payments(ticket: dict) -> list[tuple[str, int, int, int]]:
    return [
        (row["type"], row["amount_minor"], row["tendered_minor"], row["change_minor"])
        for row in ticket["settled"]["payments"]
    ]


@pytest.mark.feature("TILL-06")
def test_an_amount_typed_first_is_taken_and_the_card_takes_the_rest(till: TillHand, till_server: TillServer):
    till.scan_article(850)  # not in the catalogue of 60: unknown, and never counted
    till.wait("view.lines.length === 1 && view.lines[0].kind === 'unknown'")
    assert till.view()["total_minor"] == 0
    till.do({"c": "remove_line"})
    till.scan_article(50)
    till.scan_again(50)
    till.wait("view.total_minor === 300")
    till.page.keyboard.type("2", delay=90)
    till.wait("view.field.mode === 'number'")
    assert till.view()["tenders"][0]["amount_minor"] == 200
    till.pay_cash()
    till.wait("view.taken.length === 1")
    assert (till.view()["due_minor"], till.view()["screen"], till.view()["last"]) == (100, "sale", None)
    till.press("F10")
    till.wait("view.last !== null")
    till.synced()
    assert payments(tickets(till_server)[0]) == [("card", 100, 100, 0), ("cash", 200, 200, 0)] or payments(
        tickets(till_server)[0]
    ) == [
        ("cash", 200, 200, 0),
        ("card", 100, 100, 0),
    ]


@pytest.mark.feature("TILL-06")
def test_a_larger_amount_gives_change_and_the_coins_to_give(till: TillHand, till_server: TillServer):
    till.scan_article(50)
    till.wait("view.total_minor === 150 && view.hand_overs.length > 0")
    assert [row["received_minor"] for row in till.view()["hand_overs"]] == [200, 500, 1000, 2000]
    till.page.keyboard.type("20", delay=90)
    till.pay_cash()
    till.wait("view.last !== null")
    last = till.view()["last"]
    assert (last["change_minor"], last["received_minor"], last["total_minor"]) == (1850, 2000, 150)
    assert [(row["value_minor"], row["count"]) for row in last["coins"]] == [
        (1000, 1),
        (500, 1),
        (200, 1),
        (100, 1),
        (50, 1),
    ]


@pytest.mark.feature("TILL-06")
def test_a_meal_voucher_stops_at_its_cap_and_at_what_may_be_paid_with_it(till: TillHand, till_server: TillServer):
    till.scan_article(51)  # 5,5 %, payable in meal vouchers
    till.scan_article(50)  # 20 %, not payable
    till.wait("view.total_minor === 301")
    assert till.view()["tenders"][2]["amount_minor"] == 151
    till.page.keyboard.type("3", delay=90)
    till.do({"c": "tender", "code": "meal"})
    till.wait("view.notice !== null")
    notice = till.view()["notice"]
    assert notice["what"].startswith("Seuls 1,51\u00a0€ sont payables en titre-resto")
    assert till.view()["taken"] == []
    till.do(notice["actions"][0]["command"])
    till.wait("view.taken.length === 1")
    assert till.view()["due_minor"] == 150
    till.pay_cash()
    till.wait("view.last !== null")
    till.synced()
    assert sorted(payments(tickets(till_server)[0])) == [("cash", 150, 150, 0), ("meal", 151, 151, 0)]


def test_quantity_before_and_after_the_scan_percent_and_open_price(till: TillHand, till_server: TillServer):
    till.page.keyboard.type("12", delay=90)
    till.press("NumpadMultiply")
    till.wait("view.field.multiplier_milli === 12000")
    till.scan_article(0)
    till.wait("view.total_minor === 1200")
    assert till.view()["field"]["multiplier_milli"] is None
    till.page.keyboard.type("3", delay=90)
    till.press("F4")
    till.wait("view.total_minor === 300")
    till.page.keyboard.type("10", delay=90)
    till.press("NumpadDivide")
    till.wait("view.total_minor === 270")
    assert till.view()["lines"][0]["discount_minor"] == 30
    till.page.keyboard.type("20", delay=90)
    till.press("NumpadDivide")  # this cashier may go to 15 %
    till.wait("view.notice !== null")
    assert till.view()["notice"]["what"] == "Remise de 20\u00a0% au-dessus de votre limite (15\u00a0%)."
    assert till.view()["total_minor"] == 270
    till.press("Escape")
    till.page.keyboard.type("4,50", delay=90)
    till.do({"c": "article", "id": "divers"})
    till.wait("view.total_minor === 720")
    till.press("Control+z")  # the discount: adding is not undone
    till.wait("view.undo === null")


def test_weighed_article_pack_code_and_weight_label(till: TillHand):
    till.page.keyboard.type("0,440", delay=90)
    till.do({"c": "article", "id": "comte"})
    till.wait("view.lines.length === 1")
    assert till.lines() == [("Comté 18 mois", 440, 1272)]  # 0,440 × 28,90 = 12,716
    till.scan("3760000999988")  # six of them
    till.wait("view.lines.length === 2")
    assert till.lines()[1] == ("Bière blonde", 6000, 900)
    till.scan("2112345002507")  # 0,250 kg on the label
    till.wait("view.lines.length === 3")
    assert till.lines()[2] == ("Comté 18 mois", 250, 723)


@pytest.mark.feature("TILL-05")
def test_scans_during_payment_belong_to_the_next_customer(till: TillHand, till_server: TillServer):
    till.scan_article(1)
    till.wait("view.lines.length === 1")
    till.press("F12")
    till.wait("view.screen === 'payment'")
    till.scan_article(2)
    till.wait("view.baskets.length === 2")
    assert (till.view()["screen"], till.view()["total_minor"]) == ("payment", 101)
    till.do({"c": "hand_over", "received_minor": 500})
    till.wait("view.change_minor === 399")
    till.press("Enter")
    till.wait("view.lines.length === 1 && view.screen === 'sale'")
    assert till.lines() == [("Article n°2", 1000, 102)]
    till.synced()
    assert [ticket["priced"]["gross_minor"] for ticket in tickets(till_server)] == [101]


def burst(till: TillHand, *commands: dict) -> None:
    """Gestures that come faster than the till obeys them: all are in its queue before the first is done."""
    till.page.evaluate("(all) => Promise.all(all.map((one) => window.__comptoir.do(one)))", list(commands))


def scanned(i: int) -> dict:
    return {"c": "scan", "text": article(i)[9][0]}


@pytest.mark.feature("TILL-05")
def test_a_tender_between_two_scans_takes_what_is_due_and_the_next_scan_is_the_next_customer(
    till: TillHand, till_server: TillServer
):
    burst(till, scanned(1), scanned(2), {"c": "tender", "code": "cash"}, scanned(4))
    till.wait("view.lines.length === 1")
    assert till.lines() == [("Article n°4", 1000, 104)]
    assert (till.view()["due_minor"], till.view()["taken"]) == (104, [])
    till.synced()
    assert [payments(ticket) for ticket in tickets(till_server)] == [[("cash", 203, 203, 0)]]


@pytest.mark.feature("TILL-05")
def test_a_scan_behind_the_payment_key_leaves_what_is_due_on_the_screen(till: TillHand):
    till.scan_article(0)
    till.wait("view.due_minor === 100")
    burst(till, scanned(1), {"c": "pay"}, scanned(4))
    till.wait("view.baskets.length === 2")
    view = till.view()
    assert (view["screen"], view["total_minor"], view["due_minor"]) == ("payment", 201, 201)
    burst(till, {"c": "take_amount", "code": "cash", "amount_minor": 200}, scanned(6))
    till.wait("view.baskets.some((one) => one.lines === 2)")
    view = till.view()
    assert ([row["amount_minor"] for row in view["taken"]], view["due_minor"]) == ([200], 1)
    assert view["pay_blocked"] == "Il manque 0,01\u00a0€."


def test_a_code_read_in_part_after_a_scan_leaves_what_is_due_on_the_screen(till: TillHand):
    burst(till, scanned(1), {"c": "scan", "text": "3760000000012"})
    till.wait("view.notice !== null")
    assert (till.view()["total_minor"], till.view()["due_minor"]) == (101, 101)


def test_what_is_sealed_is_counted_as_waiting_from_that_moment(till: TillHand, till_server: TillServer):
    till.synced()
    till_server.stop()
    till.scan_article(1)
    till.wait("view.total_minor === 101")
    waiting = till.page.evaluate(
        """(() => {
            const before = window.__comptoir.view.status.waiting; // the cut may have been noted already
            return window.__comptoir.do({c: 'tender', code: 'cash'})
                .then(() => JSON.stringify({...window.__comptoir.view.status, before}));
        })()"""
    )
    status = json.loads(waiting)
    assert status["waiting"] == status["before"] + 1
    assert (status["unsynced"], status["oldest_unsynced"]) == (1, till.view()["last"]["at"])


def test_search_without_accents_with_a_slip_of_the_finger_and_customer_by_phone(till: TillHand):
    till.page.keyboard.type("creme", delay=60)
    till.wait("view.field.found.length > 0")
    assert till.view()["field"]["found"][0]["title"] == "Article n°3 crème brûlée"
    till.press("Enter")
    till.wait("view.lines.length === 1 && view.field.text === ''")
    till.page.keyboard.type("brulze", delay=60)
    till.wait("view.field.found.length > 0")
    assert "brûlée" in till.view()["field"]["found"][0]["title"]
    till.press("Escape")
    till.page.keyboard.type("5678", delay=60)
    till.press("Enter")
    till.wait("view.customer !== null")
    assert till.view()["customer"]["name"] == "Élodie Petit"


def test_nothing_can_be_taken_for_an_empty_basket(till: TillHand, till_server: TillServer):
    till.pay_cash()
    till.press("F10")
    till.press("F12")
    till.wait("view.notice !== null")
    assert (till.view()["screen"], till.view()["notice"]["what"]) == ("sale", "Le ticket est vide.")
    assert tickets(till_server) == []
