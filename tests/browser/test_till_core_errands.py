"""What a till asks of its server between two customers: one errand that is refused, or a thousand papers that wait, hold back
nothing else."""

import time

import pytest

from .till_hand import TillHand
from .till_server import TillServer, article

pytestmark = pytest.mark.browser
LEAPING = "const now = Date.now; window.ahead = 0; Date.now = () => now() + window.ahead;"
PUT = """
async ([store, rows]) => {
  const base = await new Promise((done) => { indexedDB.open('comptoir:essai:C1-1').onsuccess = (event) => done(event.target.result); });
  const tx = base.transaction(store, 'readwrite', { durability: 'strict' });
  for (const row of rows) tx.objectStore(store).put(store === 'attachments' ? { ...row, bytes: new Uint8Array([1, 2]) } : row);
  await new Promise((done) => { tx.oncomplete = done; });
  base.close();
}
"""


def opened(open_profile, till_server: TillServer) -> TillHand:
    page = open_profile().pages[0]
    page.add_init_script(LEAPING)
    till = TillHand(page=page, server=till_server)
    till.enrol("ESSAI-1")
    till.sign_in("1470")
    till.open_session({1000: 10})
    till.synced()
    return till


@pytest.fixture
def leaping_till(open_profile, till_server: TillServer) -> TillHand:
    return opened(open_profile, till_server)


@pytest.mark.parametrize(
    ("address", "store", "row"),
    [
        ("receipt-copies", "copies", {"id": "m1", "chain": "C1-1-ticket", "seq": 1, "number": 0, "email": "a@b.fr"}),
        ("attachments", "attachments", {"id": "p1", "record": "r1", "state": "new"}),
    ],
)
def test_what_the_server_does_not_take_holds_back_no_price(
    leaping_till: TillHand, till_server: TillServer, address: str, store: str, row: dict
):
    till = leaping_till
    till_server.broken.add(address)
    till.page.evaluate(PUT, [store, [row]])
    dearer = article(3)
    dearer[6] = 250_00
    till_server.created.append(dearer)
    asked = till_server.deltas
    until = time.monotonic() + 20
    while till_server.deltas < asked + 2:  # the second time it is done with the first answer
        assert time.monotonic() < until, till_server.deltas
        till.page.evaluate("window.ahead += 61_000; window.dispatchEvent(new Event('online'))")
        till.page.wait_for_timeout(200)
    till.scan_article(3)
    till.wait("view.lines.length === 1")
    assert till.view()["total_minor"] == 250


def test_a_photo_whose_record_never_came_holds_back_no_other(leaping_till: TillHand, till_server: TillServer):
    till = leaping_till
    till_server.without_record.add("p1")
    till.page.evaluate(PUT, ["attachments", [{"id": f"p{i}", "record": f"r{i}", "state": "new"} for i in (1, 2, 3)]])
    till.page.evaluate("window.dispatchEvent(new Event('online'))")
    until = time.monotonic() + 20
    while len(till_server.attachments) < 2:
        assert time.monotonic() < until
        till.page.wait_for_timeout(50)
    assert [row["id"] for row in till_server.attachments] == ["p2", "p3"]


def test_a_week_without_paper_is_asked_about_little_by_little(till: TillHand, till_server: TillServer):
    """Sixty receipts wait at the server's printer: twenty are asked about at a time, each in its turn, and sales go on."""
    jobs = [f"0199aaaa-0000-7000-8000-{i:012d}" for i in range(60)]
    till_server.prints.update({job: {"state": "blocked", "message": "Plus de papier."} for job in jobs})
    rows = [
        {
            "job": job, "record": None, "number": "C1-1-1", "state": "queued", "at": "2026-11-22T09:00:00Z", "way": "server",
            "message": None, "intent": {"job": job, "kind": "receipt", "receipt": {}, "drawer": False, "copies": 1},
        }
        for job in jobs
    ]  # fmt: skip
    till.page.evaluate(PUT, ["prints", rows])
    till.page.reload()
    till.sign_in("1470")
    until = time.monotonic() + 40
    while len(till_server.asked_prints) < 60:
        assert time.monotonic() < until
        till.page.wait_for_timeout(100)
    asked = till_server.asked_prints
    assert (asked[20] - asked[19] > 3, asked[40] - asked[39] > 3) == (True, True)  # a turn every four seconds
    till.wait("view.status.printer.state === 'off' && view.status.printer.waiting === 60")
    till.scan_article(1)
    till.wait("view.lines.length === 1")
    till.do({"c": "tender", "code": "card"})
    till.wait("view.last !== null")
    till.synced()


@pytest.mark.parametrize(("policy", "printed"), [("on_demand", []), ("always", [("receipt", False)])])
def test_after_a_cut_no_drawer_opens_for_a_sale_of_before(
    open_profile, till_server: TillServer, policy: str, printed: list[tuple[str, bool]]
):
    """A sale in cash while the server that prints was away: ten minutes later its customer is gone, its receipt may still come."""
    till_server.bootstrap["print"] = {"policy": policy, "server_printer": True}
    till = opened(open_profile, till_server)
    till_server.stop()
    till.scan_article(1)
    till.wait("view.lines.length === 1")
    till.pay_cash()
    till.wait("view.last !== null")
    till.page.evaluate("window.ahead = 600_000")
    till_server.start()
    till.synced()
    assert [body["seq"] for body in till_server.bodies("ticket")] == [1]
    assert [(job["kind"], job["drawer"]) for job in till_server.prints.values()] == printed
