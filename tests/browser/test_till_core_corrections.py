"""What a shop takes back: refund by scan, partial return, exchange, cancellation, wrong tender, duplicate, credit note. Each is a new
record; what was sealed before keeps its bytes; a refusal writes nothing.

Prices of the small server: article i costs 1,00 € + i cents, 20 % when i is even, 5,5 % when odd.
"""

import json

import pytest

from .till_hand import TillHand
from .till_server import TillServer

pytestmark = pytest.mark.browser


def tickets(server: TillServer) -> list[dict]:
    return server.bodies("ticket")


def sent(till: TillHand, count: int) -> list[dict]:
    """The server's tickets, once there are so many of them."""
    for _ in range(1200):
        if len(tickets(till.server)) >= count:
            break
        till.page.wait_for_timeout(25)
    found = tickets(till.server)
    assert len(found) == count, [(one["operation"], one["seq"]) for one in found]
    return found


def paid(ticket: dict) -> list[tuple[str, int]]:
    return [(row["type"], row["amount_minor"]) for row in ticket["settled"]["payments"]]


def vat(ticket: dict) -> dict:
    return {row["vat_e4"]: (row["vat_minor"], row["gross_minor"]) for row in ticket["priced"]["vat"]}


def sell(till: TillHand, *articles: int, key: str = "F10", times: int = 1) -> None:
    """A sale of these articles, `times` pieces of each, by card unless said otherwise."""
    for i in articles:
        till.page.wait_for_timeout(420)
        if times > 1:
            till.page.keyboard.type(str(times), delay=90)
            till.press("NumpadMultiply")
        till.scan_article(i)
    till.wait(f"view.lines.length === {len(articles)}")
    till.press(key)
    till.wait("view.last !== null && view.lines.length === 0")
    till.synced()


def scan_ticket(till: TillHand, number: str) -> None:
    till.page.wait_for_timeout(450)
    till.scan("T" + number, characters="T" + number)


def open_ticket(till: TillHand, number: str) -> None:
    scan_ticket(till, number)
    till.wait(f"view.screen === 'return' && view.returning?.ticket?.number === {json.dumps(number)}")


def touch(till: TillHand, name: str) -> None:
    till.page.get_by_role("button", name=name).first.click()


def choose(till: TillHand, label: str, reason: str = "A changé d’avis") -> None:
    till.page.get_by_role("checkbox", name=label).first.click()
    touch(till, reason)
    till.wait("view.returning.blocked === null")


@pytest.mark.feature("RET-01", "RET-03", "TILL-17", "TILL-18")
def test_a_scanned_receipt_is_refunded_in_part_to_its_card(till: TillHand, till_server: TillServer):
    sell(till, 50, 51, times=3)  # 3 × 1,50 at 20 % and 3 × 1,51 at 5,5 %
    before = [record["body"] for record in till_server.records.values()]
    open_ticket(till, "C1-1-1")
    assert [(row["label"], row["left_milli"], row["left_minor"]) for row in till.view()["returning"]["lines"]] == [
        ("Article n°50", 3000, 450),
        ("Article n°51", 3000, 453),
    ]
    choose(till, "Article n°50", reason="Défectueux")
    touch(till, "Un de moins")
    till.wait("view.returning.refund_minor === 300")
    assert till.view()["returning"]["disposition"] == "supplier"
    assert till.view()["returning"]["tenders"][0] == {
        "code": "origin", "label": "Carte", "caption": "d’origine", "amount_minor": 300, "key": "F10", "disabled": None,
    }  # fmt: skip
    till.shows("Rembourser : Carte")
    till.press("F12")
    till.wait("view.screen === 'sale' && view.returning === null")
    sale, refund = sent(till, 2)
    assert (refund["operation"], refund["priced"]["gross_minor"], paid(refund)) == ("refund", -300, [("card", -300)])
    assert refund["origin"] == {"id": sale["id"], "chain": "C1-1-ticket", "seq": 1, "at": sale["at"]}
    assert vat(refund) == {2000: (-50, -300)}
    [line] = refund["basket"]["lines"]
    assert (line["quantity_milli"], line["origin_line"], line["disposition"], line["return_reason"]) == (
        -2000, sale["basket"]["lines"][0]["id"], "supplier", "defect",
    )  # fmt: skip
    assert [record["body"] for record in till_server.records.values()][: len(before)] == before
    papers = [job for job in till_server.prints.values() if job["receipt"]]
    text = json.dumps(papers[-1]["receipt"], ensure_ascii=False)
    assert "C1-1-1" in text and "C1-1-2" in text  # the receipt of a refund always prints, and names its ticket
    assert papers[-1]["drawer"] is False
    assert till.problems == []


