"""What is signed for a record: its canonical body, the string in NF525 order, and the body of tickets and Z.

Formats: docs/developer/shapes.md section 3; source: compliance notes on French till software, published NF525 field order.
"""

import hashlib
import json

from . import checks
from .basket import price_text
from .calendar import stamp
from .canonical import Verbatim, canonical
from .checks import Refusal
from .tenders import settle

OPERATIONS = {"sale": "Vente", "refund": "Remboursement", "cancel": "Annulation", "correction": "Correction"}
HEAD_TEXTS = ("id", "chain", "alg", "key", "engine", "software", "dossier", "register", "at", "zone", "business_date")
HEAD_FIELDS = HEAD_TEXTS + ("format", "seq", "pack", "catalogue", "establishment", "generation", "session", "offset_minutes",
                            "operator", "training")
_HEX = "0123456789abcdef"


def sha256_hex(text):
    """SHA-256 of the UTF-8 bytes of a text, in lower-case hexadecimal."""
    parts = []
    for byte in hashlib.sha256(text.encode()).digest():
        parts.append(_HEX[byte >> 4] + _HEX[byte & 15])
    return "".join(parts)


def vat_block(rows):
    """`2000:1200|0550:310`: TTC cents per rate, rate descending, `HORS` last for what is outside VAT."""
    parts = []
    for row in rows:
        rate = "HORS" if row["vat_e4"] is None else "%04d" % row["vat_e4"]
        parts.append(rate + ":" + str(row["gross_minor"]))
    return "|".join(parts)


def number_of(body):
    """Printed number: chain without its type, then sequence (`C1-1-412`)."""
    chain = body["chain"]
    return chain[:chain.rfind("-")] + "-" + str(body["seq"])


def ticket_prefix(rows, total_minor, datetime, number, label, first):
    """The NF525-order string of a ticket, up to the first flag."""
    return ",".join([vat_block(rows), str(total_minor), datetime, number, label, "O" if first else "N"])


def _plain(text):
    """A text that may stand between commas."""
    return " ".join(" ".join(text.split(",")).split())


def _cash_parts(body, when, number):
    return [body["kind"], str(body["amount_minor"]), when, number, body["operator"]["id"]]


def _z_parts(body, when, number):
    report = body["report"]
    return [vat_block(report["vat"]), str(body["total_minor"]), str(body["perpetual_absolute_minor"]), when,
            str(body["first_seq"]) + "-" + str(body["last_seq"]), number]


def _event_parts(body, when, number):
    return [str(body["seq"]), str(body["code"]), _plain(body["label"]), when, body["operator"]["id"], body["register"]]


def _duplicate_parts(body, when, number):
    origin = body["origin"]
    return [body["register"], str(body["seq"]), origin["type"], str(body["number"]), body["operator"]["id"], when, origin["chain"],
            str(origin["seq"])]


def _ticket_parts(body, when, number):
    priced = body["priced"]
    return [vat_block(priced["vat"]), str(priced["gross_minor"]), when, number, OPERATIONS[body["operation"]]]


def _other_parts(body, when, number):
    return [body["format"].split("/")[0], when, number, body["operator"]["id"]]


_PARTS = {"ticket": _ticket_parts, "invoice": _ticket_parts, "cash": _cash_parts, "z": _z_parts, "event": _event_parts,
          "duplicate": _duplicate_parts}


def _check_sealable(body):
    checks.mapping(body, "body")
    for key in ("format", "chain", "at", "register"):
        checks.text(checks.required(body, key, "body"), "body/" + key)
    checks.whole(checks.required(body, "seq", "body"), "body/seq", 1, 2 ** 53)
    checks.whole(checks.required(body, "offset_minutes", "body"), "body/offset_minutes", -1440, 1440)
    operator = checks.mapping(checks.required(body, "operator", "body"), "body/operator")
    checks.text(checks.required(operator, "id", "body/operator"), "body/operator/id")


