"""What a till must survive: killed browsers, dead servers, lost answers, full disks, second tabs, clocks going back."""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import time

import pytest

from .till_hand import TillHand
from .till_server import SLUG, TillServer

pytestmark = pytest.mark.browser


def totals(server: TillServer) -> list[int]:
    return [ticket["priced"]["gross_minor"] for ticket in server.bodies("ticket")]


def sell(till: TillHand, i: int) -> str:
    """Sells article i and returns the number shown."""
    before = till.view()["last_number"]
    till.scan_article(i)
    till.wait("view.lines.length === 1")
    till.pay_cash()
    till.wait(f"view.last !== null && view.last.number !== {before!r}" if before else "view.last !== null")
    return till.view()["last"]["number"]


def reopened(open_profile, server: TillServer, **options) -> TillHand:
    context = open_profile(**options)
    till = TillHand(page=context.pages[0], server=server)
    till.goto()
    return till


@pytest.mark.feature("TILL-20")
def test_the_server_dies_in_the_middle_of_a_sale_and_nothing_is_lost(till: TillHand, till_server: TillServer):
    till.scan_article(1)
    till.synced()
    till_server.stop()
    till.pay_cash()
    till.wait("view.last !== null")
    for i in range(2, 6):
        sell(till, i)
    till.wait("view.status.online === false && view.status.unsynced >= 5")
    till_server.start()
    till.synced(60000)
    till.wait("view.status.online === true")
    till.wait("view.status.unsynced === 0")
    assert totals(till_server) == [101, 102, 103, 104, 105]
    assert till_server.refused == []
    codes = [event["code"] for event in till_server.bodies("event")]
    assert codes.count(70) == 1
    till.page.wait_for_timeout(300)
    till.synced()
    assert [event["code"] for event in till_server.bodies("event")].count(120) == 1


def test_a_lost_answer_counts_no_sale_twice(till: TillHand, till_server: TillServer):
    till.synced()
    till_server.lose_answers = 2
    sell(till, 1)
    sell(till, 2)
    till.synced(30000)
    assert totals(till_server) == [101, 102]
    assert till_server.refused == []
    assert len(till_server.order) == len(set(till_server.order))


def test_a_killed_browser_finds_its_basket_and_loses_no_sale(
    open_profile, till: TillHand, till_server: TillServer, tmp_path
):
    seed = random.Random(20261122)
    shown = [sell(till, 1)]
    till_server.stop()
    for round_ in range(4):
        till.scan_article(10 + round_)
        till.wait("view.lines.length === 1")
        till.page.wait_for_timeout(200)
        if round_ % 2:
            till.page.evaluate("void window.__comptoir.do({c: 'tender', code: 'cash'})")
            time.sleep(seed.uniform(0, 0.25))
        kill_browser(tmp_path / "profile")
        till = reopened(open_profile, till_server)  # the server is dead: the service worker opens the page
        till.sign_in("1470")
        till.wait("view.screen === 'sale'")
        till.page.wait_for_timeout(150)
        view = till.view()
        if view["lines"]:  # not paid: the very same basket
            assert till.lines() == [
                (f"Article n°{10 + round_}" + (" crème brûlée" if (10 + round_) % 10 == 3 else ""), 1000, 110 + round_)
            ]
            till.pay_cash()
            till.wait("view.last !== null")
        shown.append(till.view()["last_number"])
    till_server.start()
    till.synced(60000)
    assert totals(till_server) == [101, 110, 111, 112, 113]
    assert shown == [f"C1-1-{n}" for n in range(1, 6)]
    assert till_server.refused == []


def kill_browser(profile) -> None:
    """kill -9 of every process of this profile's browser."""
    out = subprocess.run(
        ["pgrep", "-f", f"user-data-dir={profile}"], capture_output=True, text=True, check=False
    ).stdout
    for pid in out.split():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
    for name in ("SingletonLock", "SingletonCookie", "SingletonSocket"):
        (profile / name).unlink(missing_ok=True)
    time.sleep(0.3)


def test_a_reload_during_payment_keeps_what_was_taken(till: TillHand, till_server: TillServer):
    till.scan_article(50)
    till.wait("view.total_minor === 150")
    till.press("F12")
    till.wait("view.screen === 'payment'")
    till.page.keyboard.type("1", delay=90)
    till.pay_cash()
    till.wait("view.taken.length === 1")
    till.page.wait_for_timeout(300)
    till.page.reload()
    till.sign_in("1470")
    till.wait("view.screen === 'payment' && view.taken.length === 1")
    assert (till.view()["due_minor"], till.view()["taken"][0]["amount_minor"]) == (50, 100)
    till.press("F10")
    till.wait("view.due_minor === 0")
    till.press("Enter")
    till.wait("view.last !== null")
    till.synced()
    assert totals(till_server) == [150]


