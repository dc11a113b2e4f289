"""Corrections where they are least expected: after the Z, across a crash, without a difference, out of date, changed under a code,
rounded to five cents. Prices: article i costs 1,00 € + i cents, 20 % when i is even, 5,5 % when odd.
"""

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from .test_till_core_corrections import choose, open_ticket, paid, scan_ticket, sell, sent, tickets, touch
from .till_hand import TillHand
from .till_server import TillServer

pytestmark = pytest.mark.browser


def give_code(till: TillHand, pin: str = "2580") -> None:
    till.wait("view.approval !== null")
    for digit in pin:
        till.press(f"Numpad{digit}")


def close_day(till: TillHand, pieces: dict[int, int], **tenders: str) -> None:
    """The ritual, with a count that is right."""
    till.do({"c": "close"})
    till.wait("view.screen === 'closing'")
    for tender, text in tenders.items():
        till.do({"c": "tender_count", "tender": tender, "amount": text})
    till.do({"c": "closing_step", "step": "cash"})
    till.wait("view.closing.steps[3].state === 'current'")
    for i, row in enumerate(till.view()["closing"]["count"]["rows"]):
        till.do({"c": "count", "row": i, "set": pieces.get(row["value_minor"], 0)})
    till.do({"c": "closing_step", "step": "seal"})
    till.wait("view.closing.steps[5].state === 'current'")
    till.do({"c": "seal"})
    till.wait("view.screen === 'closed'", 40000)


@pytest.mark.feature("CASH-02")
def test_a_day_of_refunds_is_counted_below_zero(till: TillHand, till_server: TillServer):
    """The card terminal's strip of such a day says −1,50: it is typed as it is read, and nothing is left to explain."""
    sell(till, 50, key="F10")
    close_day(till, {1000: 10}, card="1,50")
    till.do({"c": "go", "screen": "opening"})
    till.wait("view.screen === 'opening'")
    till.press("F9")
    till.wait("view.screen === 'sale'")
    open_ticket(till, "C1-1-1")
    till.do({"c": "cancel_ticket", "sure": True})
    give_code(till)
    till.wait("view.screen === 'sale' && view.returning === null")
    close_day(till, {1000: 10}, card="-1,50")
    till.synced()
    assert [
        (row["tender"], row["expected_minor"], row["difference_minor"])
        for row in till_server.bodies("z")[1]["differences"]
    ] == [
        ("cash", 10000, 0),
        ("card", -150, 0),
    ]
    assert till_server.refused == []


@pytest.mark.feature("TILL-16", "TILL-17", "FISC-07")
def test_after_the_z_a_cancellation_and_a_correction_enter_the_next_one(till: TillHand, till_server: TillServer):
    sell(till, 50, key="F9")  # 1,50
    sell(till, 51, key="F9")  # 1,51, paid by card in truth
    close_day(till, {1000: 10, 200: 1, 100: 1, 1: 1})
    till.do({"c": "go", "screen": "opening"})
    till.wait("view.screen === 'opening'")
    till.press("F9")  # the float as it was left
    till.wait("view.screen === 'sale'")
    open_ticket(till, "C1-1-1")
    till.do({"c": "cancel_ticket", "sure": True})
    give_code(till)
    till.wait("view.screen === 'sale' && view.returning === null")
    open_ticket(till, "C1-1-2")
    touch(till, "Corriger le règlement")
    till.wait("view.returning.correcting !== null")
    till.page.locator(".r-work").get_by_role("button", name="Carte").click()
    till.wait("view.returning.correcting.blocked === null")
    till.press("F12")
    give_code(till)
    till.wait("view.screen === 'sale' && view.returning === null")
    close_day(till, {1000: 9, 500: 1, 100: 1, 50: 1, 20: 2, 5: 1, 2: 2}, card="1,51")
    till.synced()
    first, second, cancel, correction = tickets(till_server)
    assert first["session"] == second["session"] != cancel["session"] == correction["session"]
    before, after = till_server.bodies("z")
    assert [(z["first_seq"], z["last_seq"], z["total_minor"]) for z in (before, after)] == [(1, 2, 301), (3, 4, -150)]
    report = after["report"]
    assert [(report[kind]["count"], report[kind]["amount_minor"]) for kind in ("sale", "cancel", "correction")] == [
        (0, 0),
        (1, -150),
        (1, 0),
    ]
    # Drawer: 100,00 − 1,50 cancelled − 1,51 that was a card.
    assert [(row["tender"], row["expected_minor"], row["difference_minor"]) for row in after["differences"]] == [
        ("cash", 9699, 0),
        ("card", 151, 0),
    ]
    assert (after["perpetual_algebraic_minor"], after["perpetual_absolute_minor"]) == (151, 451)
    assert till_server.refused == []


