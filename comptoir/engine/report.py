"""What X and Z show, read from a folded state; the two differ by their kind only."""

from . import checks
from .checks import Refusal
from .totals import DRAWER_OPENED, SOME_DAYS


def _events(state, code):
    for row in state["events"]:
        if row["code"] == code:
            return row["count"]
    return 0


def _cash(state):
    """Cash from the float to what the drawer should hold, movement by movement."""
    moves = []
    expected = 0
    opening = 0
    for kind in ("opening", "in", "out"):
        for row in state["cash"]:
            if row["kind"] != kind:
                continue
            signed = -row["amount_minor"] if kind == "out" else row["amount_minor"]
            expected += signed
            if kind == "opening":
                opening += signed
            else:
                moves.append(
                    {
                        "kind": kind,
                        "reason": row["reason"],
                        "label": row["label"],
                        "count": row["count"],
                        "amount_minor": signed,
                    }
                )
    sales = 0
    change = 0
    for row in state["tenders"]:
        if row["kind"] == "cash":
            sales += row["amount_minor"]
        else:
            change -= row["change_minor"]
    return {
        "opening_minor": opening,
        "moves": moves,
        "sales_minor": sales,
        "change_for_others_minor": change,
        "expected_minor": expected + sales + change,
    }


def _tenders(state, cash):
    """Tenders with what should be found for each; cash includes the float and the movements."""
    rows = []
    seen_cash = False
    for row in state["tenders"]:
        line = dict(row)
        line["expected_minor"] = cash["expected_minor"] if row["kind"] == "cash" else row["tendered_minor"]
        seen_cash = seen_cash or row["kind"] == "cash"
        rows.append(line)
    return rows


def make_report(state, kind):
    """The report (`report/1`) of a state: sales, VAT, tenders, operators, families, counters, cash, perpetual
    totals."""
    cash = _cash(state)
    report = {
        "format": "report/1",
        "kind": kind,
        "cash": cash,
        "tenders": _tenders(state, cash),
        "drawer_openings": _events(state, DRAWER_OPENED),
    }
    for key in (
        "tickets",
        "sale",
        "refund",
        "cancel",
        "correction",
        "gross_minor",
        "net_minor",
        "vat_minor",
        "vat",
        "operators",
        "families",
        "discounts",
        "deleted",
        "duplicates",
        "provisionals",
        "training",
        "rounding_minor",
        "articles",
        "opened_at",
        "first_at",
        "last_at",
        "sessions",
        "ranges",
        "events",
        "counts",
        "perpetual_algebraic_minor",
        "perpetual_absolute_minor",
    ):
        report[key] = state[key]
    for key in ("deposits",) + SOME_DAYS:
        if key in state:
            report[key] = state[key]
    return report


def report(request):
    """`{"state", "kind": "x"|"z"}` -> report/1."""
    checks.mapping(request, "")
    state = checks.mapping(checks.required(request, "state"), "state")
    if state.get("format") != "state/1":
        raise Refusal("unknown_format", "state/format")
    kind = checks.one_of(checks.required(request, "kind"), "kind", ("x", "z"))
    try:
        return make_report(state, kind)
    except (KeyError, TypeError):
        raise Refusal("unreadable_state", "state")
