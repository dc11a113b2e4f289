"""Running totals of a register: sealed records are folded one after the other into a state that X, Z and cash are
read from.

The state is plain data; its lists are sorted, so that the same records give the same text whatever the batches.
"""

from . import checks
from .checks import Refusal

DRAWER_OPENED = 9010  # event codes of our private range that are counted by name
LINE_DELETED = 9011
OPERATIONS = ("sale", "refund", "cancel", "correction")
SOME_DAYS = ("exchanges", "credit_issued", "credit_spent", "corrected")  # counters absent until something is counted


def empty_state():
    """Nothing sold, nothing in the drawer."""
    state = {
        "format": "state/1",
        "ranges": [],
        "sessions": [],
        "opened_at": None,
        "first_at": None,
        "last_at": None,
        "gross_minor": 0,
        "net_minor": 0,
        "vat_minor": 0,
        "rounding_minor": 0,
        "articles": 0,
        "vat": [],
        "tenders": [],
        "operators": [],
        "families": [],
        "cash": [],
        "events": [],
        "duplicates": 0,
        "provisionals": 0,
        "counts": 0,
        "perpetual_algebraic_minor": None,
        "perpetual_absolute_minor": None,
        "perpetual_seq": 0,
    }
    for key in OPERATIONS + ("discounts", "deleted", "training"):
        state[key] = {"count": 0, "amount_minor": 0}
    state["tickets"] = {"count": 0, "chain": None, "first_seq": 0, "last_seq": 0}
    return state


class Fold:
    """A state being added to: its lists as dictionaries until `finish`."""

    __slots__ = ("state", "vat", "tenders", "operators", "families", "cash", "events", "ranges", "sessions")

    def __init__(self, state):
        self.state = state
        self.vat = _by(state["vat"], ("vat_e4",))
        self.tenders = _by(state["tenders"], ("code",))
        self.operators = _by(state["operators"], ("id",))
        self.families = _by(state["families"], ("code",))
        self.cash = _by(state["cash"], ("kind", "reason", "label"))
        self.events = _by(state["events"], ("code",))
        self.ranges = _by(state["ranges"], ("chain",))
        self.sessions = {}
        for session in state["sessions"]:
            self.sessions[session] = True

    def finish(self):
        state = self.state
        for key, rows in (
            ("tenders", self.tenders),
            ("operators", self.operators),
            ("families", self.families),
            ("cash", self.cash),
            ("events", self.events),
            ("ranges", self.ranges),
        ):
            state[key] = [rows[name] for name in sorted(rows)]
        rates = sorted([name for name in self.vat], key=_rate_order)
        state["vat"] = [self.vat[name] for name in rates]
        state["sessions"] = sorted(self.sessions)
        return state


def _rate_order(name):
    return 1 if name[0] is None else -1 - name[0]


def _by(rows, keys):
    found = {}
    for row in rows:
        found[tuple([_sortable(row[key]) for key in keys]) if keys != ("vat_e4",) else (row["vat_e4"],)] = dict(row)
    return found


def _sortable(value):
    return "" if value is None else value


def _row(rows, name, blank):
    if name not in rows:
        rows[name] = blank
    return rows[name]


def _count(total, amount_minor):
    total["count"] += 1
    total["amount_minor"] += amount_minor


def _earliest(left, right):
    return right if left is None or right < left else left


def _latest(left, right):
    return right if left is None or right > left else left


def _add_vat(fold, rows):
    for row in rows:
        total = _row(
            fold.vat, (row["vat_e4"],), {"vat_e4": row["vat_e4"], "base_minor": 0, "vat_minor": 0, "gross_minor": 0}
        )
        for key in ("base_minor", "vat_minor", "gross_minor"):
            total[key] += row[key]


def _add_payments(fold, body):
    types = {}
    for kind in body["settle"]["types"]:
        types[kind["code"]] = kind
    for payment in body["settled"]["payments"]:
        kind = types[payment["type"]]
        row = _row(
            fold.tenders,
            (kind["code"],),
            {
                "code": kind["code"],
                "label": kind["label"],
                "kind": kind["kind"],
                "count": 0,
                "amount_minor": 0,
                "tendered_minor": 0,
                "change_minor": 0,
            },
        )
        row["label"] = kind["label"]
        row["count"] += 1
        for key in ("amount_minor", "tendered_minor", "change_minor"):
            row[key] += payment[key]
    fold.state["rounding_minor"] += body["settled"]["rounding_minor"]


def _add_lines(fold, body):
    discounts = fold.state["discounts"]
    lines = body["basket"]["lines"]
    priced = body["priced"]["lines"]
    for index in range(len(priced)):
        row = priced[index]
        family = lines[index].get("family")
        total = _row(
            fold.families, (_sortable(family),), {"code": family, "count": 0, "amount_minor": 0, "net_minor": 0}
        )
        total["count"] += 1
        total["amount_minor"] += row["gross_minor"]
        total["net_minor"] += row["net_minor"]
        off = row["line_discount_minor"] + row["basket_discount_minor"]
        if off:
            _count(discounts, off)
        if lines[index].get("kind") == "deposit":
            _add_deposit(fold.state, lines[index]["quantity_milli"], row["gross_minor"])
    for line in body["deleted_lines"]:
        _count(fold.state["deleted"], line["amount_minor"])