@pytest.mark.feature("RET-02", "OFF-01")
def test_a_page_killed_in_an_exchange_seals_both_records_or_none(till: TillHand, till_server: TillServer):
    sell(till, 10)
    open_ticket(till, "C1-1-1")
    choose(till, "Article n°10")
    till.scan_article(30)
    till.wait("view.screen === 'sale' && view.lines.length === 2 && view.due_minor === 20")
    till.page.wait_for_timeout(300)
    till.page.evaluate("""() => {
        const sign = crypto.subtle.sign.bind(crypto.subtle);
        let left = 1;  // the refund is signed, the sale never is
        crypto.subtle.sign = (...all) => (all[0].name === 'ECDSA' && left-- <= 0 ? new Promise(() => {}) : sign(...all));
    }""")
    till.page.evaluate("void window.__comptoir.do({c: 'tender', code: 'cash'})")
    till.page.wait_for_timeout(1200)
    till.page.reload()
    till.sign_in("1470")
    till.wait("view.screen === 'sale' && view.lines.length === 2 && view.due_minor === 20")
    assert till.lines() == [("Article n°10", -1000, -110), ("Article n°30", 1000, 130)]
    till.synced()
    assert [one["operation"] for one in tickets(till_server)] == ["sale"]  # neither of the two was written
    till.pay_cash()
    till.wait("view.lines.length === 0 && view.last !== null")
    _, refund, sale = sent(till, 3)
    assert (refund["seq"], sale["seq"], refund["exchange"]) == (2, 3, sale["exchange"])
    assert [paid(refund), paid(sale)] == [[("exchange", -110)], [("exchange", 110), ("cash", 20)]]
    assert till_server.refused == []


@pytest.mark.feature("RET-02")
def test_an_even_exchange_takes_and_gives_nothing(till: TillHand, till_server: TillServer):
    sell(till, 10)
    open_ticket(till, "C1-1-1")
    choose(till, "Article n°10")
    till.page.wait_for_timeout(450)
    till.scan_article(10)  # another of the same: the first one is already given back
    till.wait("view.screen === 'sale' && view.lines.length === 2")
    assert (till.view()["total_minor"], till.view()["due_minor"]) == (0, 0)
    till.shows("Échange sans différence")
    till.press("F12")
    till.wait("view.lines.length === 0 && view.notice !== null")
    assert till.view()["notice"]["what"] == "Échange sans différence."
    _, refund, sale = sent(till, 3)
    assert [paid(refund), paid(sale)] == [[("exchange", -110)], [("exchange", 110)]]
    assert (refund["exchange"], refund["origin"]["seq"]) == (sale["exchange"], 1)
    assert (vat_of(refund), vat_of(sale)) == ({2000: -18}, {2000: 18})
    assert sale["perpetual_algebraic_minor"] == 110


def vat_of(ticket: dict) -> dict[int, int]:
    return {row["vat_e4"]: row["vat_minor"] for row in ticket["priced"]["vat"]}


