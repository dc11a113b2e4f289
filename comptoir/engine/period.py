"""Totals of a period: sealed closings added one after the other, days into a month, months into a year.

Nothing is read from tickets: a period is the sum of the closings below it, so that its time does not grow with them.
The state is plain data; its lists are sorted, so that any split of the closings gives the same text.
"""

from . import checks
from .checks import Refusal
from .closing import cash_code
from .report import make_report
from .totals import SOME_DAYS

COUNTED = ("sale", "refund", "cancel", "correction", "discounts", "deleted", "training")
SUMS = (
    "gross_minor",
    "net_minor",
    "vat_minor",
    "rounding_minor",
    "articles",
    "duplicates",
    "provisionals",
    "counts",
    "drawer_openings",
)
# Lists: what names a row, then what is added; the rest of a row (labels) is taken from the later closing.
ROWS = {
    "vat": (("vat_e4",), ("base_minor", "vat_minor", "gross_minor")),
    "tenders": (("code",), ("count", "amount_minor", "tendered_minor", "change_minor")),
    "operators": (("id",), ("count", "amount_minor")),
    "families": (("code",), ("count", "amount_minor", "net_minor")),
    "moves": (("kind", "reason", "label"), ("count", "amount_minor")),
    "events": (("code",), ("count",)),
    "counted": (("tender",), ("count", "expected_minor", "counted_minor", "difference_minor")),
    "registers": (("register", "generation"), ("closings", "tickets", "gross_minor", "net_minor", "vat_minor")),
}
CASH = (
    "opening_minor",
    "moves_minor",
    "sales_minor",
    "change_for_others_minor",
    "expected_minor",
    "uncounted_minor",
    "counted_minor",
    "difference_minor",
)


def empty_period():
    """A period in which nothing was closed."""
    state = {"format": "period/1", "closings": 0, "tickets": 0, "first_at": None, "last_at": None, "cash": {}}
    for key in SUMS:
        state[key] = 0
    for key in COUNTED:
        state[key] = {"count": 0, "amount_minor": 0}
    for key in CASH:
        state["cash"][key] = 0
    for key in ROWS:
        state[key] = []
    return state


def _sortable(value):
    """Nothing before numbers before texts, without ever comparing one with another."""
    if value is None:
        return (0, 0, "")
    return (2, 0, value) if type(value) is checks.TEXT else (1, value, "")


def _name(row, keys):
    return tuple([_sortable(row[key]) for key in keys])


def _vat_order(row):
    return 1 if row["vat_e4"] is None else -1 - row["vat_e4"]


def _add_rows(left, right, kind):
    """The rows of both, added where they name the same thing."""
    keys, sums = ROWS[kind]
    found = {}
    for row in left:
        found[_name(row, keys)] = dict(row)
    for row in right:
        name = _name(row, keys)
        before = found.get(name)
        after = dict(row)
        if before is not None:
            for key in sums:
                after[key] += before[key]
            if kind == "registers":
                after["first_closing"] = before["first_closing"] or after["first_closing"]
                after["last_closing"] = after["last_closing"] or before["last_closing"]
        found[name] = after
    if kind == "vat":
        return sorted([found[name] for name in found], key=_vat_order)
    return [found[name] for name in sorted(found)]


def add_periods(left, right):
    """The sum of two period states, the earlier one first."""
    total = empty_period()
    for key in SUMS + ("closings", "tickets"):
        total[key] = left[key] + right[key]
    for key in COUNTED:
        for part in ("count", "amount_minor"):
            total[key][part] = left[key][part] + right[key][part]
    for key in SOME_DAYS:
        _add_some(total, key, left.get(key))
        _add_some(total, key, right.get(key))
    for key in CASH:
        total["cash"][key] = left["cash"][key] + right["cash"][key]
    for kind in ROWS:
        total[kind] = _add_rows(left[kind], right[kind], kind)
    total["first_at"] = _first(left["first_at"], right["first_at"])
    total["last_at"] = _last(left["last_at"], right["last_at"])
    return total


def _add_some(total, key, part):
    """A counter that only some periods have."""
    if part is None:
        return
    before = total.get(key) or {"count": 0, "amount_minor": 0}
    total[key] = {
        "count": before["count"] + part["count"],
        "amount_minor": before["amount_minor"] + part["amount_minor"],
    }


def _first(left, right):
    if left is None or right is None:
        return left or right
    return min(left, right)


def _last(left, right):
    if left is None or right is None:
        return left or right
    return max(left, right)