def prefix_of(body, first):
    """The NF525-order part of the string to sign, up to the first flag; `first` when no signature comes before."""
    _check_sealable(body)
    when = stamp(body["at"], body["offset_minutes"], "body/at")
    maker = _PARTS.get(body["format"].split("/")[0], _other_parts)
    try:
        parts = maker(body, when, number_of(body))
        parts.append("O" if first else "N")
        return ",".join(parts)
    except (KeyError, TypeError, AttributeError):
        raise Refusal("incomplete_body", "body", {"format": body["format"]})


def seal(body, previous, written=None):
    """Body, string to sign and digest of a record of any type; `previous` is the text of the chain's last signature.

    `written` is the same body where parts already in canonical text stand as `Verbatim`.
    """
    checks.text(previous, "previous")
    prefix = prefix_of(body, not previous)
    text = canonical(written or body)
    digest = sha256_hex(text)
    return {"body": text, "to_sign": prefix + "," + previous + "," + digest, "digest": digest}


def to_sign(request):
    """`{"body": object, "previous"}` -> body, to_sign, digest."""
    checks.mapping(request, "")
    return seal(checks.required(request, "body"), request.get("previous") or "")


def extract(request):
    """Characters 3, 7, 13 and 19 of a signature: the four characters printed on the ticket."""
    signature = checks.text(checks.required(checks.mapping(request, ""), "signature"), "signature")
    if len(signature) < 19:
        raise Refusal("too_short", "signature")
    return {"extract": signature[2] + signature[6] + signature[12] + signature[18]}


def read_head(head, kind):
    """A copy of the common head, checked, with its format."""
    checks.mapping(head, "head")
    checks.known(head, HEAD_FIELDS, "head")
    body = {}
    for key in HEAD_FIELDS:
        if key == "format":
            continue
        body[key] = checks.required(head, key, "head")
    for key in HEAD_TEXTS:
        checks.identifier(body[key], "head/" + key)
    checks.whole(body["seq"], "head/seq", 1, 2 ** 53)
    checks.whole(body["generation"], "head/generation", 1, 2 ** 31)
    checks.whole(body["offset_minutes"], "head/offset_minutes", -1440, 1440)
    checks.flag(body["training"], "head/training")
    operator = checks.mapping(body["operator"], "head/operator")
    for key in ("id", "name"):
        checks.text(checks.required(operator, key, "head/operator"), "head/operator/" + key)
    body["format"] = kind + "/1"
    if head.get("format") not in (None, body["format"]):
        raise Refusal("unknown_format", "head/format")
    return body


def raised(perpetual, total_minor, training):
    """Both perpetual totals after a ticket of this total; training raises nothing."""
    checks.mapping(perpetual, "perpetual")
    algebraic = checks.whole(checks.required(perpetual, "algebraic_minor", "perpetual"), "perpetual/algebraic_minor", -10 ** 18, 10 ** 18)
    absolute = checks.whole(checks.required(perpetual, "absolute_minor", "perpetual"), "perpetual/absolute_minor", 0, 10 ** 18)
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
    checks.whole(checks.required(origin, "seq", "origin"), "origin/seq", 1, 2 ** 53)
    return origin


def _read_deleted(raws):
    checks.sequence(raws, "deleted_lines")
    for position in range(len(raws)):
        path = "deleted_lines/" + str(position)
        raw = checks.mapping(raws[position], path)
        checks.text(checks.required(raw, "label", path), path + "/label")
        checks.whole(checks.required(raw, "quantity_milli", path), path + "/quantity_milli", -checks.QUANTITY_MILLI, checks.QUANTITY_MILLI)
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
    return {"format": "settle/1", "total_minor": priced["gross_minor"], "meal_voucher_minor": priced["meal_voucher_minor"],
            "cash_rounding": request.get("cash_rounding") or "none", "types": types, "tenders": tenders}


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
    algebraic, absolute = raised(checks.required(request, "perpetual"), priced["gross_minor"], body["training"])
    body["operation"] = operation
    body["origin"] = _read_origin(request.get("origin"), operation)
    body["opened_at"] = checks.identifier(checks.required(request, "opened_at"), "opened_at")
    body["customer"] = checks.optional_text(request.get("customer"), "customer")
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