def test_a_cut_between_signature_and_storage_uses_the_number_once(till: TillHand, till_server: TillServer):
    till.scan_article(1)
    till.wait("view.lines.length === 1")
    till.page.wait_for_timeout(200)
    till.page.evaluate("""() => {
        const sign = crypto.subtle.sign.bind(crypto.subtle);
        crypto.subtle.sign = async (...all) => { await sign(...all); return new Promise(() => {}); };
    }""")
    till.pay_cash()
    till.page.wait_for_timeout(500)
    assert till.view()["last"] is None
    till.page.reload()
    till.sign_in("1470")
    till.wait("view.lines.length === 1")
    till.pay_cash()
    till.wait("view.last !== null")
    assert till.view()["last"]["number"] == "C1-1-1"
    till.synced()
    assert totals(till_server) == [101]
    assert till_server.refused == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("QuotaExceededError", "La mémoire de cette caisse est pleine."),
        ("AbortError", "Cette caisse n’arrive plus à enregistrer."),
    ],
)
def test_a_full_or_broken_disk_refuses_the_sale_before_the_payment(
    till: TillHand, till_server: TillServer, name: str, said: str
):
    sell(till, 1)
    till.synced()
    till.page.evaluate(
        """(name) => {
            const { put, add } = IDBObjectStore.prototype;
            const refuse = () => { throw new DOMException('no room', name); };
            IDBObjectStore.prototype.put = refuse;
            IDBObjectStore.prototype.add = refuse;
            window.freeRoom = () => Object.assign(IDBObjectStore.prototype, { put, add });
        }""", name,
    )  # fmt: skip
    till.scan_article(2)
    till.wait("view.notice !== null")
    assert till.view()["notice"]["what"] == said
    till.pay_cash()
    till.page.wait_for_timeout(400)
    assert (till.view()["last"], len(till.lines())) == (None, 1)
    till.page.evaluate("window.freeRoom()")
    till.scan_article(3)
    till.wait("view.lines.length === 2")
    till.page.wait_for_timeout(300)
    till.pay_cash()
    till.wait("view.last !== null")
    assert till.view()["last"]["number"] == "C1-1-2"
    till.synced()
    assert totals(till_server) == [101, 205]
    assert till_server.refused == []


def test_a_disk_that_is_full_at_the_start_is_called_full(till: TillHand, till_server: TillServer):
    till.synced()
    till.page.add_init_script("""
        const put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = function (...all) {
            if (all[1] === 'opened') throw new DOMException('no room', 'QuotaExceededError');
            return put.apply(this, all);
        };
    """)
    till.page.reload()
    till.wait("view.screen === 'blocked'")
    full = "La mémoire de cette caisse est pleine. Libérez de la place sur le disque, puis rechargez la page."
    assert till.view()["blocked"] == full


def test_a_browser_without_durable_writes_does_not_sell(open_profile, till_server: TillServer):
    context = open_profile()
    page = context.pages[0]
    page.add_init_script("Object.defineProperty(IDBTransaction.prototype, 'durability', { get: () => 'relaxed' });")
    till = TillHand(page=page, server=till_server)
    till.goto()
    till.wait("view.screen === 'enrol'")
    page.locator("input").first.fill("ESSAI-1")
    till.press("Enter")
    till.page.wait_for_timeout(800)
    assert till.view()["screen"] in ("enrol", "blocked")
    assert till_server.order == []


def test_a_second_tab_waits_and_takes_over(till: TillHand, till_server: TillServer):
    till.scan_article(1)
    till.wait("view.lines.length === 1")
    till.page.wait_for_timeout(200)
    second = TillHand(page=till.page.context.new_page(), server=till_server)
    second.goto()
    second.wait("view.screen === 'blocked'")
    assert "autre onglet" in second.view()["blocked"]
    till.page.close()
    second.sign_in("1470")
    second.wait("view.lines.length === 1")
    second.pay_cash()
    second.wait("view.last !== null")
    second.synced()
    assert totals(till_server) == [101]
    assert till_server.refused == []


def test_a_clock_gone_back_sells_in_order_and_says_so(till: TillHand, till_server: TillServer):
    sell(till, 1)
    till.page.evaluate("""() => {
        const Real = Date;
        const shift = 3600_000;
        window.Date = class extends Real {
            constructor(...all) { if (all.length) super(...all); else super(Real.now() - shift); }
            static now() { return Real.now() - shift; }
        };
        window.putRight = () => { window.Date = Real; };
    }""")
    sell(till, 2)
    till.wait("view.status.clock_warning !== null")
    till.synced()
    tickets = till_server.bodies("ticket")
    assert [ticket["seq"] for ticket in tickets] == [1, 2]
    assert tickets[1]["at"] < tickets[0]["at"]
    assert [event["detail"]["from"] for event in till_server.bodies("event") if event["code"] == 9020] == [
        tickets[0]["at"]
    ]
    till.page.evaluate("window.putRight()")
    sell(till, 3)
    till.wait("view.status.clock_warning === null")  # said for as long as it is true
    till.synced()
    assert till_server.refused == []