def _add_deposit(state, quantity_milli, amount_minor):
    """Container deposits sold and taken back, in containers; a state without any has no such part."""
    if "deposits" not in state:
        state["deposits"] = {
            "sold": {"quantity_milli": 0, "amount_minor": 0},
            "returned": {"quantity_milli": 0, "amount_minor": 0},
        }
    total = state["deposits"]["returned" if quantity_milli < 0 else "sold"]
    total["quantity_milli"] += quantity_milli
    total["amount_minor"] += amount_minor


def _add_optional(state, key, amount_minor):
    """A counter that only some days have: a state without it has no such part."""
    if key not in state:
        state[key] = {"count": 0, "amount_minor": 0}
    _count(state[key], amount_minor)


def _add_corrections(state, body):
    """Value put on credit notes and taken from them, the common part of exchanges, tenders put in another's place."""
    kinds = {}
    for kind in body["settle"]["types"]:
        kinds[kind["code"]] = kind["kind"]
    common = 0
    moved = 0
    for payment in body["settled"]["payments"]:
        amount = payment["amount_minor"]
        kind = kinds[payment["type"]]
        moved += max(amount, 0)
        if kind == "credit_note":
            _add_optional(state, "credit_issued" if amount < 0 else "credit_spent", abs(amount))
        elif kind == "exchange":
            common += max(amount, 0)
    if common and body.get("exchange") is not None and body["operation"] == "sale":
        _add_optional(state, "exchanges", common)
    if body["operation"] == "correction":
        _add_optional(state, "corrected", moved)


def _add_ticket(fold, body):
    state = fold.state
    priced = body["priced"]
    tickets = state["tickets"]
    tickets["count"] += 1
    tickets["chain"] = body["chain"]
    tickets["first_seq"] = min(tickets["first_seq"] or body["seq"], body["seq"])
    tickets["last_seq"] = max(tickets["last_seq"], body["seq"])
    _count(state[body["operation"]], priced["gross_minor"])
    state["gross_minor"] += priced["gross_minor"]
    state["net_minor"] += priced["net_minor"]
    state["vat_minor"] += priced["vat_minor"]
    state["articles"] += priced["articles"]
    state["first_at"] = _earliest(state["first_at"], body["at"])
    state["last_at"] = _latest(state["last_at"], body["at"])
    _add_vat(fold, priced["vat"])
    _add_payments(fold, body)
    _add_corrections(state, body)
    _add_lines(fold, body)
    operator = body["operator"]
    row = _row(
        fold.operators,
        (operator["id"],),
        {"id": operator["id"], "name": operator["name"], "count": 0, "amount_minor": 0},
    )
    row["name"] = operator["name"]
    _count(row, priced["gross_minor"])
    if body["seq"] >= state["perpetual_seq"]:
        state["perpetual_seq"] = body["seq"]
        state["perpetual_algebraic_minor"] = body["perpetual_algebraic_minor"]
        state["perpetual_absolute_minor"] = body["perpetual_absolute_minor"]


def _add_cash(fold, body):
    kind = body["kind"]
    if kind == "count":
        fold.state["counts"] += 1
        return
    name = (kind, _sortable(body.get("reason")), _sortable(body.get("label")))
    row = _row(
        fold.cash,
        name,
        {"kind": kind, "reason": body.get("reason"), "label": body.get("label"), "count": 0, "amount_minor": 0},
    )
    _count(row, body["amount_minor"])
    if kind == "opening":
        fold.state["opened_at"] = _earliest(fold.state["opened_at"], body["at"])


def _add_range(fold, body):
    row = _row(fold.ranges, (body["chain"],), {"chain": body["chain"], "first": body["seq"], "last": body["seq"]})
    row["first"] = min(row["first"], body["seq"])
    row["last"] = max(row["last"], body["seq"])


def _add(fold, body):
    kind = body["format"].split("/")[0]
    _add_range(fold, body)
    if body.get("session") is not None:
        fold.sessions[body["session"]] = True
    if body.get("training"):
        _count(fold.state["training"], body["priced"]["gross_minor"] if "priced" in body else 0)
    elif kind == "ticket":
        _add_ticket(fold, body)
    elif kind == "cash":
        _add_cash(fold, body)
    elif kind == "duplicate":
        fold.state["duplicates"] += 1
    elif kind == "provisional":
        fold.state["provisionals"] += 1
    elif kind == "event":
        _row(fold.events, (body["code"],), {"code": body["code"], "count": 0})["count"] += 1


def fold_totals(request):
    """`{"state": S|null, "bodies": [...]}` -> `{"state": S}`. Folding a list in one or several calls gives the same
    state.

    Training records are counted apart and touch no total.
    """
    checks.mapping(request, "")
    state = request.get("state")
    if state is None:
        state = empty_state()
    elif checks.mapping(state, "state").get("format") != "state/1":
        raise Refusal("unknown_format", "state/format")
    bodies = checks.sequence(checks.required(request, "bodies"), "bodies")
    position = 0
    try:
        fold = Fold(state)
        for body in bodies:
            _add(fold, body)
            position += 1
        return {"state": fold.finish()}
    except (KeyError, TypeError, AttributeError, IndexError):
        raise Refusal("unreadable_record", "bodies/" + str(position))