@pytest.mark.feature("RET-01", "RET-03", "TILL-17", "OFF-01")
def test_never_more_than_sold_even_offline_and_after_a_reload(till: TillHand, till_server: TillServer):
    sell(till, 50, times=2)
    till_server.stop()
    open_ticket(till, "C1-1-1")
    choose(till, "Article n°50")
    touch(till, "Un de moins")
    till.wait("view.returning.refund_minor === 150")
    till.page.wait_for_timeout(300)
    till.page.reload()  # the return begun is found again, as it was
    till.sign_in("1470")
    till.wait("view.screen === 'return' && view.returning.refund_minor === 150")
    till.press("F12")
    till.wait("view.screen === 'sale' && view.returning === null")
    open_ticket(till, "C1-1-1")
    assert [(row["left_milli"], row["left_minor"]) for row in till.view()["returning"]["lines"]] == [(1000, 150)]
    till.do({"c": "return_line", "line": till.view()["returning"]["lines"][0]["id"], "by": 1})
    till.do({"c": "return_line", "line": till.view()["returning"]["lines"][0]["id"], "by": 1})
    till.wait("view.notice !== null")
    assert till.view()["notice"]["what"] == "Il reste moins de « Article n°50 » à rendre sur ce ticket."
    assert till.view()["returning"]["refund_minor"] == 150
    touch(till, "A changé d’avis")
    till.wait("view.returning.blocked === null")
    till.press("F12")
    till.wait("view.screen === 'sale' && view.returning === null")
    open_ticket(till, "C1-1-1")
    till.shows("rien à rendre")
    till.do({"c": "return_all"})
    till.press("F12")
    till.wait("view.notice !== null")
    assert till.view()["notice"]["what"] == "Choisissez ce qui est rendu."
    till_server.start()
    assert [ticket["priced"]["gross_minor"] for ticket in sent(till, 3)] == [300, -150, -150]
    assert till_server.refused == []


def test_what_another_till_took_back_is_not_taken_back_again(till: TillHand, till_server: TillServer, open_profile):
    sell(till, 50)
    other = TillHand(page=open_profile("other").pages[0], server=till_server)
    other.enrol("ESSAI-2")
    other.sign_in("1470")
    other.open_session({1000: 10})
    open_ticket(other, "C1-1-1")  # sold on another till: the server tells it
    choose(other, "Article n°50")
    other.press("F12")
    other.wait("view.screen === 'sale' && view.returning === null")
    sent(till, 2)
    open_ticket(till, "C1-1-1")
    assert [row["left_milli"] for row in till.view()["returning"]["lines"]] == [0]
    till_server.stop()
    scan_ticket(till, "C2-1-1")
    till.wait("view.notice !== null")
    assert (
        till.view()["notice"]["what"]
        == "Le ticket C2-1-1 n’est pas connu de cette caisse, et le serveur ne répond pas."
    )
    till_server.start()
    till.synced()
    assert [ticket["operation"] for ticket in tickets(till_server)] == ["sale", "refund"]


def test_above_the_cashiers_limit_a_manager_allows_it_and_is_named(till: TillHand, till_server: TillServer):
    sell(till, 50, times=20)  # 30,00 €: above 20,00 € for a cashier
    open_ticket(till, "C1-1-1")
    choose(till, "Article n°50")
    till.press("F12")
    till.wait("view.approval !== null")
    assert till.view()["approval"]["text"] == "Rembourser 30,00\u00a0€"
    till.press("Escape")
    till.wait("view.approval === null")
    till.synced()
    assert [ticket["operation"] for ticket in tickets(till_server)] == ["sale"]  # nothing was written
    till.press("F12")
    till.wait("view.approval !== null")
    for digit in "2580":
        till.press(f"Numpad{digit}")
    till.wait("view.screen === 'sale' && view.returning === null")
    refund = sent(till, 2)[1]
    assert (refund["priced"]["gross_minor"], refund["approved_by"]) == (-3000, {"id": "u2", "name": "Anne Dupont"})


