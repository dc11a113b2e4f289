"""Opening, movements, X, locking, and the closing ritual down to the sealed Z."""

import hashlib
import json

import pytest

from comptoir.engine import door

from .till_hand import TillHand
from .till_server import TillServer, ean13

pytestmark = pytest.mark.browser


def sell(till: TillHand, i: int, *, tender: str = "cash") -> None:
    before = till.view()["last_number"]
    till.scan_article(i)
    till.wait("view.lines.length === 1")
    till.do({"c": "tender", "code": tender})
    till.wait(f"view.last !== null && view.last.number !== {json.dumps(before)}")


def count(till: TillHand, pieces: dict[int, int]) -> None:
    rows = [row["value_minor"] for row in till.view()["closing"]["count"]["rows"]]
    for i, value in enumerate(rows):
        till.do({"c": "count", "row": i, "set": pieces.get(value, 0)})


def sell_pay_out_and_read_x(till: TillHand) -> None:
    sell(till, 1)  # 1,01 cash
    sell(till, 2, tender="card")  # 1,02 card
    till.do({"c": "movement"})
    till.wait("view.screen === 'movement'")
    for key in ("1", "0"):
        till.do({"c": "digit", "key": key})
    till.do({"c": "movement_reason", "code": "fournisseur"})
    till.wait("view.movement.ready !== null")
    assert till.view()["movement"]["ready"] == "Précisez en quelques mots."
    till.do({"c": "movement_label", "text": "Boulangerie Petit"})
    till.press("F12")
    till.wait("view.screen === 'sale'")
    till.do({"c": "x"})
    till.wait("view.screen === 'xreport'")
    assert any(block.get("l", "").startswith("Total") for block in till.view()["x"]["blocks"])
    till.press("Escape")
    till.wait("view.screen === 'sale'")


def count_blind_and_find_the_gap(till: TillHand) -> None:
    till.do({"c": "close"})
    till.wait("view.screen === 'closing'")
    closing = till.view()["closing"]
    assert [step["id"] for step in closing["steps"]] == ["prepare", "stop", "tenders", "cash", "safe", "seal"]
    assert [(row["tender"], row["expected_minor"]) for row in closing["tenders"]] == [
        ("cash", None),
        ("card", None),
    ]  # blind
    till.do({"c": "closing_step", "step": "tenders"})
    till.do({"c": "closing_step", "step": "cash"})
    till.wait("view.notice !== null")
    assert till.view()["notice"]["what"] == "Carte : à compter."
    till.do({"c": "tender_count", "tender": "card", "amount": "1,02"})
    till.do({"c": "closing_step", "step": "cash"})
    till.wait("view.closing.steps[3].state === 'current'")
    # Expected: 100,00 + 1,01 − 10,00 = 91,01. Found 90,00: 1,01 is missing.
    count(till, {1000: 9})
    till.do({"c": "closing_step", "step": "safe"})
    till.wait("view.closing.tenders[0].difference_minor !== null")
    cash = till.view()["closing"]["tenders"][0]
    assert (cash["expected_minor"], cash["counted_minor"], cash["difference_minor"]) == (9101, 9000, -101)
    assert till.view()["closing"]["clue"] == "Piste : règlement de 1,01\u00a0€ du ticket C1-1-1."


def explain_and_seal(till: TillHand, till_server: TillServer) -> None:
    till.do({"c": "seal"})
    till.wait("view.notice !== null")
    assert till_server.bodies("z") == []
    till.do({"c": "explain", "tender": "cash", "text": "Erreur de rendu sur le ticket 1"})
    till.do({"c": "closing_step", "step": "safe"})
    till.wait("view.closing.steps[4].state === 'current'")
    till.do({"c": "float_tomorrow", "amount": "50"})
    till.wait("view.closing.to_safe_minor === 4000")
    till.do({"c": "closing_step", "step": "seal"})
    till.do({"c": "seal"})
    till.wait("view.screen === 'closed'", 30000)


