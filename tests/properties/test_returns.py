"""What holds for every return and cancellation, whatever was sold and however it comes back."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from comptoir.engine.door import call

from .baskets import basket

MANY = settings(max_examples=150, deadline=None)


def ask(name, request):
    return json.loads(call(name, json.dumps(request)))


def sold(made: dict) -> dict | None:
    """The part of a sealed sale that returns read; None for a basket that the engine does not accept."""
    priced = ask("price_basket", made)
    if "error" in priced:
        return None
    return {"operation": "sale", "basket": made, "priced": priced, "settle": {}, "settled": {"payments": []}}


def amounts(ticket: dict) -> dict[str, int]:
    """What was paid for each line, in the ticket's mode."""
    key = "gross_minor" if ticket["priced"]["mode"] == "TTC" else "net_minor"
    return {row["id"]: row[key] for row in ticket["priced"]["lines"]}


def positive_vat(ticket: dict) -> dict[int | None, int]:
    """VAT sealed by rate on what was sold, lines given back in the same ticket apart."""
    paid = amounts(ticket)
    key = "gross_minor" if ticket["priced"]["mode"] == "TTC" else "net_minor"
    found: dict[int | None, int] = {}
    for line, row in zip(ticket["basket"]["lines"], ticket["priced"]["lines"], strict=True):
        if paid[row["id"]] > 0:
            found[line["vat_e4"]] = found.get(line["vat_e4"], 0) + row["vat_minor"]
    for row in ticket["priced"]["charges"]:
        if row[key] > 0:
            found[row["vat_e4"]] = found.get(row["vat_e4"], 0) + row["vat_minor"]
    return found


def next_return(draw, rows: list[dict], *, last: bool) -> list[dict]:
    wanted = []
    for row in rows:
        if row["left_milli"]:
            quantity = row["left_milli"] if last else draw(st.integers(0, row["left_milli"]))
            if quantity:
                wanted.append(
                    {"line": row["line"], "quantity_milli": quantity, "disposition": "resale", "reason": None}
                )
    return wanted


@MANY
@given(basket(), st.data())
def test_any_sequence_of_returns_sums_to_what_was_paid(made, data):
    ticket = sold(made)
    if ticket is None:
        return
    returned: dict[str, int] = {}
    back: dict[str, int] = {}
    vat: dict[int | None, int] = {}
    ceiling = positive_vat(ticket)
    for turn in range(4):
        before = [{"line": line, "quantity_milli": milli} for line, milli in returned.items()]
        rows = ask("refund_basket", {"ticket": ticket, "returned": before, "wanted": []})["lines"]
        wanted = next_return(data.draw, rows, last=turn == 3)
        answer = ask("refund_basket", {"ticket": ticket, "returned": before, "wanted": wanted})
        priced = ask("price_basket", answer["basket"])
        assert "error" not in priced, priced
        mode = "gross_minor" if priced["mode"] == "TTC" else "net_minor"
        for line, row in zip(answer["basket"]["lines"], priced["lines"], strict=True):
            assert row[mode] == line["label_total_minor"] <= 0
            assert row["gross_minor"] == row["net_minor"] + row["vat_minor"]
            returned[line["origin_line"]] = returned.get(line["origin_line"], 0) - line["quantity_milli"]
            back[line["origin_line"]] = back.get(line["origin_line"], 0) - row[mode]
        for row in priced["vat"]:
            assert row["vat_minor"] <= 0
            vat[row["vat_e4"]] = vat.get(row["vat_e4"], 0) - row["vat_minor"]
        assert all(vat[rate] <= ceiling.get(rate, 0) for rate in vat)
    paid = amounts(ticket)
    for line in made["lines"]:
        refundable = line["quantity_milli"] > 0 and paid[line["id"]] >= 0 and line["kind"] != "stored_value"
        assert back.get(line["id"], 0) == (paid[line["id"]] if refundable else 0)
    if not ticket["priced"]["charges"] and all(line["kind"] != "stored_value" for line in made["lines"]):
        assert {rate: total for rate, total in vat.items() if total} == {
            rate: total for rate, total in ceiling.items() if total
        }


@MANY
@given(basket())
def test_a_cancellation_is_the_exact_opposite(made):
    ticket = sold(made)
    if ticket is None:
        return
    answer = ask("cancel_basket", {"ticket": ticket, "returned": []})
    priced = ask("price_basket", answer["basket"])
    for key in ("gross_minor", "net_minor", "vat_minor"):
        assert priced[key] == -ticket["priced"][key]
    assert [(row["vat_e4"], -row["base_minor"], -row["vat_minor"], -row["gross_minor"]) for row in priced["vat"]] == [
        (row["vat_e4"], row["base_minor"], row["vat_minor"], row["gross_minor"]) for row in ticket["priced"]["vat"]
    ]


@MANY
@given(basket(signs=(1,)), st.integers(1, 10_000))
def test_one_thousandth_too_many_is_refused(made, beyond):
    ticket = sold(made)
    if ticket is None:
        return
    for row in ask("refund_basket", {"ticket": ticket, "returned": [], "wanted": []})["lines"]:
        if row["left_milli"]:
            wanted = [{"line": row["line"], "quantity_milli": row["left_milli"] + beyond}]
            answer = ask("refund_basket", {"ticket": ticket, "returned": [], "wanted": wanted})
            assert answer["error"]["code"] == "more_than_sold"
            assert answer["error"]["params"] == {"left_milli": row["left_milli"]}
