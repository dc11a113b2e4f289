"""Keeping unchanged lines between two calls never changes an answer: the kept way is compared with the plain way."""

import json

import pytest

from comptoir.engine import intake
from comptoir.engine.basket import price_text
from comptoir.engine.door import call
from comptoir.engine.lines import price_line

FRAME = {"format": "basket/1", "mode": "TTC", "currency": "EUR", "country": "FR"}


def line(number, **more):
    base = {"id": f"l{number}", "label": f"Article {number}", "kind": "goods", "quantity_milli": 1000}
    return {**base, "unit_price_e4": 34500 + number, "vat_e4": 2000, **more}


def compact(basket):
    return json.dumps(basket, separators=(",", ":"), ensure_ascii=False)


def both(basket):
    text = compact(basket)
    kept = call("price_basket", text)
    assert kept == price_text(json.loads(text))
    return json.loads(kept)


def test_a_basket_growing_by_scans():
    lines = []
    for number in range(60):
        lines.append(line(number, discounts=[{"kind": "amount", "value_minor": number}] if number % 7 == 0 else []))
        both({**FRAME, "lines": lines, "discounts": [{"kind": "percent", "value_e4": 1000}], "charges": []})
    lines[10]["quantity_milli"] = 5000
    assert both({**FRAME, "lines": lines})["lines"][10]["list_minor"] == 1726  # 5 x 3,4510 = 17,255


def test_unchanged_lines_are_not_priced_again(monkeypatch):
    basket = {**FRAME, "lines": [line(number, label="seulement ici") for number in range(5)]}
    call("price_basket", compact(basket))
    priced = []

    def counted(raw):
        priced.append(raw["id"])
        return price_line(raw)

    monkeypatch.setattr(intake, "price_line", counted)
    basket["lines"][3]["quantity_milli"] = 2000
    call("price_basket", compact(basket))
    assert priced == ["l3"]


@pytest.mark.parametrize(
    "label", ['{"id":"x"}', "},{", '"lines":[', "}]", "é😀", "\\", 'a"b', "\t", "\\u0041", "\\ud83d", "]}"]
)
def test_labels_that_look_like_structure(label):
    both({**FRAME, "lines": [line(1, label=label), line(2), line(3, label=label)], "discounts": [], "charges": []})


def test_the_last_line_holding_lists():
    reductions = [{"kind": "amount", "value_minor": 5}, {"kind": "percent", "value_e4": 100}]
    basket = {**FRAME, "lines": [line(1), line(2, discounts=reductions, charges=reductions)], "charges": []}
    assert both(basket)["discount_minor"] == 8  # 0,05 then 1 % of 3,40


@pytest.mark.parametrize(
    "text",
    [
        '{"lines":[{"id":"a"}],"lines":[]}',
        '{"lines":[{"id":"a"},]}',
        '{"lines":[{"id":"a"}',
        '{"lines":[{"id":"a"}]}]',
        '{"x":{"lines":[{"id":"a"}]}}',
        '[{"id":"a"}]',
        '{"lines":[{"id":',
    ],
)
def test_texts_that_are_not_baskets_are_refused(text):
    assert "error" in json.loads(call("price_basket", text))


def test_a_refusal_names_its_line_whatever_was_kept():
    lines = [line(number) for number in range(4)]
    both({**FRAME, "lines": lines})
    lines[2]["vat_e4"] = 10001
    answer = json.loads(call("price_basket", compact({**FRAME, "lines": lines})))
    assert (answer["error"]["code"], answer["error"]["path"]) == ("out_of_range", "lines/2/vat_e4")


def test_one_id_twice_is_refused_even_when_both_lines_are_known():
    both({**FRAME, "lines": [line(1), line(2)]})
    answer = json.loads(call("price_basket", compact({**FRAME, "lines": [line(1), line(1)]})))
    assert (answer["error"]["code"], answer["error"]["path"]) == ("duplicate_id", "lines/1/id")


def test_what_is_kept_is_bounded(monkeypatch):
    monkeypatch.setattr(intake, "KEPT", 10)
    for start in range(0, 100, 5):
        both({**FRAME, "lines": [line(start + number) for number in range(5)]})
        assert len(intake._known) <= 10


def test_a_text_that_goes_on_from_the_last_one():
    """Only what was added is read again, whatever the next text does with what both begin with."""
    lines = [line(1), line(2, label="],{")]
    for more in ([], [line(3)], [line(4), line(5)]):
        both({**FRAME, "lines": [*lines, *more], "discounts": []})
    both(
        {**FRAME, "lines": lines, "discounts": [{"kind": "amount", "value_minor": 100}]}
    )  # the same lines, another end
    both({**FRAME, "lines": [line(2)], "discounts": []})
    both({**FRAME, "lines": lines, "charges": [{"label": '"lines":[', "amount_minor": 100, "vat_e4": 2000}]})
    text = compact({**FRAME, "lines": lines, "discounts": []})
    call("price_basket", text)
    for cut in (text[:-1], text + "x"):
        assert json.loads(call("price_basket", cut))["error"]["code"] == "not_json"
    assert json.loads(call("price_basket", text))["lines"][1]["id"] == "l2"