def check_the_sealed_z(till: TillHand, till_server: TillServer) -> None:
    assert till.view()["closing"]["sealed"]["number"] == "C1-1-1"
    till.synced()
    assert till_server.refused == []
    [z] = till_server.bodies("z")
    assert (z["total_minor"], z["first_seq"], z["last_seq"], z["perpetual_absolute_minor"]) == (203, 1, 2, 203)
    assert z["differences"] == [
        {"tender": "cash", "expected_minor": 5101, "counted_minor": 5000, "difference_minor": -101},
        {"tender": "card", "expected_minor": 102, "counted_minor": 102, "difference_minor": 0},
    ]
    assert z["explanations"] == [{"tender": "cash", "text": "Erreur de rendu sur le ticket 1"}]
    moves = [(body["kind"], body["amount_minor"]) for body in till_server.bodies("cash")]
    assert moves == [("opening", 10000), ("out", 1000), ("count", 9000), ("out", 4000)]
    ticket_head = max(
        (row for row in till_server.records.values() if row["type"] == "ticket"), key=lambda row: row["seq"]
    )
    sealed = {row["chain"]: row for row in z["heads"]}["C1-1-ticket"]
    assert sealed == {
        "chain": "C1-1-ticket",
        "seq": 2,
        "digest": hashlib.sha256(ticket_head["signature"].encode()).hexdigest(),
    }
    for ticket in (row for row in till_server.records.values() if row["type"] == "ticket"):
        assert json.loads(door.call("check_ticket", json.dumps({"body": ticket["body"]}))) == {"differences": []}


@pytest.mark.feature("CASH-01", "CASH-02", "CASH-03", "CLO-01", "FISC-01", "FISC-02", "FISC-07")
def test_a_day_from_the_float_to_the_sealed_z(till: TillHand, till_server: TillServer):
    sell_pay_out_and_read_x(till)
    count_blind_and_find_the_gap(till)
    explain_and_seal(till, till_server)
    check_the_sealed_z(till, till_server)
    # The next morning: one key when nothing moved.
    till.press("Escape")
    till.sign_in("1470")
    till.wait("view.screen === 'opening'")
    assert till.view()["opening"]["expected_minor"] == 5000
    till.press("F9")
    till.wait("view.screen === 'sale'")
    till.synced()
    assert till_server.bodies("cash")[-1]["amount_minor"] == 5000
    assert till_server.bodies("cash")[-1]["pieces"] == [{"value_minor": 1000, "count": 5}]


def test_a_closing_cut_in_two_goes_on_where_it_was(till: TillHand, till_server: TillServer):
    sell(till, 1)
    till.do({"c": "close"})
    till.wait("view.screen === 'closing'")
    till.do({"c": "closing_step", "step": "cash"})
    count(till, {1000: 10, 100: 1, 1: 1})
    till.page.wait_for_timeout(300)
    till.page.reload()
    till.sign_in("1470")
    till.wait("view.screen === 'sale'")
    till.do({"c": "close"})
    till.wait("view.screen === 'closing'")
    assert till.view()["closing"]["count"]["total_minor"] == 10101
    till.do({"c": "closing_step", "step": "safe"})
    till.wait("view.closing.steps[4].state === 'current'")
    # Cut after the count and before the Z: nothing is sealed twice.
    till_server.stop()
    till.page.evaluate("""() => {
        const sign = crypto.subtle.sign.bind(crypto.subtle);
        let left = 2;
        crypto.subtle.sign = (...all) => (all[0].name === 'ECDSA' && left-- <= 0 ? new Promise(() => {}) : sign(...all));
    }""")
    till.page.evaluate("void window.__comptoir.do({c: 'seal'})")
    till.page.wait_for_timeout(1500)
    till.page.reload()
    till.sign_in("1470")
    till.wait("view.screen === 'closing' && view.closing !== null")  # the count is sealed: nothing is sold before its Z
    assert till.view()["closing"]["steps"][5]["state"] == "current"
    for gesture in ({"c": "movement"}, {"c": "new_basket"}, {"c": "tickets"}, {"c": "count", "row": 0, "by": 1}):
        till.do(gesture)
        view = till.view()
        assert (view["screen"], view["notice"]["what"]) == ("closing", "Le comptage est déjà scellé.")
    assert till.view()["closing"]["count"]["total_minor"] == 10101
    till.do({"c": "seal"})
    till.wait("view.screen === 'closed'", 30000)
    till.shows("Il partira dès que le serveur répond.")
    till_server.start()
    till.synced(60000)
    assert till_server.refused == []
    assert len(till_server.bodies("z")) == 1
    assert [(body["kind"], body["amount_minor"]) for body in till_server.bodies("cash")] == [
        ("opening", 10000),
        ("count", 10101),
        ("out", 101),
    ]
    assert till_server.bodies("z")[0]["differences"][0]["difference_minor"] == 0
    assert [event["code"] for event in till_server.bodies("event")].count(50) == 1


