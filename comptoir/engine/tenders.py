"""Settling a total: any number of tenders, change where allowed, meal-voucher limits, cash rounding on the cash
part and last.

Order does not matter: tenders that give no change are counted first, those that give change next, cash last.
"""

from . import checks
from .barcodes import is_credit_note
from .checks import Refusal
from .rounding import round_cash

TENDERS = 100
TYPES = 200
KINDS = ("cash", "card", "cheque", "meal_voucher", "voucher", "account", "exchange", "credit_note", "other")
TYPE_FIELDS = set(
    (
        "code",
        "label",
        "kind",
        "change",
        "cap_minor",
        "opens_drawer",
        "needs_reference",
        "eligible_only",
        "position",
    )
)
TENDER_FIELDS = set(("id", "type", "amount_minor", "reference"))
FIELDS = set(("format", "total_minor", "meal_voucher_minor", "cash_rounding", "types", "tenders"))
NOTES_MINOR = (100, 500, 1000, 2000, 5000, 10000, 20000, 50000)


def _read_type(raw, path):
    checks.mapping(raw, path)
    checks.known(raw, TYPE_FIELDS, path)
    checks.identifier(checks.required(raw, "code", path), path + "/code")
    checks.text(checks.required(raw, "label", path), path + "/label")
    checks.one_of(checks.required(raw, "kind", path), path + "/kind", KINDS)
    if raw.get("cap_minor") is not None:
        checks.positive(raw["cap_minor"], path + "/cap_minor")
    for key in ("change", "opens_drawer", "needs_reference", "eligible_only"):
        if raw.get(key) is not None:
            checks.flag(raw[key], path + "/" + key)


def _read_types(raws):
    types = {}
    if len(checks.sequence(raws, "types")) > TYPES:
        raise Refusal("too_many", "types", {"most": TYPES})
    for position in range(len(raws)):
        path = "types/" + str(position)
        _read_type(raws[position], path)
        if raws[position]["code"] in types:
            raise Refusal("duplicate_id", path + "/code")
        types[raws[position]["code"]] = raws[position]
    return types


class Tender:
    """One tender and what became of it."""

    __slots__ = ("id", "type", "tendered", "reference", "amount", "refusal")

    def __init__(self, raw, path):
        checks.mapping(raw, path)
        checks.known(raw, TENDER_FIELDS, path)
        self.id = checks.identifier(checks.required(raw, "id", path), path + "/id")
        self.type = checks.identifier(checks.required(raw, "type", path), path + "/type")
        self.tendered = checks.amount(checks.required(raw, "amount_minor", path), path + "/amount_minor")
        self.reference = checks.optional_text(raw.get("reference"), path + "/reference")
        self.amount = 0
        self.refusal = None

    def refuse(self, code, params):
        self.refusal = {"id": self.id, "code": code, "params": params}


def _read_tenders(raws):
    if len(checks.sequence(raws, "tenders")) > TENDERS:
        raise Refusal("too_many", "tenders", {"most": TENDERS})
    tenders = []
    seen = {}
    for position in range(len(raws)):
        tender = Tender(raws[position], "tenders/" + str(position))
        if tender.id in seen:
            raise Refusal("duplicate_id", "tenders/" + str(position) + "/id")
        seen[tender.id] = True
        tenders.append(tender)
    return tenders


def _first_check(tender, types, sign):
    """What can be said of a tender alone."""
    if tender.type not in types:
        tender.refuse("unknown_tender", {})
    elif not tender.tendered:
        tender.refuse("zero_amount", {})
    elif not sign:
        tender.refuse("nothing_due", {})
    elif tender.tendered * sign < 0:
        tender.refuse("wrong_sign", {})
    else:
        _check_reference(tender, types[tender.type])


def _check_reference(tender, kind):
    if kind.get("needs_reference") and not tender.reference:
        tender.refuse("needs_reference", {})
    elif kind["kind"] == "credit_note" and not is_credit_note(tender.reference):
        tender.refuse("needs_reference", {})


def _room(kind, spent, settling):
    """How much of this type is still accepted: its cap, its eligible part, what is due. (amount, refusal code)."""
    room = settling["due"]
    code = "over_payment"
    cap = kind.get("cap_minor")
    if cap is not None and cap - spent.get(kind["code"], 0) < room:
        room = cap - spent.get(kind["code"], 0)
        code = "above_cap"
    if kind.get("eligible_only") and settling["eligible"] < room:
        room = settling["eligible"]
        code = "above_eligible"
    return max(room, 0), code


def _take(tender, kind, sign, spent, settling):
    """Lets one tender settle what it can; `settling` holds what is due and eligible, as sizes."""
    size = tender.tendered * sign
    room, code = _room(kind, spent, settling)
    if not settling["due"]:
        tender.refuse("nothing_due", {})
        return
    if size > room and (not kind.get("change") or not room or code != "over_payment"):
        tender.refuse(code, {"allowed_minor": room * sign})
        return
    used = min(size, room)
    tender.amount = used * sign
    settling["due"] -= used
    if kind.get("eligible_only"):
        settling["eligible"] -= used
    spent[kind["code"]] = spent.get(kind["code"], 0) + used


def _turn(kind):
    if not kind.get("change"):
        return 0
    return 2 if kind["kind"] == "cash" else 1


