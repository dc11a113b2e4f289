"""What corrections add to a receipt: the ticket that they answer, who allowed them, and the slip of a credit note."""

from .calendar import summer_minutes
from .money import format_euro
from .paper import clock, shop_head
from .rounding import divide_half_away
from .seal import number_of


def correction_head(paper, body, words):
    """Reference to the original, reason, and the second person."""
    origin = body.get("origin")
    if origin is not None:
        paper.text(words.of("origin_" + body["operation"]) + " " + number_of(origin))
        paper.text(words.of("of_date") + " " + clock(origin["at"], _offset_then(origin["at"], body)))
    elif body["operation"] == "refund":
        paper.text(words.of("no_origin"))
    if body.get("exchange"):
        paper.text(words.of("exchange_part"))
    if body.get("reason"):
        paper.text(words.of("reason") + " : " + body["reason"])
    if body.get("approved_by"):
        paper.text(words.of("allowed_by") + " " + body["approved_by"]["name"])


def _offset_then(at, body):
    """The shop's offset when the original was sealed: a ticket of July comes back in November with July's hour."""
    offset = body["offset_minutes"]
    if (body.get("zone") or "")[:7] != "Europe/":
        return offset
    return offset + summer_minutes(at, "record/origin/at") - summer_minutes(body["at"], "record/at")


def paid_less(line, list_minor):
    """True for a returned line whose amount is not its quantity times its price: it was sold with a reduction."""
    if not line.get("origin_line") or line.get("label_total_minor") is None:
        return False
    base = (line.get("price_base_milli") or 1000) * 100
    return divide_half_away(line["quantity_milli"] * line["unit_price_e4"], base) != list_minor


def credit_slips(paper, shop, body, duplicate, words):
    """A slip to cut for each credit note that the ticket gives value to: what is given, until when, its code."""
    types = {}
    for kind in body["settle"]["types"]:
        types[kind["code"]] = kind
    given = {}
    for payment in body["settled"]["payments"]:
        if types[payment["type"]]["kind"] == "credit_note" and payment["amount_minor"] < 0:
            reference = payment["reference"]
            given[reference] = given.get(reference, 0) - payment["amount_minor"]
    for reference in sorted(given):
        paper.add({"t": "feed", "n": 3})
        paper.add({"t": "cut"})
        shop_head(paper, shop, words)
        _slip(paper, body, reference, given[reference], duplicate, words)


def _slip(paper, body, reference, amount_minor, duplicate, words):
    own = reference == "A" + number_of(body)
    paper.text(words.of("credit_note"), "c", ["bold", "double"])
    if body.get("training"):
        paper.text(words.of("training"), "c", ["bold", "double"])
    if duplicate:
        paper.text(words.of("duplicate") + " " + str(duplicate), "c", ["bold", "double"])
    paper.row(reference, clock(body["at"], body["offset_minutes"]))
    paper.row(words.of("amount" if own else "credit_restored"), format_euro(amount_minor), ["bold", "double"])
    until = body.get("credit_valid_until")
    if own and until:
        paper.row(words.of("credit_until"), until[8:10] + "/" + until[5:7] + "/" + until[0:4])
    paper.text(words.of("credit_use"), "c")
    if not body.get("training"):
        paper.add({"t": "barcode", "kind": "code128", "s": reference})