def test_a_copy_put_back_is_completed_by_an_open_page(till: TillHand, till_server: TillServer) -> None:
    """The server went back to an older copy while the page stayed open: its next sale brings the missing ones, without a word."""
    for article in (1, 2, 3, 4):
        sell(till, article)
    till.synced()
    till_server.put_back("C1-1-ticket", last=1)
    sell(till, 5)
    till.synced()
    assert [ticket["seq"] for ticket in till_server.bodies("ticket")] == [1, 2, 3, 4, 5]
    assert len(till_server.kept_for_a_gap) == 1 and till_server.refused == []
    assert "mis de côté" not in str(till.view()["notice"])


def test_a_hole_that_nobody_can_fill_is_asked_for_once(till: TillHand, till_server: TillServer) -> None:
    """The copy is older than what the till keeps: it does not send for ever, and says what was kept aside."""
    for article in (1, 2, 3):
        sell(till, article)
    till.synced()
    till_server.put_back("C1-1-ticket", last=1)
    till.page.evaluate(
        """() => new Promise((done) => {
            indexedDB.open('comptoir:essai:C1-1').onsuccess = (event) => {
                const tx = event.target.result.transaction('records', 'readwrite', { durability: 'strict' });
                tx.objectStore('records').index('number').getKey(['C1-1-ticket', 2]).onsuccess = (found) =>
                    tx.objectStore('records').delete(found.target.result);
                tx.oncomplete = done;
            };
        })"""
    )
    sell(till, 4)
    till.synced()
    assert [ticket["seq"] for ticket in till_server.bodies("ticket")] == [1]
    assert len(till_server.kept_for_a_gap) == 3  # the new ticket, then it and the third again
    till.wait("view.notice !== null && view.notice.what.startsWith('2 enregistrement(s) mis de côté')")


def test_a_wiped_till_is_enrolled_again_and_no_number_recurs(open_profile, till: TillHand, till_server: TillServer):
    sell(till, 1)
    till.synced()
    fresh = reopened(open_profile, till_server, name="wiped")
    fresh.enrol("ESSAI-1")
    fresh.sign_in("1470")
    fresh.open_session({1000: 1})
    assert sell(fresh, 2) == "C1-2-1"
    fresh.synced()
    assert sorted(record["chain"] for record in till_server.records.values() if record["type"] == "ticket") == [
        "C1-1-ticket",
        "C1-2-ticket",
    ]
    assert till_server.refused == []


def old_copy(open_profile, till: TillHand, till_server: TillServer, tmp_path) -> None:
    """A copy of the profile made after the first sale; a second one is sold without it."""
    till.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    sell(till, 1)
    till.synced()
    till.page.context.close()
    shutil.copytree(tmp_path / "profile", tmp_path / "copy", symlinks=True)
    later = reopened(open_profile, till_server)
    later.sign_in("1470")
    later.wait("view.screen === 'sale'")
    sell(later, 2)
    later.synced()
    later.page.context.close()
    for name in ("SingletonLock", "SingletonCookie", "SingletonSocket"):
        (tmp_path / "copy" / name).unlink(missing_ok=True)


def test_an_old_copy_that_starts_without_the_server_is_refused_when_it_answers(
    open_profile, till: TillHand, till_server: TillServer, tmp_path
):
    old_copy(open_profile, till, till_server, tmp_path)
    till_server.stop()
    old = reopened(open_profile, till_server, name="copy")
    old.sign_in("1470")
    old.wait("view.screen === 'sale'")
    assert sell(old, 3) == "C1-1-2"  # nobody could know
    till_server.start()
    old.wait("view.screen === 'blocked'", 40000)
    assert "plus ancienne que le serveur" in old.view()["blocked"]
    assert totals(till_server) == [101, 102]
    assert till_server.refused == []  # nothing of it was sent under a number that another sale has