@pytest.mark.feature("TILL-19")
def test_a_credit_note_out_of_date_is_refused_with_and_without_the_server(till: TillHand, till_server: TillServer):
    till_server.bootstrap["credit_note"] = {"valid_days": 0}
    till.page.reload()
    till.sign_in("1470")
    till.wait("view.screen === 'sale'")
    till.page.wait_for_timeout(1500)  # the new setting has come
    sell(till, 50)
    open_ticket(till, "C1-1-1")
    choose(till, "Article n°50")
    touch(till, "à valoir")
    till.wait("view.returning.tender === 'credit_note'")
    till.press("F12")
    till.wait("view.screen === 'sale' && view.returning === null")
    issued = sent(till, 2)[1]
    assert issued["credit_valid_until"] == issued["business_date"]
    now = datetime.now(ZoneInfo("Europe/Paris"))
    till.page.clock.set_system_time((now + timedelta(days=1)).replace(hour=10, minute=0))
    till.page.reload()
    till.sign_in("1470")
    till.wait("view.screen === 'opening' && view.opening.forgotten !== null")
    touch(till, "Continuer cette journée")
    till.wait("view.screen === 'sale'")
    till.scan_article(51)
    till.wait("view.total_minor === 151")
    day = "/".join(reversed(issued["business_date"].split("-")))
    for server_is_there in (True, False):
        till.do({"c": "dismiss"})
        if not server_is_there:
            till_server.stop()
        till.page.wait_for_timeout(450)
        till.scan("AC1-1-2", characters="AC1-1-2")
        till.wait(f"view.notice?.what === {json.dumps(f'Avoir AC1-1-2 : valable jusqu’au {day}.')}")
        assert till.view()["notice"]["kept"] == "Rien n’est pris. Appelez un responsable."
        assert (till.view()["taken"], till.view()["due_minor"]) == ([], 151)
    till_server.start()
    assert len(tickets(till_server)) == 2


@pytest.mark.feature("TILL-17")
def test_a_return_changed_while_a_code_is_asked_is_not_sealed_by_that_code(till: TillHand, till_server: TillServer):
    sell(till, 50, times=20)  # 30,00 €: above 20,00 € for a cashier
    open_ticket(till, "C1-1-1")
    choose(till, "Article n°50")
    till.press("F12")
    till.wait("view.approval?.text === 'Rembourser 30,00\\u00a0€'")
    touch(till, "Un de moins")
    till.wait("view.returning.refund_minor === 2850")
    give_code(till)
    till.wait("view.notice !== null")
    assert till.view()["notice"]["what"] == "Le retour a changé pendant l’autorisation."
    till.synced()
    assert [one["operation"] for one in tickets(till_server)] == ["sale"]
    till.press("F12")  # checked again, and within what that person may allow
    till.wait("view.screen === 'sale' && view.returning === null")
    refund = sent(till, 2)[1]
    assert (refund["priced"]["gross_minor"], refund["approved_by"]["id"]) == (-2850, "u2")


@pytest.fixture
def belgian_till(till_server: TillServer, request) -> TillHand:
    till_server.bootstrap |= {"country": "BE", "cash_rounding": "be5"}
    return request.getfixturevalue("till")


@pytest.mark.feature("RND-01")
def test_a_belgian_refund_rounds_its_cash_and_nothing_else(belgian_till: TillHand, till_server: TillServer):
    till = belgian_till
    sell(till, 2, key="F9")  # 1,02: 1,00 in cash
    sell(till, 3, key="F10")  # 1,03 by card
    open_ticket(till, "C1-1-1")
    choose(till, "Article n°2")
    assert till.view()["returning"]["tenders"][0]["caption"] == "1,00 après arrondi"
    till.press("F12")
    till.wait("view.screen === 'sale' && view.returning === null && view.notice !== null")
    assert till.view()["notice"]["what"] == "1,00\u00a0€ remboursés (espèces)."
    open_ticket(till, "C1-1-2")
    choose(till, "Article n°3")
    touch(till, "après arrondi")  # 1,05 out of the drawer in place of the card
    till.wait("view.returning.tender === 'cash'")
    till.press("F12")
    till.wait("view.screen === 'sale' && view.returning === null")
    found = sent(till, 4)
    assert [(one["priced"]["gross_minor"], paid(one), one["settled"]["rounding_minor"]) for one in found] == [
        (102, [("cash", 100)], -2),
        (103, [("card", 103)], 0),
        (-102, [("cash", -100)], 2),
        (-103, [("cash", -105)], -2),
    ]
    scan_ticket(till, "C1-1-2")
    till.wait("view.screen === 'return'")
    assert [row["left_milli"] for row in till.view()["returning"]["lines"]] == [0]


