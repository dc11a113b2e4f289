"""The body of a ticket: priced, settled, and sealed only when it is whole."""

import json

from . import checks
from .basket import price_text
from .calendar import parse_date
from .canonical import Verbatim
from .checks import Refusal
from .heads import read_head
from .seal import OPERATIONS, seal
from .tenders import settle


def raised(perpetual, total_minor, training):
    """Both perpetual totals after a ticket of this total; training raises nothing."""
    checks.mapping(perpetual, "perpetual")
    algebraic = checks.whole(
        checks.required(perpetual, "algebraic_minor", "perpetual"), "perpetual/algebraic_minor", -(10**18), 10**18
    )
    absolute = checks.whole(
        checks.required(perpetual, "absolute_minor", "perpetual"), "perpetual/absolute_minor", 0, 10**18
    )
    if training:
        return algebraic, absolute
    return algebraic + total_minor, absolute + abs(total_minor)


def _read_origin(origin, operation):
    if origin is None:
        if operation in ("cancel", "correction"):
            raise Refusal("missing", "origin")
        return None
    checks.mapping(origin, "origin")
    for key in ("id", "chain", "at"):
        checks.identifier(checks.required(origin, key, "origin"), "origin/" + key)
    checks.whole(checks.required(origin, "seq", "origin"), "origin/seq", 1, 2**53)
    return origin


def _read_deleted(raws):
    checks.sequence(raws, "deleted_lines")
    for position in range(len(raws)):
        path = "deleted_lines/" + str(position)
        raw = checks.mapping(raws[position], path)
        checks.text(checks.required(raw, "label", path), path + "/label")
        checks.whole(
            checks.required(raw, "quantity_milli", path),
            path + "/quantity_milli",
            -checks.QUANTITY_MILLI,
            checks.QUANTITY_MILLI,
        )
        checks.amount(checks.required(raw, "amount_minor", path), path + "/amount_minor")
        checks.text(checks.required(raw, "operator", path), path + "/operator")
    return raws


def settle_input(request, priced):
    """The settle request as sealed: totals from the priced basket, and only the tender types in use."""
    checks.mapping(request, "settle")
    tenders = checks.sequence(request.get("tenders") or [], "settle/tenders")
    used = []
    for tender in tenders:
        if checks.TEXT is type(tender.get("type") if type(tender) is checks.OBJECT else None):
            used.append(tender["type"])
    types = []
    for raw in checks.sequence(request.get("types") or [], "settle/types"):
        if type(raw) is checks.OBJECT and raw.get("code") in used:
            types.append(raw)
    for key, computed in (("total_minor", priced["gross_minor"]), ("meal_voucher_minor", priced["meal_voucher_minor"])):
        if request.get(key) is not None and request[key] != computed:
            raise Refusal("total_differs", "settle/" + key, {"computed_minor": computed})
    return {
        "format": "settle/1",
        "total_minor": priced["gross_minor"],
        "meal_voucher_minor": priced["meal_voucher_minor"],
        "cash_rounding": request.get("cash_rounding") or "none",
        "types": types,
        "tenders": tenders,
    }


def _read_approval(approved):
    checks.mapping(approved, "approved_by")
    checks.known(approved, ("id", "name"), "approved_by")
    for key in ("id", "name"):
        checks.identifier(checks.required(approved, key, "approved_by"), "approved_by/" + key)
    return approved


def _add_reasons(body, request):
    """What only some tickets say: absent unless given, so that a plain sale keeps its bytes."""
    if request.get("reason") is not None:
        body["reason"] = checks.text(request["reason"], "reason", 500)
    if request.get("approved_by") is not None:
        body["approved_by"] = _read_approval(request["approved_by"])
    if request.get("exchange") is not None:
        body["exchange"] = checks.identifier(request["exchange"], "exchange")
    if request.get("credit_valid_until") is not None:
        until = checks.text(request["credit_valid_until"], "credit_valid_until", 10)
        parse_date(until, "credit_valid_until")
        body["credit_valid_until"] = until


def _check_correction(operation, priced, settled):
    """A correction moves tenders and nothing else; nothing else moves tenders that nobody owes."""
    if operation == "correction":
        if priced["lines"] or priced["charges"]:
            raise Refusal("not_a_correction", "basket/lines")
        if not settled["payments"]:
            raise Refusal("not_a_correction", "settle/tenders")
    elif settled["payments"] and not priced["gross_minor"]:
        raise Refusal("tender_refused", "settle/tenders", {"refusal": "nothing_due"})


def _priced(basket):
    try:
        return price_text(checks.mapping(basket, ""))
    except Refusal as refusal:
        raise refusal.below("basket")


def _settled(request):
    try:
        settled = settle(request)
    except Refusal as refusal:
        raise refusal.below("settle")
    if settled["refusals"]:
        first = settled["refusals"][0]
        raise Refusal("tender_refused", "settle/tenders", {"id": first["id"], "refusal": first["code"]})
    if not settled["complete"]:
        raise Refusal("not_settled", "settle", {"due_minor": settled["due_minor"]})
    return settled


def seal_ticket(request):
    """Prices, settles and seals a ticket: its body, what to sign, and both perpetual totals after it.

    Refuses (`not_settled`, `tender_refused`, `empty_basket`) rather than seal a sale that is not whole.
    """
    checks.mapping(request, "")
    body = read_head(checks.required(request, "head"), "ticket")
    operation = checks.one_of(checks.required(request, "operation"), "operation", tuple(sorted(OPERATIONS)))
    priced_text = _priced(checks.required(request, "basket"))
    priced = json.loads(priced_text)
    if not priced["lines"] and not priced["charges"] and operation != "correction":
        raise Refusal("empty_basket", "basket/lines")
    settling = settle_input(checks.required(request, "settle"), priced)
    settled = _settled(settling)
    _check_correction(operation, priced, settled)
    algebraic, absolute = raised(checks.required(request, "perpetual"), priced["gross_minor"], body["training"])
    body["operation"] = operation
    body["origin"] = _read_origin(request.get("origin"), operation)
    body["opened_at"] = checks.identifier(checks.required(request, "opened_at"), "opened_at")
    body["customer"] = checks.optional_text(request.get("customer"), "customer")
    _add_reasons(body, request)
    body["basket"] = request["basket"]
    body["priced"] = priced
    body["settle"] = settling
    body["settled"] = settled
    body["deleted_lines"] = _read_deleted(request.get("deleted_lines") or [])
    body["perpetual_algebraic_minor"] = algebraic
    body["perpetual_absolute_minor"] = absolute
    written = dict(body)
    written["priced"] = Verbatim(priced_text)
    answer = seal(body, request.get("previous") or "", written)
    answer["ticket"] = Verbatim(answer["body"])
    answer["perpetual"] = {"algebraic_minor": algebraic, "absolute_minor": absolute}
    return answer