def test_an_old_copy_of_the_profile_is_refused(open_profile, till: TillHand, till_server: TillServer, tmp_path):
    old_copy(open_profile, till, till_server, tmp_path)
    old = reopened(open_profile, till_server, name="copy")
    old.wait("view.screen === 'blocked'", 20000)
    assert "plus ancienne que le serveur" in old.view()["blocked"]
    assert totals(till_server) == [101, 102]
    old.shows("Les ventes déjà enregistrées restent gardées sur ce poste.")
    assert "autre fenêtre" not in old.page.inner_text("body")  # there is none
    old.page.get_by_role("button", name="Rattacher").click()
    enrolled_again(old)
    old.open_session({1000: 1})
    assert sell(old, 3) == "C1-2-1"
    old.synced()
    assert totals(till_server) == [101, 102, 103]
    assert till_server.refused == []


def enrolled_again(till: TillHand) -> None:
    till.wait("view.screen === 'enrol'")
    till.page.locator("input").first.fill("ESSAI-1")
    till.press("Enter")
    till.sign_in("1470")


def test_a_till_the_server_no_longer_knows_is_enrolled_again_and_its_sales_leave(
    till: TillHand, till_server: TillServer
):
    till.synced()
    till_server.revoked.add("token-C1-1")
    sell(till, 1)
    till.wait("view.notice !== null && view.notice.what === 'Le serveur ne reconnaît plus cette caisse.'")
    assert totals(till_server) == []
    till.page.get_by_role("button", name="Rattacher").click()
    enrolled_again(till)
    till.open_session({1000: 1})
    assert sell(till, 2) == "C1-2-1"
    till.synced()
    until = time.monotonic() + 20
    while len(totals(till_server)) < 2:
        assert time.monotonic() < until
        till.page.wait_for_timeout(50)
    assert sorted(record["chain"] for record in till_server.records.values() if record["type"] == "ticket") == [
        "C1-1-ticket",
        "C1-2-ticket",
    ]
    assert totals(till_server) == [101, 102]
    assert till_server.refused == []
    till.page.reload()  # and this computer is the new one from now on
    till.sign_in("1470")
    till.wait("view.last_number === 'C1-2-1'")


def test_paid_and_not_printed_is_known_at_restart(till: TillHand, till_server: TillServer):
    till_server.bootstrap["print"] = {"policy": "always", "server_printer": True}
    till.page.reload()
    till.sign_in("1470")
    till.wait("view.screen === 'sale'")
    till.page.reload()  # the settings of the first load are kept, the new ones used from here
    till.sign_in("1470")
    till.wait("view.screen === 'sale'")
    till_server.stop()
    number = sell(till, 1)
    till.page.reload()
    till.wait("view.screen === 'lock' && view.notice !== null", 20000)
    assert till.view()["notice"]["what"] == f"Vente {number} payée, ticket non imprimé."
    till_server.start()
    till.sign_in("1470")
    till.synced(30000)
    [job] = till_server.prints.values()
    assert (job["kind"], job["drawer"], job["receipt"]["format"]) == ("receipt", True, "receipt/1")


def test_a_new_build_waits_for_the_end_of_the_sale(till: TillHand, till_server: TillServer, built_till):
    till.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    till.page.reload()
    till.sign_in("1470")
    till.wait("view.screen === 'sale'")
    till.scan_article(1)
    till.wait("view.lines.length === 1")
    till.page.evaluate("() => { window.sameLife = true; }")
    till_server.files["sw.js"] = (built_till / "sw.js").read_bytes() + b"\n// another build"
    till.page.evaluate("navigator.serviceWorker.getRegistration().then((found) => found.update())")
    till.page.wait_for_timeout(2500)
    assert till.page.evaluate("window.sameLife") is True
    till.pay_cash()
    till.wait("view.last !== null")
    till.page.wait_for_timeout(6000)  # what is to be given back is still on the screen
    assert till.page.evaluate("window.sameLife") is True
    till.do({"c": "lock"})
    till.wait("window.sameLife === undefined && view.screen === 'lock'", 20000)
    till.synced()
    assert totals(till_server) == [101]


def test_a_new_build_is_taken_by_a_page_open_since_its_enrolment(till: TillHand, till_server: TillServer, built_till):
    """The first page of a computer was not yet served by the service worker: it must not keep its build for ever."""
    till.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    till.wait("navigator.serviceWorker.controller !== null")
    till.page.evaluate("() => { window.sameLife = true; }")
    till_server.files["sw.js"] = (built_till / "sw.js").read_bytes() + b"\n// another build"
    till.do({"c": "lock"})
    till.page.evaluate("navigator.serviceWorker.getRegistration().then((found) => found.update())")
    till.wait("window.sameLife === undefined && view.screen === 'lock'", 20000)


def test_storage_names_carry_the_dossier_and_the_register(till: TillHand):
    names = till.page.evaluate("indexedDB.databases().then((all) => all.map((one) => one.name))")
    assert names == [f"comptoir:{SLUG}:C1-1"]