def _counted(shown, body):
    """What was counted, tender by tender, and the cash that was expected but not counted."""
    rows = []
    cash = {"uncounted_minor": shown["cash"]["expected_minor"], "counted_minor": 0, "difference_minor": 0}
    code = cash_code(shown, body["counted"])
    for row in body["differences"]:
        line = {"count": 1}
        for key in ("tender", "expected_minor", "counted_minor", "difference_minor"):
            line[key] = row[key]
        rows.append(line)
        if row["tender"] == code:
            cash = {"uncounted_minor": 0}
            for key in ("counted_minor", "difference_minor"):
                cash[key] = row[key]
    return rows, cash


def _register(body, shown, total):
    """What one closing says of its register; an empty day carries the perpetual totals on."""
    number = body.get("seq", 0)
    row = {
        "register": body["register"],
        "generation": body["generation"],
        "closings": 1 if number else 0,
        "first_closing": number,
        "last_closing": number,
        "tickets": shown["tickets"]["count"],
        "perpetual_algebraic_minor": body["perpetual_algebraic_minor"],
        "perpetual_absolute_minor": body["perpetual_absolute_minor"],
    }
    for key in ("gross_minor", "net_minor", "vat_minor"):
        row[key] = total[key]
    return row


def period_of_day(body):
    """One Z as a period of its own. `uncovered/1` is a range that no Z will ever cover: the same, without number."""
    state = body["state"]
    shown = make_report(state, "z")
    total = empty_period()
    for key in SUMS:
        total[key] = shown[key]
    for key in COUNTED:
        total[key] = {"count": shown[key]["count"], "amount_minor": shown[key]["amount_minor"]}
    for key in SOME_DAYS:
        _add_some(total, key, shown.get(key))
    for kind in ("vat", "tenders", "operators", "families", "events"):
        total[kind] = _add_rows([], state[kind], kind)
    total["moves"] = _add_rows([], shown["cash"]["moves"], "moves")
    rows, cash = _counted(shown, body)
    total["counted"] = _add_rows([], rows, "counted")
    for key in ("opening_minor", "sales_minor", "change_for_others_minor", "expected_minor"):
        cash[key] = shown["cash"][key]
    cash["moves_minor"] = sum([row["amount_minor"] for row in total["moves"]])
    total["cash"] = cash
    total["closings"] = 1 if body["format"] == "z/1" else 0
    total["tickets"] = shown["tickets"]["count"]
    total["first_at"] = shown["first_at"]
    total["last_at"] = shown["last_at"]
    total["registers"] = [_register(body, shown, total)]
    return total


def _part(body):
    kind = body["format"]
    if kind in ("z/1", "uncovered/1"):
        return period_of_day(body)
    if kind in ("month/1", "year/1"):
        return body["totals"]
    raise Refusal("unknown_format")


def fold_period(request):
    """`{"state": period/1|null, "bodies": [closings in the order of their numbers]}` -> `{"state": period/1}`."""
    checks.mapping(request, "")
    state = request.get("state")
    if state is None:
        state = empty_period()
    elif checks.mapping(state, "state").get("format") != "period/1":
        raise Refusal("unknown_format", "state/format")
    position = 0
    try:
        for body in checks.sequence(checks.required(request, "bodies"), "bodies"):
            state = add_periods(state, _part(body))
            position += 1
    except Refusal as refusal:
        raise refusal.below("bodies/" + str(position))
    except (KeyError, TypeError, AttributeError, IndexError):
        raise Refusal("unreadable_record", "bodies/" + str(position))
    return {"state": state}


def perpetual_after(request):
    """`{"before": [register rows], "registers": [register rows of the period]}` -> rows after it, and their sums.

    A register stands at its last enrolment's last closing; one without closing in the period stands where it stood.
    """
    checks.mapping(request, "")
    standing = {}
    for key in ("before", "registers"):
        for position in range(len(checks.sequence(checks.required(request, key), key))):
            path = key + "/" + str(position)
            row = checks.mapping(request[key][position], path)
            register = checks.identifier(checks.required(row, "register", path), path + "/register")
            line = {"register": register}
            line["generation"] = checks.whole(checks.required(row, "generation", path), path + "/generation", 1, 2**31)
            for name in ("perpetual_algebraic_minor", "perpetual_absolute_minor"):
                line[name] = checks.whole(checks.required(row, name, path), path + "/" + name, -(10**18), 10**18)
            if register not in standing or standing[register]["generation"] <= line["generation"]:
                standing[register] = line
    rows = [standing[register] for register in sorted(standing)]
    return {
        "registers": rows,
        "perpetual_algebraic_minor": sum([row["perpetual_algebraic_minor"] for row in rows]),
        "perpetual_absolute_minor": sum([row["perpetual_absolute_minor"] for row in rows]),
    }
