"""What holds for every basket: parts sum to wholes, no cent is lost, a return mirrors its sale."""

import json

from hypothesis import HealthCheck, assume, example, given, settings

from comptoir.engine.basket import price_text
from comptoir.engine.door import call
from tests.engine.oracle import reckon

from .baskets import basket, mirror

MANY = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def priced(given_basket):
    """The priced basket; a refused one (a discount too large) is not what is looked at here."""
    answer = json.loads(call("price_basket", json.dumps(given_basket)))
    assume("error" not in answer)
    return answer


def total(rows, key):
    return sum(row[key] for row in rows)


@MANY
@given(basket())
def test_parts_sum_to_the_whole(given_basket):
    answer = priced(given_basket)
    parts = answer["lines"] + answer["charges"]
    for key in ("gross_minor", "net_minor", "vat_minor"):
        assert total(parts, key) == answer[key]
    assert total(answer["vat"], "gross_minor") == answer["gross_minor"]
    assert total(answer["vat"], "base_minor") == answer["net_minor"]
    assert all(row["gross_minor"] == row["net_minor"] + row["vat_minor"] for row in parts)


@MANY
@given(basket())
def test_each_rate_sums_its_own_lines(given_basket):
    answer = priced(given_basket)
    rates = [line["vat_e4"] for line in given_basket["lines"]] + [
        charge["vat_e4"] for charge in given_basket["charges"]
    ]
    parts = answer["lines"] + answer["charges"]
    for row in answer["vat"]:
        mine = [part for part, rate in zip(parts, rates, strict=True) if rate == row["vat_e4"]]
        assert (total(mine, "net_minor"), total(mine, "vat_minor")) == (row["base_minor"], row["vat_minor"])


def half_away(numerator, denominator):
    return -half_away(-numerator, denominator) if numerator < 0 else (2 * numerator + denominator) // (2 * denominator)


@MANY
@given(basket())
def test_a_second_reckoning_agrees(given_basket):
    answer = priced(given_basket)
    assert reckon(given_basket) == {key: answer[key] for key in ("net_minor", "vat_minor", "gross_minor", "vat")}


@MANY
@given(basket())
def test_vat_is_rounded_once_per_rate(given_basket):
    given_basket["vat_rounding"] = None
    answer = priced(given_basket)
    for row in answer["vat"]:
        rate = row["vat_e4"] or 0
        if answer["mode"] == "TTC":
            assert row["vat_minor"] == half_away(row["gross_minor"] * rate, 10000 + rate)
        else:
            assert row["vat_minor"] == half_away(row["base_minor"] * rate, 10000)


@MANY
@given(basket())
def test_every_line_is_explained_to_its_gross(given_basket):
    for row in priced(given_basket)["lines"]:
        assert total(row["explain"], "amount_minor") == row["gross_minor"]


@MANY
@given(basket(signs=(1,)))
def test_discounts_lose_no_cent_and_touch_nothing_that_is_passed_on(given_basket):
    answer = priced(given_basket)
    assert answer["discount_minor"] == total(answer["lines"], "line_discount_minor") + total(
        answer["lines"], "basket_discount_minor"
    )
    for line, row in zip(given_basket["lines"], answer["lines"], strict=True):
        amount = row["gross_minor"] if answer["mode"] == "TTC" else row["net_minor"]
        assert (
            amount
            == row["list_minor"] - row["line_discount_minor"] + row["charge_minor"] - row["basket_discount_minor"]
        )
        if line["kind"] in ("deposit", "stored_value") or not line["discountable"]:
            assert row["basket_discount_minor"] == 0
        eco = line.get("eco_minor", 0) * line["quantity_milli"]
        assert amount * 1000 >= min(eco - 500, row["list_minor"] * 1000)


@MANY
@given(basket(sided=True))
def test_the_return_of_a_whole_ticket_is_its_mirror(given_basket):
    sold = priced(given_basket)
    back = priced(mirror(given_basket))
    assert [row["vat_e4"] for row in back["vat"]] == [row["vat_e4"] for row in sold["vat"]]
    lines = zip(sold["lines"], back["lines"], strict=True)
    rates = zip(sold["vat"], back["vat"], strict=True)
    for here, there in [(sold, back), *lines, *rates]:
        amounts = [key for key in here if key.endswith("_minor")]
        assert [there[key] for key in amounts] == [-here[key] for key in amounts]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(basket())
@example({"format": "basket/1", "mode": "TTC", "currency": "EUR", "country": "FR", "lines": []})
def test_both_runtimes_and_both_ways_give_the_same_bytes(micropython, given_basket):
    text = json.dumps(given_basket, ensure_ascii=False, separators=(",", ":"))
    here = call("price_basket", text)
    assert micropython.call("price_basket", text) == here
    if "error" not in json.loads(here):
        assert price_text(given_basket) == here
        assert here == json.dumps(json.loads(here), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
