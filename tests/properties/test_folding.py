"""Folding records gives the same state whatever the batches, and what a plain sum of the records gives."""

import json
import uuid

from hypothesis import given, settings
from hypothesis import strategies as st

from comptoir.engine.door import call

from .baskets import CARD, CASH

HEAD = {
    "alg": "ES256", "key": "k", "engine": "1", "pack": "fr/1", "catalogue": 1, "software": "Comptoir", "dossier": "d",
    "establishment": "e", "register": "C1", "generation": 1, "session": "s1", "business_date": "2026-11-22",
    "offset_minutes": 60, "zone": "Europe/Paris", "training": False,
}  # fmt: skip
OPERATORS = [{"id": "u1", "name": "Inès"}, {"id": "u2", "name": "Léa"}]
SALE = st.tuples(
    st.lists(st.tuples(st.integers(1, 5000), st.sampled_from([550, 1000, 2000, None])), min_size=1, max_size=4),
    st.booleans(),
    st.sampled_from([0, 1]),
    st.integers(0, 3000),
)


def ask(name, request):
    answer = json.loads(call(name, json.dumps(request)))
    assert "error" not in answer, answer
    return answer


def sealed_day(sales):
    """Tickets of a day, each sealed by the engine with the totals of the one before."""
    perpetual = {"algebraic_minor": 0, "absolute_minor": 0}
    bodies = []
    for number, (amounts, refund, operator, more) in enumerate(sales, start=1):
        lines = [line(index, amount, rate, refund) for index, (amount, rate) in enumerate(amounts)]
        total = sum(amount for amount, rate in amounts) * (-1 if refund else 1)
        given_minor = total if refund else total + more
        identity = str(uuid.UUID(int=number))
        head = dict(HEAD, id=identity, chain="C1-1-ticket", seq=number, at=f"2026-11-22T09:{number:02d}:00Z")
        sealed = ask("seal_ticket", {
            "head": dict(head, operator=OPERATORS[operator]), "operation": "refund" if refund else "sale",
            "opened_at": "x", "perpetual": perpetual, "previous": "p" if bodies else "",
            "basket": {"format": "basket/1", "mode": "TTC", "currency": "EUR", "country": "FR", "lines": lines},
            "settle": {"cash_rounding": "none", "types": [CASH, CARD],
                       "tenders": [{"id": "t", "type": "cash", "amount_minor": given_minor}]},
        })  # fmt: skip
        perpetual = sealed["perpetual"]
        bodies.append(sealed["ticket"])
    return bodies


def line(index, amount, rate, refund):
    made = {"id": str(index), "label": "x", "kind": "goods", "family": f"f{index % 2}", "unit_price_e4": amount * 100}
    return dict(made, quantity_milli=-1000 if refund else 1000, vat_e4=rate)


def fold(state, bodies):
    return ask("fold_totals", {"state": state, "bodies": bodies})["state"]


@settings(max_examples=60, deadline=None)
@given(st.lists(SALE, max_size=8), st.integers(0, 8), st.integers(0, 8))
def test_any_split_gives_the_same_state(sales, first, second):
    bodies = sealed_day(sales)
    low, high = sorted((first, second))
    whole = fold(None, bodies)
    assert fold(fold(fold(None, bodies[:low]), bodies[low:high]), bodies[high:]) == whole
    one_by_one = None
    for body in bodies:
        one_by_one = fold(one_by_one, [body])
    assert one_by_one == (whole if bodies else None)


@settings(max_examples=60, deadline=None)
@given(st.lists(SALE, max_size=8))
def test_a_state_is_the_plain_sum_of_its_tickets(sales):
    bodies = sealed_day(sales)
    state = fold(None, bodies)
    totals = [sum(amount for amount, rate in amounts) * (-1 if refund else 1) for amounts, refund, who, more in sales]
    assert state["gross_minor"] == sum(totals)
    assert state["perpetual_algebraic_minor"] == (sum(totals) if totals else None)
    assert state["perpetual_absolute_minor"] == (sum(abs(total) for total in totals) if totals else None)
    for rows in ("vat", "families"):
        assert sum(row["gross_minor" if rows == "vat" else "amount_minor"] for row in state[rows]) == sum(totals)
    for rows in ("tenders", "operators"):
        assert sum(row["amount_minor"] for row in state[rows]) == sum(totals)
    assert state["sale"]["count"] + state["refund"]["count"] == state["tickets"]["count"] == len(bodies)


@settings(max_examples=40, deadline=None)
@given(st.lists(SALE, max_size=5))
def test_both_runtimes_fold_alike(micropython, sales):
    text = json.dumps({"state": None, "bodies": sealed_day(sales)}, ensure_ascii=False)
    assert micropython.call("fold_totals", text) == call("fold_totals", text)
