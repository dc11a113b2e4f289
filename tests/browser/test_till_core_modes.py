"""A second person's code, the drawer and its reasons, training, petty expenses, a forgotten day."""

import pytest

from .till_hand import TillHand
from .till_server import TillServer

pytestmark = pytest.mark.browser


def type_code(till: TillHand, pin: str) -> None:
    for digit in pin:
        till.page.keyboard.press(f"Numpad{digit}")
        till.page.wait_for_timeout(70)


def ask_discount(till: TillHand, percent: str) -> None:
    till.page.keyboard.type(percent, delay=90)
    till.press("NumpadDivide")
    till.wait("view.approval !== null")


@pytest.mark.feature("DISC-01")
def test_a_discount_above_the_limit_takes_a_second_code_in_the_line(till: TillHand, till_server: TillServer):
    till.scan_article(0)
    till.wait("view.lines.length === 1")
    ask_discount(till, "40")  # this cashier may go to 15 %, the manager to 50 %
    asked = till.view()["approval"]
    assert (asked["text"], asked["people"]) == ("Remise de 40\u00a0% sur Article n°0", ["Anne Dupont"])
    assert till.view()["total_minor"] == 100
    till.scan_article(1)  # the basket stays in sight and takes the next article
    till.wait("view.lines.length === 2")
    type_code(till, "1470")  # one's own code allows nothing
    till.wait("view.approval.message === 'Code non reconnu. Tapez-le à nouveau.'", 4000)
    assert till.view()["total_minor"] == 201
    type_code(till, "2580")
    till.wait("view.approval === null && view.total_minor === 161")
    till.do({"c": "tender", "code": "cash"})
    till.wait("view.last !== null")
    till.synced()
    (event,) = [body for body in till_server.bodies("event") if body["code"] == 130]
    assert event["label"] == "Remise de 40\u00a0% sur Article n°0"
    assert event["detail"] == {"approved_by": "u2", "approver": "Anne Dupont", "right": "till.discount_line"}
    assert event["operator"]["id"] == "u1"


def test_wrong_codes_are_slowed_down_and_giving_up_changes_nothing(till: TillHand, till_server: TillServer):
    till.scan_article(0)
    till.wait("view.lines.length === 1")
    ask_discount(till, "40")
    for _ in range(3):
        type_code(till, "9999")
        till.wait("view.approval.length === 0 && view.approval.message !== null", 4000)
    assert till.view()["approval"]["message"] == "Code non reconnu. Patientez 1 s."
    till.press("Escape")
    till.wait("view.approval === null")
    assert (till.view()["total_minor"], till.view()["field"]["text"]) == (100, "")
    assert 130 not in [body["code"] for body in till_server.bodies("event")]


def test_the_drawer_asks_why_and_is_counted(till: TillHand, till_server: TillServer):
    till.do({"c": "drawer"})
    till.wait("view.notice !== null")
    assert [action["label"] for action in till.view()["notice"]["actions"]] == [
        "Faire de la monnaie", "Vérifier le fond", "Tiroir mal fermé", "Autre raison",
    ]  # fmt: skip
    till.page.get_by_role("button", name="Faire de la monnaie").click()
    till.wait("view.approval !== null")
    type_code(till, "2580")
    till.wait("view.notice !== null && view.notice.tone === 'ok'")
    till.synced()
    (event,) = [body for body in till_server.bodies("event") if body["code"] == 9010]
    assert event["label"] == "Ouverture du tiroir sans vente : Faire de la monnaie"
    assert (event["detail"]["reason"], event["detail"]["approved_by"]) == ("change", "u2")
    till.do({"c": "x"})
    till.wait("view.screen === 'xreport'")
    assert [row["r"] for row in till.view()["x"]["blocks"] if row.get("l") == "Ouvertures du tiroir"] == ["1"]


def sell_one(till: TillHand, i: int) -> None:
    till.scan_article(i)
    till.wait("view.lines.length === 1")
    till.do({"c": "tender", "code": "cash"})
    till.wait("view.last !== null && view.lines.length === 0")


@pytest.mark.feature("FISC-11")
def test_training_is_another_till_and_the_real_one_comes_back_as_it_was(till: TillHand, till_server: TillServer):
    sell_one(till, 1)
    till.scan_article(2)  # a customer is waiting: his basket must be found again
    till.wait("view.lines.length === 1")
    till.do({"c": "training"})
    till.wait("view.approval !== null")
    type_code(till, "2580")
    till.wait("view.screen === 'lock' && view.status.training", 40000)
    assert till.page.get_by_text("ÉCOLE", exact=True).is_visible()
    till.sign_in("1470")
    till.wait("view.screen === 'opening'")  # its own drawer, its own day
    till.do({"c": "open_session", "later": True})
    till.wait("view.screen === 'sale'")
    assert till.view()["lines"] == []
    sell_one(till, 3)
    sell_one(till, 4)
    assert till.view()["last"]["number"] == "École 5"  # opening, its two events, two sales: one chain
    till.do({"c": "show_last"})
    till.wait("view.receipt !== null")
    words = [block.get("s", block.get("l")) for block in till.view()["receipt"]["blocks"]]
    assert "Ticket d’école 5" in words
    assert words.count("MODE ÉCOLE") == 2
    assert "TC1-1-5" not in words
    till.do({"c": "overlay", "which": "none"})
    till.do({"c": "training"})
    till.wait("view.screen === 'lock' && !view.status.training", 40000)
    till.sign_in("1470")
    till.wait("view.screen === 'sale' && view.lines.length === 1")
    till.synced()
    assert [body["priced"]["gross_minor"] for body in till_server.bodies("ticket")] == [101]
    training = till_server.bodies("training")
    assert [body["seq"] for body in training] == [1, 2, 3, 4, 5]
    assert [body["priced"]["gross_minor"] for body in training if body["format"] == "ticket/1"] == [103, 104]
    assert {body["perpetual_algebraic_minor"] for body in training if "priced" in body} == {0}
    events = [body["code"] for body in till_server.bodies("event")]
    assert (events.count(9150), events.count(9151)) == (1, 1)


def test_the_exercise_is_counted_in_the_z_and_changes_no_total(till: TillHand, till_server: TillServer):
    sell_one(till, 1)
    till.do({"c": "training"})
    till.wait("view.approval !== null")
    type_code(till, "2580")
    till.wait("view.screen === 'lock' && view.status.training", 40000)
    till.sign_in("1470")
    till.wait("view.screen === 'opening'")
    till.do({"c": "open_session", "later": True})
    till.wait("view.screen === 'sale'")
    sell_one(till, 3)
    till.do({"c": "x"})
    till.wait("view.screen === 'xreport'")
    assert [row["r"] for row in till.view()["x"]["blocks"] if row.get("l") == "Total TTC"] == ["1,03\u00a0€"]
    till.do({"c": "training"})
    till.wait("view.screen === 'lock' && !view.status.training", 40000)
    till.sign_in("1470")
    till.wait("view.screen === 'sale'")
    till.do({"c": "x"})
    till.wait("view.screen === 'xreport'")
    rows = {row["l"]: row["r"] for row in till.view()["x"]["blocks"] if row["t"] == "row"}
    assert (rows["Total TTC"], rows["Opérations en mode école"]) == ("1,01\u00a0€", "4")
    till.page.reload()  # and the server, ahead of this till for the exercise's chain, stops nobody
    till.sign_in("1470")
    till.wait("view.screen === 'sale'")
