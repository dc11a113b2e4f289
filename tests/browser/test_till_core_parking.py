"""Baskets set aside: named, found again without the server, taken over by one register only, never lost, never sealed."""

import json

import pytest

from .till_hand import TillHand
from .till_server import TillServer

pytestmark = pytest.mark.browser


def park(till: TillHand, *articles: int) -> None:
    for i in articles:
        till.scan_article(i)
    till.wait(f"view.lines.length === {len(articles)}")
    till.press("F5")
    till.wait("view.lines.length === 0")


def told(till: TillHand, server: TillServer, count: int = 1) -> None:
    """The server knows of so many baskets, and the till knows that it does."""
    for _ in range(600):
        if len(server.parked.rows) == count:
            break
        till.page.wait_for_timeout(25)
    assert len(server.parked.rows) == count
    till.page.wait_for_timeout(400)


def second_till(server: TillServer, open_profile) -> TillHand:
    other = TillHand(page=open_profile("other").pages[0], server=server)
    other.enrol("ESSAI-2")
    other.sign_in("1470")
    other.open_session({1000: 10})
    return other


@pytest.mark.feature("TILL-11", "OFF-01")
def test_a_basket_set_aside_is_named_printed_and_recalled_without_the_server(till: TillHand, till_server: TillServer):
    till_server.stop()
    park(till, 1, 2)
    assert till.view()["notice"]["what"] == "En attente : Article n°1 + 1, 2,03\u00a0€."
    park(till, 3)
    till.press("F5")  # two of them wait: the list
    till.wait("view.overlay === 'parked' && view.parked.length === 2")
    till.page.get_by_role("button", name="Nommer Article n°1 + 1").click()
    till.page.get_by_label("Nom du ticket").fill("veste bleue")
    till.page.get_by_role("button", name="Garder", exact=True).click()
    till.wait("view.parked[0].label === 'veste bleue'")
    assert [(row["name"], row["lines"], row["total_minor"], row["register"]) for row in till.view()["parked"]] == [
        ("Article n°1 + 1", 2, 203, None),
        ("Article n°3 crème brûlée", 1, 103, None),
    ]
    till.page.wait_for_timeout(300)
    till.page.reload()
    till.sign_in("1470")
    till.wait("view.screen === 'sale' && view.parked.some((row) => row.label === 'veste bleue')")
    till.do({"c": "overlay", "which": "parked"})
    till.page.get_by_role("button", name="Reprendre veste bleue").click()
    till.wait("view.overlay === 'none' && view.lines.length === 2")
    till_server.start()
    till.press("F9")
    till.wait("view.last !== null")
    till.synced()
    (ticket,) = till_server.bodies("ticket")
    assert ticket["priced"]["gross_minor"] == 203
    assert till_server.refused == []


@pytest.mark.feature("TILL-11")
def test_its_paper_shows_no_amount_and_its_code_recalls_it(till: TillHand, till_server: TillServer):
    park(till, 1, 2)
    till.page.get_by_role("button", name="Imprimer un papier").click()
    till.wait("view.notice?.what === 'Le papier d’attente s’imprime.'")
    for _ in range(400):
        if any(job["kind"] == "parked" for job in till_server.prints.values()):
            break
        till.page.wait_for_timeout(25)
    (job,) = [job for job in till_server.prints.values() if job["kind"] == "parked"]
    blocks = job["receipt"]["blocks"]
    text = json.dumps(blocks, ensure_ascii=False)
    assert "TICKET EN ATTENTE" in text and "Article n°1 + 1" in text and "€" not in text and "2,03" not in text
    (code,) = [block["s"] for block in blocks if block["t"] == "barcode"]
    till.page.wait_for_timeout(450)
    till.scan(code, characters=code)
    till.wait("view.lines.length === 2 && view.total_minor === 203")
    assert [row["type"] for row in till_server.records.values() if row["type"] not in ("cash", "event")] == []


@pytest.mark.feature("TILL-11")
def test_another_register_takes_it_over_once_and_the_first_one_is_told(
    till: TillHand, till_server: TillServer, open_profile
):
    park(till, 1, 2)
    told(till, till_server)
    other = second_till(till_server, open_profile)
    other.wait("view.parked.length === 1", 40000)
    assert (other.view()["parked"][0]["register"], other.view()["parked"][0]["total_minor"]) == ("C1", 203)
    other.press("F5")
    other.wait("view.overlay === 'parked'")
    till_server.lose_taken = 1  # the answer is lost: the same request is asked again, and brings it once
    other.page.get_by_role("button", name="Reprendre Article n°1 + 1").click()
    other.wait("view.lines.length === 2 && view.parked.length === 0", 40000)
    assert other.view()["total_minor"] == 203
    till.do({"c": "recall", "id": till.view()["parked"][0]["id"]})
    till.wait("view.notice !== null && view.parked.length === 0")
    assert till.view()["notice"]["what"] == "« Article n°1 + 1 » a été repris par Léa Martin sur la caisse C2."
    assert till.view()["lines"] == []
    other.press("F9")
    other.wait("view.last !== null")
    other.synced()
    assert [(one["register"], one["priced"]["gross_minor"]) for one in till_server.bodies("ticket")] == [("C2", 203)]
    assert till_server.refused == []


@pytest.mark.feature("TILL-11", "OFF-01")
def test_a_page_killed_while_it_takes_over_loses_nothing(till: TillHand, till_server: TillServer, open_profile):
    park(till, 1, 2)
    told(till, till_server)
    other = second_till(till_server, open_profile)
    other.wait("view.parked.length === 1", 40000)
    till_server.lose_taken = 1
    other.page.evaluate("void window.__comptoir.do({c: 'recall', id: window.__comptoir.view.parked[0].id})")
    for _ in range(400):
        if till_server.lose_taken == 0:
            break
        other.page.wait_for_timeout(10)
    other.page.reload()  # the server gave it, and this page never heard
    other.sign_in("1470")
    other.wait("view.baskets.some((one) => one.lines === 2)", 40000)
    assert [one["total_minor"] for one in other.view()["baskets"] if one["lines"]] == [203]
    assert [row["taken"]["register"] for row in till_server.parked.rows.values()] == ["C2"]


@pytest.mark.feature("TILL-11")
def test_what_is_recalled_or_sold_here_no_longer_waits_for_the_others(till: TillHand, till_server: TillServer):
    park(till, 1)
    told(till, till_server)
    (row,) = till_server.parked.rows.values()
    till_server.stop()
    till.press("F5")  # without the server the register goes on with its own
    till.wait("view.lines.length === 1")
    till.press("F9")
    till.wait("view.last !== null")
    till_server.start()
    till.synced()
    for _ in range(800):
        if row["taken"]:
            break
        till.page.wait_for_timeout(25)
    assert row["taken"] == {"register": "C1", "operator": "Léa Martin"}