def _cash_part(tenders, types, turn, sign, due, rule):
    """Settles the rest in cash: (rounding, cash received), both as sizes. The rounding is counted when cash ends
    the sale."""
    received = 0
    for tender in tenders:
        if tender.refusal is None and _turn(types[tender.type]) == turn:
            received += tender.tendered * sign
    asked = round_cash(due, rule)
    if received and received >= asked and received != due:
        return asked - due
    return 0


def _answer(tenders, total, rule, rounding, sign):
    payments = []
    refusals = []
    paid = 0
    change = 0
    for tender in tenders:
        if tender.refusal is not None:
            refusals.append(tender.refusal)
            continue
        back = tender.tendered - tender.amount
        payments.append(
            {
                "id": tender.id,
                "type": tender.type,
                "amount_minor": tender.amount,
                "tendered_minor": tender.tendered,
                "change_minor": back,
                "reference": tender.reference,
            }
        )
        paid += tender.amount
        change += back
    due = total + rounding - paid
    return {
        "format": "settled/1",
        "payments": payments,
        "paid_minor": paid,
        "due_minor": due,
        "change_minor": change,
        "rounding_minor": rounding,
        "complete": due == 0,
        "refusals": refusals,
    }


def _corrects(tenders, total):
    """True for the tenders of a correction: nothing is due, some are taken back and others put in their place."""
    if total:
        return False
    back = [tender for tender in tenders if tender.tendered < 0]
    new = [tender for tender in tenders if tender.tendered > 0]
    return len(back) > 0 and len(new) > 0


def _settle_correction(tenders, types, rule):
    """Old tenders taken back, new ones in their place: each whole, no change. Cash put in the place of something else
    is what cash would have taken, its rounding included."""
    cash = 0
    rest = 0
    for tender in tenders:
        if tender.type not in types:
            tender.refuse("unknown_tender", {})
        elif not tender.tendered:
            tender.refuse("zero_amount", {})
        else:
            _check_reference(tender, types[tender.type])
        if tender.refusal is None:
            tender.amount = tender.tendered
            if types[tender.type]["kind"] == "cash":
                cash += tender.amount
            else:
                rest += tender.amount
    rounding = 0
    if cash and cash == round_cash(-rest, rule):
        rounding = cash + rest
    answer = _answer(tenders, 0, rule, rounding, 0)
    answer["due_cash_minor"] = 0 if answer["complete"] else round_cash(answer["due_minor"], rule)
    return answer


def settle(request):
    """Settles `settle/1`, see docs/developer/shapes.md section 2. Minor units; a refund is the mirror of a sale.

    A tender that cannot be accepted whole is listed in `refusals` with what would be accepted (`allowed_minor`),
    and counts for nothing. Rounding: docs/decisions/0013-tenders-and-cash-rounding.md. On a total of zero, tenders of
    both signs are a correction: complete when they balance.
    """
    checks.mapping(request, "")
    checks.known(request, FIELDS)
    if request.get("format") != "settle/1":
        raise Refusal("unknown_format", "format")
    total = checks.amount(checks.required(request, "total_minor"), "total_minor")
    eligible = checks.amount(request.get("meal_voucher_minor") or 0, "meal_voucher_minor")
    rule = checks.one_of(checks.required(request, "cash_rounding"), "cash_rounding", ("none", "be5"))
    types = _read_types(checks.required(request, "types"))
    tenders = _read_tenders(checks.required(request, "tenders"))
    if _corrects(tenders, total):
        return _settle_correction(tenders, types, rule)
    sign = 0 if not total else (-1 if total < 0 else 1)
    for tender in tenders:
        _first_check(tender, types, sign)
    settling = {"due": total * sign, "eligible": max(eligible * sign, 0)}
    spent = {}
    rounding = 0
    cash_given = 0
    for turn in (0, 1, 2):
        if turn == 2:
            before_cash = settling["due"]
            rounding = _cash_part(tenders, types, turn, sign, before_cash, rule)
            settling["due"] += rounding
        for tender in tenders:
            if tender.refusal is None and _turn(types[tender.type]) == turn:
                _take(tender, types[tender.type], sign, spent, settling)
                if turn == 2:
                    cash_given += tender.amount * sign
    answer = _answer(tenders, total, rule, rounding * sign, sign)
    answer["due_cash_minor"] = 0 if answer["complete"] else (round_cash(before_cash, rule) - cash_given) * sign
    return answer


def hand_overs(request):
    """Four plausible amounts that a customer hands over in cash, never the exact one: next euro, 5, 10, 20, 50 and
    on."""
    checks.mapping(request, "")
    due = checks.amount(checks.required(request, "due_minor"), "due_minor")
    asked = round_cash(due, checks.one_of(request.get("cash_rounding") or "none", "cash_rounding", ("none", "be5")))
    amounts = []
    if asked > 0:
        for note in NOTES_MINOR:
            received = (asked // note + 1) * note
            if asked % note == 0:
                received = asked
            if received != asked and received not in [row["received_minor"] for row in amounts]:
                amounts.append({"received_minor": received, "change_minor": received - asked})
    amounts.sort(key=lambda row: row["received_minor"])
    return {"amounts": amounts[:4]}