@pytest.mark.feature("RET-02")
def test_an_exchange_is_two_linked_records_and_one_payment(till: TillHand, till_server: TillServer):
    sell(till, 10)  # 1,10
    open_ticket(till, "C1-1-1")
    choose(till, "Article n°10")
    till.scan_article(30)  # 1,30: not of this ticket, so it is the new article
    till.wait("view.screen === 'sale' && view.lines.length === 2")
    assert till.lines() == [("Article n°10", -1000, -110), ("Article n°30", 1000, 130)]
    assert (till.view()["total_minor"], till.view()["due_minor"]) == (20, 20)
    till.pay_cash()
    till.wait("view.lines.length === 0 && view.last !== null")
    _, refund, sale = sent(till, 3)
    assert [(one["operation"], one["seq"], one["priced"]["gross_minor"], paid(one)) for one in (refund, sale)] == [
        ("refund", 2, -110, [("exchange", -110)]),
        ("sale", 3, 130, [("exchange", 110), ("cash", 20)]),
    ]
    assert refund["exchange"] == sale["exchange"]
    assert (refund["origin"]["seq"], sale["origin"]) == (1, None)
    assert vat(refund) == {2000: (-18, -110)}
    open_ticket(till, "C1-1-3")  # the article taken in exchange can be exchanged again, here for a cheaper one
    choose(till, "Article n°30")
    till.scan_article(20)
    till.wait("view.screen === 'sale' && view.lines.length === 2")
    assert (till.view()["total_minor"], till.view()["due_minor"]) == (-10, -10)
    till.pay_cash()
    till.wait("view.lines.length === 0 && view.notice !== null")
    assert [paid(one) for one in sent(till, 5)[3:]] == [[("exchange", -120), ("cash", -10)], [("exchange", 120)]]
    assert till_server.refused == []


@pytest.mark.feature("TILL-17")
def test_a_ticket_is_cancelled_once_by_its_opposite_with_a_right(till: TillHand, till_server: TillServer):
    sell(till, 50, 51, key="F9")
    open_ticket(till, "C1-1-1")
    touch(till, "Annuler le ticket")
    till.wait("view.notice !== null")
    till.page.locator(".notice").get_by_role("button", name="Oui, l’annuler").click()
    till.wait("view.approval !== null")  # a cashier has not the right
    assert len(tickets(till_server)) == 1
    for digit in "2580":
        till.press(f"Numpad{digit}")
    till.wait("view.screen === 'sale' && view.returning === null")
    sale, cancel = sent(till, 2)
    assert (cancel["operation"], cancel["priced"]["gross_minor"], paid(cancel)) == ("cancel", -301, [("cash", -301)])
    assert (cancel["origin"]["id"], cancel["approved_by"]["id"]) == (sale["id"], "u2")
    assert cancel["perpetual_algebraic_minor"] == 0 and cancel["perpetual_absolute_minor"] == 602
    assert [job["drawer"] for job in till_server.prints.values() if job["receipt"]] == [True]
    open_ticket(till, "C1-1-1")
    till.do({"c": "cancel_ticket", "sure": True})
    till.wait("view.notice !== null")
    assert till.view()["notice"]["kept"] == "Il est déjà annulé."
    assert [row["left_milli"] for row in till.view()["returning"]["lines"]] == [0, 0]
    assert len(tickets(till_server)) == 2


@pytest.mark.feature("TILL-16")
def test_a_wrong_tender_is_corrected_and_the_expected_cash_follows(till: TillHand, till_server: TillServer):
    sell(till, 50, key="F9")  # in cash, though the customer paid by card
    open_ticket(till, "C1-1-1")
    touch(till, "Corriger le règlement")
    till.wait("view.returning.correcting !== null")
    till.page.locator(".r-work").get_by_role("button", name="Carte").click()
    till.wait("view.returning.correcting.blocked === null")
    till.press("F12")
    till.wait("view.approval !== null")  # a cashier has not the right
    assert len(tickets(till_server)) == 1
    for digit in "2580":
        till.press(f"Numpad{digit}")
    till.wait("view.screen === 'sale' && view.returning === null")
    correction = sent(till, 2)[1]
    assert (correction["operation"], correction["priced"]["gross_minor"]) == ("correction", 0)
    assert (paid(correction), correction["approved_by"]["id"]) == ([("cash", -150), ("card", 150)], "u2")
    till.do({"c": "x"})
    till.wait("view.x !== null")
    assert "101,50" not in json.dumps(till.view()["x"])  # 100,00 of float and nothing more in the drawer
    till.press("Escape")
    open_ticket(till, "C1-1-1")  # what it is now paid with, and what may no longer be done
    assert till.view()["returning"]["ticket"]["payments"] == [{"label": "Carte", "amount_minor": 150}]
    assert till.view()["returning"]["no_cancel"] == "Son règlement a été corrigé : remboursez ses articles."
    choose(till, "Article n°50")
    till.press("F12")
    till.wait("view.screen === 'sale' && view.returning === null")
    assert paid(sent(till, 3)[2]) == [("card", -150)]


