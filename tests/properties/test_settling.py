"""What holds for every settlement, change and drawer."""

import json

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from comptoir.engine.door import call

from .baskets import settlement

MANY = settings(max_examples=150, deadline=None)
KINDS_WITH_CHANGE = {"cash", "gift"}


def ask(name, request):
    return json.loads(call(name, json.dumps(request)))


@MANY
@given(settlement())
def test_payments_and_rounding_balance(request):
    answer = ask("settle", request)
    total = request["total_minor"]
    assert answer["paid_minor"] == sum(row["amount_minor"] for row in answer["payments"])
    assert answer["due_minor"] == total + answer["rounding_minor"] - answer["paid_minor"]
    assert answer["complete"] == (answer["due_minor"] == 0)
    assert answer["due_minor"] * total >= 0
    assert len(answer["payments"]) + len(answer["refusals"]) == len(request["tenders"])
    assert answer["change_minor"] == sum(row["change_minor"] for row in answer["payments"])


def corrects(request):
    """Nothing is due, some tenders are taken back and others put in their place."""
    signs = {tender["amount_minor"] > 0 for tender in request["tenders"] if tender["amount_minor"]}
    return not request["total_minor"] and signs == {True, False}


@MANY
@given(settlement())
def test_change_is_only_given_where_allowed(request):
    for row in ask("settle", request)["payments"]:
        assert row["tendered_minor"] == row["amount_minor"] + row["change_minor"]
        assert row["type"] in KINDS_WITH_CHANGE or row["change_minor"] == 0
        assert corrects(request) or row["amount_minor"] * request["total_minor"] > 0
        assert row["change_minor"] * request["total_minor"] >= 0


@MANY
@given(settlement())
def test_a_correction_takes_tenders_whole_and_is_done_when_they_balance(request):
    request = dict(request, total_minor=0, meal_voucher_minor=0)
    answer = ask("settle", request)
    if not corrects(request):
        assert answer["payments"] == []  # nothing is due: there is nothing to pay, and nothing to take back
        return
    assert [row["amount_minor"] for row in answer["payments"]] == [row["tendered_minor"] for row in answer["payments"]]
    assert answer["complete"] == (answer["paid_minor"] == answer["rounding_minor"])
    refused = {row["id"] for row in answer["refusals"]}
    assert {tender["id"] for tender in request["tenders"] if not tender["amount_minor"]} <= refused


@MANY
@given(settlement())
def test_meal_vouchers_keep_their_limits(request):
    assume(not corrects(request))
    answer = ask("settle", request)
    paid = abs(sum(row["amount_minor"] for row in answer["payments"] if row["type"] == "meal"))
    assert paid <= min(2500, abs(request["meal_voucher_minor"]))


@MANY
@given(settlement())
def test_rounding_is_for_cash_and_at_most_two_cents(request):
    answer = ask("settle", request)
    rounding = answer["rounding_minor"]
    assert abs(rounding) <= 2
    if rounding:
        assert request["cash_rounding"] == "be5" and answer["complete"]
        cash = sum(row["amount_minor"] for row in answer["payments"] if row["type"] == "cash")
        assert cash % 5 == 0 and cash != 0


@MANY
@given(settlement())
def test_what_a_refusal_allows_is_accepted(request):
    answer = ask("settle", request)
    for refusal in answer["refusals"]:
        allowed = refusal["params"].get("allowed_minor")
        if allowed:
            tenders = [dict(t, amount_minor=allowed) if t["id"] == refusal["id"] else t for t in request["tenders"]]
            again = ask("settle", dict(request, tenders=tenders))
            assert refusal["id"] in [row["id"] for row in again["payments"]]


@MANY
@given(settlement())
def test_a_refund_mirrors_a_sale(request):
    back = dict(request, total_minor=-request["total_minor"], meal_voucher_minor=-request["meal_voucher_minor"])
    back["tenders"] = [dict(t, amount_minor=-t["amount_minor"]) for t in request["tenders"]]
    here, there = ask("settle", request), ask("settle", back)
    for key in ("paid_minor", "due_minor", "due_cash_minor", "change_minor", "rounding_minor"):
        assert there[key] == -here[key]
    assert [row["code"] for row in there["refusals"]] == [row["code"] for row in here["refusals"]]


@MANY
@given(settlement())
def test_cash_may_come_first_or_last(request):
    """Moving the cash tenders around changes no total: they are counted last whatever their place."""
    cash = [tender for tender in request["tenders"] if tender["type"] == "cash"]
    others = [tender for tender in request["tenders"] if tender["type"] != "cash"]
    first = ask("settle", dict(request, tenders=cash + others))
    last = ask("settle", dict(request, tenders=others + cash))
    for key in ("paid_minor", "due_minor", "due_cash_minor", "change_minor", "rounding_minor", "complete"):
        assert first[key] == last[key]


@MANY
@given(settlement())
def test_both_runtimes_settle_alike(micropython, request):
    text = json.dumps(request)
    assert micropython.call("settle", text) == call("settle", text)


PIECES = st.dictionaries(
    st.sampled_from([1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000]), st.integers(0, 6), max_size=8
)


def possible(amount, drawer):
    """Whether the drawer can make the amount, by trying everything."""
    reached = {0}
    for value, count in drawer.items():
        reached = {
            made + value * used for made in reached for used in range(count + 1) if made + value * used <= amount
        }
    return amount in reached


@MANY
@given(st.integers(0, 3000), PIECES)
def test_coins_come_from_the_drawer_and_make_the_amount_when_they_can(amount, drawer):
    rows = [{"value_minor": value, "count": count} for value, count in drawer.items()]
    answer = ask("coins", {"amount_minor": amount, "drawer": rows})
    given_minor = sum(row["value_minor"] * row["count"] for row in answer["pieces"])
    assert given_minor + answer["left_minor"] == amount
    assert all(row["count"] <= drawer[row["value_minor"]] for row in answer["pieces"])
    assert (answer["left_minor"] == 0) == possible(amount, drawer)
