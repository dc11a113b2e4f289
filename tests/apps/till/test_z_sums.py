"""A Z summed again over rows of every kind: charges, containers out and back, discounts, a return, a credit note."""

import json

import pytest

from comptoir.apps.fiscal.queries import sealed_record
from comptoir.apps.till.sums import disagreements
from comptoir.apps.treasury.models import Closing
from tests.apps.till.returning import correct, own_note, seal, take_back
from tests.apps.till.shop import enrolled_till, line, send, set_up_shop, statuses


@pytest.fixture
def till(dossier):
    set_up_shop("C1")
    till = enrolled_till()
    till.open()
    return till


def crate(quantity_milli: int) -> dict:
    label = "Casier" if quantity_milli > 0 else "Casier rendu"
    return line(label, price_e4=10_000, vat_e4=None, quantity_milli=quantity_milli, kind="deposit", family="boissons")


def mixed_day(till) -> None:
    beer = line("Bière", price_e4=200_000, vat_e4=2000, family="boissons")
    basket = till.soft.basket([beer, crate(3000), crate(-1000)])
    basket["discounts"] = [{"kind": "amount", "value_minor": 100, "reason": None}]
    basket["charges"] = [{"label": "Livraison", "amount_minor": 500, "vat_e4": 2000}]
    total = till.soft.price(basket)["gross_minor"]
    assert total == 2000 - 100 + 200 + 500
    sale = seal(till, "sale", basket, ("card", 1000), ("cash", total - 1000), origin=None)
    till.sell(line("Pain", price_e4=12_000, family="pains"))
    take_back(till, sale, [("Bière", 500)], ("credit_note", -950, own_note(till)))
    correct(till, sale, ("cash", -200), ("card", 200))


def closed(till) -> dict:
    till.close({"tender": "cash", "amount_minor": till.soft.report()["cash"]["expected_minor"], "pieces": []})
    assert set(statuses(send(till))) == {"stored"}
    row = Closing.objects.get()
    assert row.agrees
    return json.loads(row.record.body)["state"]


def test_a_day_with_everything_in_it_agrees(till) -> None:
    mixed_day(till)
    state = closed(till)
    assert state["deposits"] == {
        "sold": {"quantity_milli": 3000, "amount_minor": 300},
        "returned": {"quantity_milli": -1000, "amount_minor": -100},
    }
    families = {row["code"]: (row["count"], row["amount_minor"]) for row in state["families"]}
    assert families == {"boissons": (4, 2000 - 100 + 200 - 950), "pains": (1, 120)}
    assert state["corrected"] == {"count": 1, "amount_minor": 200}
    assert state["credit_issued"] == {"count": 1, "amount_minor": 950}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("deposits", "sold", "quantity_milli"), 2000),
        (("families", 0, "net_minor"), 1),
        (("discounts", "amount_minor"), 99),
        (("tenders", 0, "change_minor"), 1),
        (("corrected", "count"), 2),
        (("operators", 0, "amount_minor"), 1),
        (("vat", 0, "base_minor"), 1),
        (("rounding_minor",), 1),
    ],
)
def test_each_part_of_a_z_is_held_against_the_rows(till, path, value) -> None:
    mixed_day(till)
    closed(till)
    row = Closing.objects.get()
    sealed = sealed_record(row.chain, seq=row.seq)
    assert disagreements(sealed) == []
    part = sealed.body["state"]
    for key in path[:-1]:
        part = part[key]
    true = part[path[-1]]
    part[path[-1]] = value
    found = disagreements(sealed)
    assert {"path": "state/" + "/".join(map(str, path)), "sealed": value, "computed": true} in found


def test_a_day_of_plain_articles_has_no_part_for_what_it_does_not_hold(till) -> None:
    till.sell(line("Pain", price_e4=12_000, family=None))
    state = closed(till)
    assert state["families"] == [{"code": None, "count": 1, "amount_minor": 120, "net_minor": 114}]
    assert "deposits" not in state and "corrected" not in state


def test_a_z_begins_after_the_tickets_of_the_one_before(till) -> None:
    """A ticket in no Z, or in two, would leave every sum of its own Z right."""
    till.sell()
    till.sell()
    closed(till)
    till.open()
    till.close({"tender": "cash", "amount_minor": 10_000, "pieces": []})  # over an empty day: no ticket, no range
    till.open()
    till.sell()
    till.sell()
    till.close({"tender": "cash", "amount_minor": 10_240, "pieces": []})
    send(till)
    assert list(Closing.objects.order_by("seq").values_list("first_seq", "last_seq", "agrees")) == [
        (1, 2, True), (0, 0, True), (3, 4, True),
    ]  # fmt: skip
    sealed = sealed_record("C1-1-z", seq=3)
    assert disagreements(sealed) == []
    span = next(one for one in sealed.body["ranges"] if one["chain"] == "C1-1-ticket")
    for first in (4, 2):
        span["first"] = sealed.body["first_seq"] = first
        found = disagreements(sealed)
        assert {"path": "ranges/ticket/first", "sealed": first, "computed": 3} in found
    span["first"], sealed.body["last_seq"] = 3, 3
    assert disagreements(sealed) == [
        {"path": "first_seq", "sealed": 2, "computed": 3}, {"path": "last_seq", "sealed": 3, "computed": 4},
    ]  # fmt: skip