@pytest.mark.feature("TILL-15")
def test_a_ticket_found_in_the_list_is_printed_again_as_numbered_duplicates(till: TillHand, till_server: TillServer):
    sell(till, 50)
    sell(till, 51)
    till.press("F8")
    till.wait("view.screen === 'tickets' && view.tickets.rows.length === 2")
    till.page.keyboard.type("1,50", delay=60)
    till.wait("view.tickets.rows.length === 1 && view.tickets.rows[0].number === 'C1-1-1'")
    till.press("Enter")
    till.wait("view.screen === 'return'")
    for number in (1, 2):
        touch(till, "Réimprimer")
        till.wait(f"view.returning.ticket.copies === {number}")
    till.synced()
    copies = till_server.bodies("duplicate")
    assert [(one["number"], one["origin"]["seq"], one["origin"]["type"]) for one in copies] == [
        (1, 1, "ticket"),
        (2, 1, "ticket"),
    ]
    till.page.wait_for_timeout(300)
    texts = [json.dumps(job["receipt"], ensure_ascii=False) for job in till_server.prints.values() if job["receipt"]]
    assert [("DUPLICATA N° 1" in text.upper(), "DUPLICATA N° 2" in text.upper()) for text in texts] == [
        (True, False),
        (False, True),
    ]
    assert len(tickets(till_server)) == 2


@pytest.mark.feature("TILL-19")
def test_a_credit_note_is_issued_and_spent_up_to_its_balance(till: TillHand, till_server: TillServer):
    sell(till, 50, times=2)
    open_ticket(till, "C1-1-1")
    choose(till, "Article n°50")
    touch(till, "à valoir")
    till.wait("view.returning.tender === 'credit_note'")
    till.press("F12")
    till.wait("view.screen === 'sale' && view.returning === null")
    issued = sent(till, 2)[1]
    [payment] = issued["settled"]["payments"]
    assert (payment["type"], payment["amount_minor"], payment["reference"]) == ("credit_note", -300, "AC1-1-2")
    assert issued["credit_valid_until"] > issued["business_date"]
    till.scan_article(20)  # 1,20
    till.wait("view.lines.length === 1")
    till.page.wait_for_timeout(450)
    till.scan("AC1-1-2", characters="AC1-1-2")
    till.wait("view.lines.length === 0 && view.last !== null")
    sent(till, 3)
    till_server.stop()  # issued here: its balance is known without the server
    till.scan_article(21)
    till.scan_article(22)
    till.wait("view.total_minor === 243")
    till.page.wait_for_timeout(450)
    till.scan("AC1-1-2", characters="AC1-1-2")
    till.wait("view.taken.length === 1")
    assert (till.view()["taken"][0]["amount_minor"], till.view()["due_minor"]) == (180, 63)
    till.press("F9")
    till.wait("view.lines.length === 0 && view.last !== null")
    till.scan_article(23)
    till.wait("view.lines.length === 1")
    for code, what in (
        ("AC1-1-2", "Avoir AC1-1-2 : il n’y reste rien."),
        ("AC2-1-9", "Avoir AC2-1-9 : émis ailleurs, et le serveur ne répond pas."),
    ):
        till.page.wait_for_timeout(450)
        till.scan(code, characters=code)
        till.wait(f"view.notice?.what === {json.dumps(what)}")
        assert till.view()["taken"] == []
    till_server.start()
    assert [paid(one) for one in sent(till, 4)[2:]] == [
        [("credit_note", 120)],
        [("credit_note", 180), ("cash", 63)],
    ]


@pytest.mark.feature("TILL-18")
def test_a_return_without_ticket_asks_for_a_right_and_proposes_a_credit_note(till: TillHand, till_server: TillServer):
    till.press("F8")
    till.wait("view.screen === 'tickets'")
    touch(till, "Retour sans ticket")
    till.wait("view.approval !== null")
    assert till.view()["screen"] == "tickets"
    for digit in "2580":
        till.press(f"Numpad{digit}")
    till.wait("view.screen === 'return' && view.returning.ticket === null")
    till.scan_article(50)
    till.wait("view.returning.lines.length === 1")
    touch(till, "A changé d’avis")
    till.wait("view.returning.blocked === null")
    assert (till.view()["returning"]["refund_minor"], till.view()["returning"]["tender"]) == (150, "credit_note")
    till.press("F12")
    till.wait("view.screen === 'sale' && view.returning === null")
    [refund] = sent(till, 1)
    assert (refund["operation"], refund["origin"], refund["priced"]["gross_minor"]) == ("refund", None, -150)
    assert (refund["approved_by"]["id"], refund["basket"]["lines"][0]["origin_line"]) == ("u2", None)
    assert paid(refund) == [("credit_note", -150)]