def found(till: TillHand, *numbers: str) -> None:
    till.wait(f"view.tickets.rows.map((row) => row.number).join() === {json.dumps(','.join(numbers))}")


@pytest.mark.feature("RET-01", "TILL-15", "OFF-01")
def test_a_lost_receipt_is_found_by_its_article_without_the_server(till: TillHand, till_server: TillServer):
    sell(till, 50)
    sell(till, 51, 23)
    sell(till, 50, times=2)
    till_server.stop()
    till.press("F8")
    till.wait("view.screen === 'tickets'")
    found(till, "C1-1-3", "C1-1-2", "C1-1-1")
    till.page.keyboard.type("creme n°23", delay=40)  # « Article n°23 crème brûlée », on a ticket of two lines
    found(till, "C1-1-2")
    till.do({"c": "tickets_text", "text": "article n°50 3,00"})
    found(till, "C1-1-3")
    till.do({"c": "tickets_text", "text": "article n°50 hier"})
    found(till)
    till.scan_article(50)  # the customer has the article: the till looks for it, and sells nothing
    found(till, "C1-1-3", "C1-1-1")
    assert (till.view()["tickets"]["text"], till.view()["total_minor"]) == ("Article n°50", 0)
    till.press("ArrowDown")
    till.press("Enter")
    till.wait("view.screen === 'return' && view.returning.ticket.number === 'C1-1-1'")


@pytest.mark.feature("RET-01")
def test_a_receipt_lost_on_another_till_is_found_by_the_server(till: TillHand, till_server: TillServer, open_profile):
    sell(till, 50)
    sell(till, 23)
    other = TillHand(page=open_profile("other").pages[0], server=till_server)
    other.enrol("ESSAI-2")
    other.sign_in("1470")
    other.open_session({1000: 10})
    other.press("F8")
    other.wait("view.screen === 'tickets'")
    other.page.keyboard.type("brulee 1,23", delay=40)
    found(other, "C1-1-2")
    other.press("Enter")
    other.wait("view.screen === 'return' && view.returning.ticket.number === 'C1-1-2'")


@pytest.mark.feature("RET-01", "TILL-17")
def test_after_the_time_limit_of_returns_a_second_code_is_asked(till: TillHand, till_server: TillServer):
    sell(till, 50)
    till_server.bootstrap["returns"] = {"max_days": 30}
    now = datetime.now(ZoneInfo("Europe/Paris"))
    for days in (30, 31):
        till.page.clock.set_system_time((now + timedelta(days=days)).replace(hour=10, minute=0))
        till.page.reload()
        till.sign_in("1470")
        till.wait("view.screen === 'opening' && view.opening.forgotten !== null")
        touch(till, "Continuer cette journée")
        till.wait("view.screen === 'sale'")
        till.page.wait_for_timeout(1500)  # the setting has come
        open_ticket(till, "C1-1-1")
        notice = till.view()["notice"]
        assert (notice is None) == (days == 30)
        if notice:
            assert notice["what"].endswith(": le délai de retour (30 jours) est passé.")
            assert notice["kept"] == "Le code d’un responsable sera demandé pour rembourser."
        else:
            till.press("Escape")
            till.wait("view.screen === 'sale'")
    choose(till, "Article n°50")
    till.press("F12")
    give_code(till)
    till.wait("view.screen === 'sale' && view.returning === null")
    refund = sent(till, 2)[1]
    assert (paid(refund), refund["approved_by"]["id"]) == ([("card", -150)], "u2")