@pytest.mark.feature("CASH-02")
def test_once_its_result_is_known_a_count_changes_by_a_recount_only(till: TillHand, till_server: TillServer):
    sell(till, 1)
    till.do({"c": "close"})
    till.wait("view.screen === 'closing'")
    till.do({"c": "closing_step", "step": "cash"})
    count(till, {1000: 10})
    till.do({"c": "closing_step", "step": "safe"})
    till.wait("view.closing.tenders[0].difference_minor === -101")
    euro = [row["value_minor"] for row in till.view()["closing"]["count"]["rows"]].index(100)
    for gesture in ({"c": "count", "row": euro, "by": 1}, {"c": "count", "row": euro, "set": 1}, {"c": "count_clear"}):
        till.do({"c": "dismiss"})
        till.do(gesture)
        view = till.view()
        assert (view["closing"]["count"]["total_minor"], view["notice"]["what"]) == (10000, "Le comptage est terminé.")
    till.do({"c": "recount"})
    count(till, {1000: 10, 100: 1, 1: 1})
    till.do({"c": "closing_step", "step": "safe"})
    till.wait("view.closing.tenders[0].difference_minor === 0")
    till.synced()
    assert [body["code"] for body in till_server.bodies("event")].count(9041) == 1


SLOW_SEALS = """
const sign = crypto.subtle.sign.bind(crypto.subtle);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
crypto.subtle.sign = async (...all) => { if (all[0].name === 'ECDSA') await pause(700); return sign(...all); };
"""


def test_a_float_opened_while_the_journal_is_still_written_belongs_to_its_session(open_profile, till_server):
    """« Prise de poste » is being sealed, on a slow computer, when hands that know the till already open the drawer's day."""
    page = open_profile().pages[0]
    page.add_init_script(SLOW_SEALS)
    till = TillHand(page=page, server=till_server)
    till.enrol("ESSAI-1")
    till.sign_in("1470")
    till.wait("view.screen === 'opening'")
    till.do({"c": "count", "row": 5, "set": 10})
    till.do({"c": "open_session"})
    till.wait("view.screen === 'sale'")
    sell(till, 1)
    till.synced()
    [opening] = till_server.bodies("cash")
    [ticket] = till_server.bodies("ticket")
    assert [(body["code"], body["session"]) for body in till_server.bodies("event")] == [(80, None)]
    assert opening["amount_minor"] == 10000
    assert opening["session"] == ticket["session"] is not None
    assert till_server.refused == []


def test_a_clock_put_right_keeps_nobody_out(open_profile, till_server: TillServer):
    """Three wrong codes under a clock a year ahead: one second to wait, not a year."""
    page = open_profile().pages[0]
    page.add_init_script("const now = Date.now; window.ahead = 0; Date.now = () => now() + window.ahead;")
    till = TillHand(page=page, server=till_server)
    till.enrol("ESSAI-1")
    page.evaluate("window.ahead = 365 * 86_400_000")
    for _ in range(3):
        for digit in "9999":
            till.do({"c": "pin", "digit": digit})
        till.wait("view.pin.length === 0 && view.pin.message !== null", 4000)
    assert till.view()["pin"]["wait_s"] == 1
    page.reload()
    till.sign_in("1470")
    till.wait("view.screen === 'opening'")


def test_rights_changed_in_the_office_hold_for_who_is_at_the_till(open_profile, till_server: TillServer):
    page = open_profile().pages[0]
    page.add_init_script("const now = Date.now; window.ahead = 0; Date.now = () => now() + window.ahead;")
    till = TillHand(page=page, server=till_server)
    till.enrol("ESSAI-1")
    till.sign_in("1470")
    till.open_session({1000: 10})
    till.synced()
    lea = till_server.bootstrap["cashiers"][0]
    lea["rights"] = [right for right in lea["rights"] if right != "till.x_report"]
    lea["initials"] = "LX"
    page.evaluate("window.ahead = 6 * 60_000; window.dispatchEvent(new Event('online'))")
    till.wait("view.cashier.initials === 'LX'")
    till.do({"c": "x"})
    assert till.view()["notice"]["what"] == "Votre profil ne permet pas la lecture du X."
    assert till.view()["screen"] == "sale"


def test_wrong_codes_cost_time_and_the_locked_screen_shows_nothing(till: TillHand):
    till.scan_article(1)
    till.wait("view.lines.length === 1")
    till.press("Backquote")
    till.wait("view.overlay === 'palette'")
    till.press("Backquote")
    till.wait("view.screen === 'lock'")
    view = till.view()
    assert (view["lines"], view["total_minor"], view["customer"]) == ([], 0, None)
    assert [(tab["name"], tab["total_minor"]) for tab in view["baskets"]] == [
        ("", 0)
    ]  # one is kept, and no more is said
    for _ in range(3):
        for digit in "9999":
            till.do({"c": "pin", "digit": digit})
        till.wait("view.pin.length === 0 && view.pin.message !== null", 4000)
    assert till.view()["pin"]["wait_s"] == 1
    till.page.reload()
    till.wait("view.screen === 'lock'", 40000)
    till.page.wait_for_timeout(1100)
    till.sign_in("2580")
    till.wait("view.lines.length === 1")
    assert till.view()["cashier"]["name"] == "Anne Dupont"


