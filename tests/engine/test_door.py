"""The engine's door: whatever comes in, an answer comes out, in canonical text."""

import json

import pytest

from comptoir.engine.door import CALLS, call

EMPTY = {"format": "basket/1", "mode": "TTC", "currency": "EUR", "country": "FR", "lines": []}
NAMES = sorted([*CALLS, "price_basket", "nothing"])


def error(name, text):
    return json.loads(call(name, text))["error"]


def line(number, **more):
    base = {"id": f"l{number}", "label": "x", "kind": "goods", "quantity_milli": 1000, "unit_price_e4": 10000}
    return {**base, "vat_e4": 2000, **more}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "text", ["", "{", "nul", "[", "1", '"a"', "[]", "{}", '{"a":', "null", "[" * 200000, "9" * 5000]
)
def test_a_bad_text_is_refused_never_raised(name, text):
    assert set(error(name, text)) == {"code", "params", "path"}


@pytest.mark.parametrize(
    "text", ['{"text":"\\ud83d"}', '{"text":"\\ude00\\ud83d"}', '{"text":"\ud83d"}', '{"text":"\\uD83Dx"}']
)
def test_half_of_a_character_is_refused(text):
    assert error("parse_code", text)["code"] == "lone_surrogate"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ('{"text":"\\ud83d\\ude00"}', "😀"),
        ('{"text":"😀"}', "😀"),
        ('{"text":"\\uD83D\\uDE00!"}', "😀!"),
        ('{"text":"\\ud55c"}', "한"),
        ('{"text":"\\\\ud83d"}', "\\ud83d"),
        ('{"text":"a\\u00e9\\u0301"}', "aé\u0301"),
    ],
)
def test_escaped_texts_are_read_alike_on_both_runtimes(text, read, cpython, micropython):
    assert json.loads(cpython.call("parse_code", text)) == {"kind": "internal", "text": read}
    assert micropython.call("parse_code", text) == cpython.call("parse_code", text)


def test_two_thousand_lines_are_priced_and_one_more_is_refused(cpython, micropython):
    basket = {
        **EMPTY,
        "lines": [line(number) for number in range(2000)],
        "discounts": [{"kind": "amount", "value_minor": 999}],
    }
    text = json.dumps(basket)
    priced = json.loads(cpython.call("price_basket", text))
    assert (priced["gross_minor"], priced["articles"], priced["discount_minor"]) == (199001, 2000, 999)
    assert micropython.call("price_basket", text) == cpython.call("price_basket", text)
    basket["lines"].append(line(2000))
    refused = error("price_basket", json.dumps(basket))
    assert refused == {"code": "basket_too_long", "params": {"lines": 2001, "most": 2000}, "path": "lines"}


def test_ten_thousand_lines_are_refused_by_both(cpython, micropython):
    text = json.dumps({**EMPTY, "lines": [line(number) for number in range(10000)]})
    assert json.loads(cpython.call("price_basket", text))["error"]["code"] == "basket_too_long"
    assert micropython.call("price_basket", text) == cpython.call("price_basket", text)


def test_integers_beyond_two_to_the_53_keep_every_digit(cpython, micropython):
    state = json.loads(cpython.call("fold_totals", '{"state":null,"bodies":[]}'))["state"]
    state["gross_minor"] = 2**60 + 1
    request = json.dumps({"state": state, "kind": "x"})
    assert json.loads(cpython.call("report", request))["gross_minor"] == 1152921504606846977
    assert micropython.call("report", request) == cpython.call("report", request)


def test_naughty_names_go_through_unchanged(cpython, micropython, shared_data):
    strings = json.loads((shared_data / "bad-input" / "blns.json").read_text(encoding="utf-8"))
    assert len(strings) > 400
    lines = [line(number, label=text[:2000]) for number, text in enumerate(strings)]
    sent = json.dumps({**EMPTY, "lines": lines}, ensure_ascii=False)
    assert json.loads(cpython.call("price_basket", sent))["articles"] == len(strings)
    assert micropython.call("price_basket", sent) == cpython.call("price_basket", sent)
    event = {"format": "event/1", "chain": "C1-1-event", "seq": 1, "at": "2026-02-28T09:00:00Z", "offset_minutes": 60}
    body = {**event, "register": "C1", "operator": {"id": "u", "name": "x"}, "code": 1, "label": "x", "detail": strings}
    sent = json.dumps({"body": body, "previous": ""}, ensure_ascii=False)
    sealed = json.loads(cpython.call("to_sign", sent))
    assert sealed["body"] == json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert micropython.call("to_sign", sent) == cpython.call("to_sign", sent)
