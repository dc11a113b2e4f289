"""A scanner is told from fingers; its keys never reach a field, a dialog or a button."""

import re

import pytest

from .till_hand import TillHand
from .till_server import article, ean13

pytestmark = pytest.mark.browser

AZERTY = dict(zip("1234567890", "&é\"'(-è_çà", strict=True))


def azerty_scan(till: TillHand, code: str) -> None:
    """What a scanner set to the American layout sends to a French keyboard: places of digits, other characters."""
    till.scan(code, characters="".join(AZERTY[digit] for digit in code))


def test_azerty_scan_is_read_by_the_places_of_the_keys(till: TillHand):
    azerty_scan(till, article(7)[9][0])
    till.wait("view.lines.length === 1")
    assert till.lines() == [("Article n°7", 1000, 107)]
    assert till.view()["field"]["text"] == ""


def test_fingers_are_not_a_scanner(till: TillHand):
    till.page.keyboard.type("370000", delay=80)
    till.page.wait_for_timeout(120)
    assert till.view()["field"]["text"] == "370000"
    assert till.lines() == []


def test_a_trigger_held_down_counts_once_and_a_second_scan_counts_twice(till: TillHand):
    code = article(4)[9][0]
    end = till.scan(code)
    till.scan(code, at=end + 0.1)
    till.wait("view.lines.length === 1")
    till.page.wait_for_timeout(150)
    assert till.lines() == [("Article n°4", 1000, 104)]
    till.scan_again(4)
    till.wait("view.articles === 2")


@pytest.mark.parametrize("by", ["key", "tap"])
def test_the_next_customer_buys_the_same_at_once(till: TillHand, by: str):
    code = article(4)[9][0]
    end = till.scan(code)
    till.wait("view.lines.length === 1")
    if by == "key":
        till.pay_cash()
    else:
        till.page.get_by_role("button", name=re.compile("^Espèces")).first.click()
    till.wait("view.last !== null")
    till.scan(code, at=end + 0.2)
    till.wait("view.lines.length === 1 && view.last === null")
    assert till.lines() == [("Article n°4", 1000, 104)]
    till.synced()
    assert [body["priced"]["gross_minor"] for body in till.server.bodies("ticket")] == [104]


def test_a_number_waiting_is_not_lost_by_a_scan(till: TillHand):
    till.page.keyboard.type("20", delay=90)
    till.page.wait_for_timeout(100)
    till.scan_article(4)
    till.wait("view.lines.length === 1")
    assert till.view()["field"]["text"] == "20"


def test_the_enter_of_the_scanner_presses_no_button(till: TillHand):
    till.scan_article(1)
    till.wait("view.lines.length === 1")
    till.page.evaluate("""() => {
        const button = document.createElement('button');
        button.textContent = 'piège';
        button.onclick = () => { window.pressed = (window.pressed || 0) + 1; };
        document.body.append(button);
        button.focus();
    }""")
    till.scan_article(2)
    till.wait("view.lines.length === 2")
    till.page.keyboard.press("Enter")  # the late one, within 300 ms
    assert till.page.evaluate("window.pressed || 0") == 0


def test_a_scan_works_while_a_dialog_is_open_and_its_box_keeps_its_text(till: TillHand):
    till.press("Backquote")
    till.wait("view.overlay === 'palette'")
    till.page.keyboard.type("z", delay=80)
    till.page.wait_for_timeout(100)
    till.scan_article(9)
    till.wait("view.lines.length === 1")
    assert till.view()["palette"]["text"] == "z"
    assert till.lines() == [("Article n°9", 1000, 109)]


def test_no_code_of_a_long_burst_is_lost(till: TillHand):
    for i in range(40):
        till.scan_article(i)
    till.wait("view.lines.length === 40", 15000)
    assert [label for label, _, _ in till.lines()] == [
        f"Article n°{i}" + (" crème brûlée" if i % 10 == 3 else "") for i in range(40)
    ]
    assert till.view()["total_minor"] == sum(100 + i for i in range(40))


def test_an_article_code_is_never_a_pin(till: TillHand):
    till.do({"c": "lock"})
    till.wait("view.screen === 'lock'")
    till.scan_article(3)
    till.page.wait_for_timeout(200)
    assert till.view()["pin"]["length"] == 0
    assert till.view()["pin"]["message"] is None


@pytest.mark.parametrize("pause_ms", [70, 45])
def test_a_scan_right_after_the_pin_leaves_nothing_in_the_field(till: TillHand, pause_ms: int):
    """The last digit of the PIN and the scan are nearer than two bursts may be: the scan lands in a box that the PIN did not have."""
    till.do({"c": "lock"})
    till.wait("view.screen === 'lock'")
    at = till.type_fast("1470", gap_ms=pause_ms)
    till.wait("view.screen === 'sale'")
    till.scan(article(3)[9][0], at=at)
    till.wait("view.lines.length === 1")
    till.page.wait_for_timeout(150)
    assert till.view()["field"]["text"] == ""
    assert till.page.evaluate("document.querySelector('input[data-field=main]').value") == ""
    till.pay_cash()
    till.wait("view.last !== null")


def test_a_wrong_check_digit_adds_nothing(till: TillHand):
    code = article(3)[9][0]
    till.scan(code[:-1] + str((int(code[-1]) + 1) % 10))
    till.wait("view.notice !== null")
    assert till.view()["notice"]["what"] == "Code-barres lu en partie."
    assert till.lines() == []


def test_an_unknown_code_is_sold_in_two_gestures(till: TillHand):
    till.scan(ean13(399999999999))
    till.wait("view.lines.length === 1")
    line = till.view()["lines"][0]
    assert (line["kind"], line["code"], till.view()["total_minor"]) == ("unknown", ean13(399999999999), 0)
    till.scan_article(2)  # scanning goes on
    till.wait("view.lines.length === 2")
    till.page.keyboard.type("4,50", delay=80)
    till.do({"c": "sell_unknown", "line": line["id"]})
    till.wait("view.total_minor === 552")


def test_a_burst_without_enter_stays_in_the_field(till: TillHand):
    """A scanner set to send no Enter: its digits left the field during the burst and come back, the text around them too."""
    code = article(4)[9][0]
    till.page.keyboard.type("ab", delay=120)
    till.page.keyboard.press("ArrowLeft")
    till.page.wait_for_timeout(150)
    till.type_fast(code)
    till.wait(f"view.field.text === 'a{code}b'")
    assert till.lines() == []
    assert till.page.evaluate("document.querySelector('input[data-field=main]').selectionStart") == 1 + len(code)


def test_a_burst_cut_by_a_finger_loses_nothing(till: TillHand):
    code = article(4)[9][0]
    till.type_fast(code)
    till.press("Backspace")
    till.wait(f"view.field.text === '{code[:-1]}'")


def test_the_last_digit_counts_not_the_one_foreseen(till: TillHand):
    """Priced ahead on twelve digits; another thirteenth digit is another code, and the next scan is whole again."""
    code = article(4)[9][0]
    till.scan(code[:-1] + str((int(code[-1]) + 1) % 10))
    till.wait("view.notice !== null")
    assert till.lines() == []
    till.scan_article(4)
    till.wait("view.lines.length === 1")
    till.page.wait_for_timeout(420)
    till.scan_article(4)
    till.wait("view.articles === 2")
    assert till.lines() == [("Article n°4", 2000, 208)]