def test_what_a_profile_may_not_do_is_said(till: TillHand, till_server: TillServer):
    till_server.bootstrap["cashiers"] = till_server.bootstrap["cashiers"][:1]  # nobody else has a code here
    till.page.reload()
    till.sign_in("1470")
    till.wait("view.screen === 'sale' && view.cashiers.length === 1")
    till.do({"c": "drawer", "reason": "change"})
    till.wait("view.notice !== null")
    assert (
        till.view()["notice"]["what"]
        == "Ouvrir le tiroir sans vente : Faire de la monnaie : votre profil ne le permet pas."
    )
    till.scan_article(1)
    till.wait("view.lines.length === 1")
    till.page.keyboard.type("0,50", delay=90)
    till.do({"c": "line_price"})
    till.wait("view.notice.what === 'Vendre Article n°1 à 0,50\u00a0€ : votre profil ne le permet pas.'")
    assert till.view()["total_minor"] == 101
    assert 9010 not in [body["code"] for body in till_server.bodies("event")]


def test_parked_baskets_name_themselves_and_come_back(till: TillHand):
    till.scan_article(1)
    till.scan_article(2)
    till.wait("view.lines.length === 2")
    till.press("F5")
    till.wait("view.lines.length === 0")
    assert [(tab["name"], tab["lines"], tab["current"]) for tab in till.view()["baskets"]] == [
        ("Article n°1 + 1", 2, False),
        ("Nouveau client", 0, True),
    ]
    till.press("F5")
    till.wait("view.lines.length === 2")
    assert len(till.view()["baskets"]) == 1
    till.do({"c": "remove_line"})
    till.wait("view.lines.length === 1 && view.undo !== null")
    till.press("Control+z")
    till.wait("view.lines.length === 2")


def test_two_thousand_lines_work_and_the_next_one_is_refused(till: TillHand, till_server: TillServer):
    """The lines are put in the stored basket, as a long morning would have, then the till takes it up again."""
    till.scan_article(1)
    till.wait("view.lines.length === 1")
    till.page.wait_for_timeout(300)
    till.page.evaluate("""() => new Promise((done) => {
        indexedDB.open('comptoir:essai:C1-1').onsuccess = (event) => {
            const tx = event.target.result.transaction('drafts', 'readwrite', { durability: 'strict' });
            tx.objectStore('drafts').getAll().onsuccess = (found) => {
                const [draft] = found.target.result;
                const [row] = draft.lines;
                draft.lines = Array.from({ length: 1999 }, (_, i) => ({ ...row, manual: true, line: { ...row.line, id: 'line-' + i } }));
                tx.objectStore('drafts').put(draft);
            };
            tx.oncomplete = () => done(event.target.result.close());
        };
    })""")
    till.page.reload()
    till.sign_in("1470")
    till.wait("view.lines.length === 1999", 20000)
    till.scan_article(2)
    till.wait("view.lines.length === 2000", 20000)
    till.scan_article(3)
    till.wait("view.notice !== null && view.notice.tone === 'bad'", 20000)
    assert till.view()["notice"]["what"] == "Ce ticket a atteint 2\u202f000 lignes."
    assert (len(till.view()["lines"]), till.view()["total_minor"]) == (2000, 1999 * 101 + 102)
    till.pay_cash()
    till.wait("view.last !== null", 30000)
    till.synced(30000)
    [ticket] = till_server.bodies("ticket")
    assert (len(ticket["basket"]["lines"]), ticket["priced"]["gross_minor"]) == (2000, 202001)


def test_an_unknown_code_stays_out_of_the_total_and_is_named_once_at_payment(till: TillHand, till_server: TillServer):
    till.scan(ean13(399999999999))
    till.scan_article(1)
    till.wait("view.lines.length === 2")
    till.pay_cash()
    till.wait("view.notice !== null && view.notice.what.includes('n’est pas compté')")
    assert till.view()["last"] is None
    till.pay_cash()
    till.wait("view.last !== null")
    till.synced()
    assert [ticket["priced"]["gross_minor"] for ticket in till_server.bodies("ticket")] == [101]
