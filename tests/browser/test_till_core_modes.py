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
