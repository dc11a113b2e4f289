"""The receipt of a sealed ticket as a device-neutral document; other papers are in `closing_paper.py`."""

from . import checks
from .checks import Refusal
from .closing_paper import cash_paper, closing_receipt
from .correction_paper import correction_head, credit_slips, paid_less
from .labels import Words
from .lines import eco_amount
from .money import format_minor, format_quantity, format_rate, format_unit_price
from .paper import Paper, clock, shop_head, signature_foot
from .seal import number_of

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _title(paper, body, duplicate, words):
    if body.get("training"):
        paper.text(words.of("training"), "c", ["bold", "double"])
        paper.text(words.of("training_note"), "c")
    if body["operation"] != "sale":
        paper.text(words.of(body["operation"]), "c", ["bold", "double"])
    if duplicate:
        paper.text(words.of("duplicate") + " " + str(duplicate), "c", ["bold", "double"])
    number = number_of(body)
    if body.get("training"):  # a number of its own: on a real ticket's it would be read as that ticket
        number = words.of("training_number") + " " + str(body["seq"])
    paper.row(words.of("ticket") + " " + number, clock(body["at"], body["offset_minutes"]))
    paper.row(words.of("register") + " " + body["register"], body["operator"]["name"])
    correction_head(paper, body, words)
    paper.rule()


def _letters(rows):
    letters = {}
    for index in range(len(rows)):
        letters[rows[index]["vat_e4"]] = LETTERS[index] if index < 26 else "*"
    return letters


def _reduction_words(name, params):
    if params.get("kind") == "percent" and "value_e4" in params:
        name += " " + format_rate(params["value_e4"])
    return name + " (" + params["reason"] + ")" if params.get("reason") else name


def _line(paper, line, row, letter, words):
    shown = format_minor(row["list_minor"]) + " " + letter
    weighed = line["kind"] == "weighed"
    quantity = line["quantity_milli"]
    if quantity == 1000 and not weighed:
        paper.row(line["label"], shown)
    else:
        unit = line.get("unit") or "pce"
        measure = format_quantity(quantity, weighed)
        price = format_unit_price(line["unit_price_e4"])
        if unit != "pce":
            measure += "\u00a0" + unit
            price += "\u00a0€/" + unit
        paper.text(line["label"])
        paper.row(measure + " × " + price, shown)
    if paid_less(line, row["list_minor"]):
        paper.text("(" + words.of("as_paid") + ")")
    for step in row["explain"]:
        if step["code"] == "line_discount":
            paper.money(_reduction_words(words.of("discount"), step["params"]), step["amount_minor"])
        elif step["code"] == "line_charge":
            paper.money(_reduction_words(words.of("charge"), step["params"]), step["amount_minor"])
    eco = eco_amount(line, quantity, row["list_minor"])
    if eco:
        paper.text("(" + words.of("eco") + " " + format_minor(eco) + ")")


def _basket_discounts(paper, body, words):
    basket = body["basket"]
    rows = body["priced"]["lines"]
    taken = [0] * len(basket.get("discounts") or [])
    before = 0
    for index in range(len(rows)):
        row = rows[index]
        if basket["lines"][index].get("kind") == "deposit":
            continue
        before += row["list_minor"] - row["line_discount_minor"] + row["charge_minor"]
        for step in row["explain"]:
            if step["code"] == "basket_discount":
                taken[step["params"]["discount"]] += step["amount_minor"]
    if taken:
        paper.money(words.of("subtotal"), before)
    for index in range(len(taken)):
        raw = basket["discounts"][index]
        paper.money(
            _reduction_words(
                words.of("basket_discount"),
                {"kind": raw["kind"], "value_e4": raw.get("value_e4"), "reason": raw.get("reason")}
                if raw["kind"] == "percent"
                else {"reason": raw.get("reason")},
            ),
            taken[index],
        )


def _lines(paper, body, letters, words):
    basket = body["basket"]
    priced = body["priced"]
    if priced["mode"] == "HT":
        paper.text(words.of("prices_net"), "r")
    for index in range(len(priced["lines"])):
        line = basket["lines"][index]
        if line.get("kind") == "deposit":
            continue
        _line(paper, line, priced["lines"][index], letters[line["vat_e4"]], words)
    _basket_discounts(paper, body, words)
    for charge in priced["charges"]:
        amount = charge["net_minor"] if priced["mode"] == "HT" else charge["gross_minor"]
        paper.row(charge["label"], format_minor(amount) + " " + letters[charge["vat_e4"]])
    _deposits(paper, basket["lines"], priced["lines"], letters, words)
    paper.rule()


def _deposits(paper, lines, rows, letters, words):
    """Container deposits stand apart, after the goods and what reduces them: outside VAT and never discounted."""
    shown = False
    for index in range(len(rows)):
        line = lines[index]
        if line.get("kind") != "deposit":
            continue
        if not shown:
            paper.text(words.of("deposits"), "l", ["bold"])
            shown = True
        _line(paper, line, rows[index], letters[line["vat_e4"]], words)


def _payments(paper, shop, body, words):
    names = {}
    notes = []
    for kind in body["settle"]["types"]:
        names[kind["code"]] = kind["label"]
        if kind["kind"] == "credit_note":
            notes.append(kind["code"])
    settled = body["settled"]
    if settled["rounding_minor"]:
        paper.money(words.of("rounding"), settled["rounding_minor"])
        paper.money(words.of("to_pay"), body["priced"]["gross_minor"] + settled["rounding_minor"])
        if shop.get("rounding_note"):
            paper.text(shop["rounding_note"], "c")
    for payment in settled["payments"]:
        name = names[payment["type"]]
        if payment["type"] in notes:
            name += " " + payment["reference"]
        paper.money(name, payment["tendered_minor"])
    if settled["change_minor"]:
        paper.money(words.of("change"), settled["change_minor"], ["bold"])
    paper.rule()


def _vat_table(paper, rows, letters, words):
    widths = [4, 7, 10, 9, 10]
    paper.cols([words.of("code"), words.of("rate"), words.of("net"), words.of("vat"), words.of("gross")], widths)
    for row in rows:
        rate = words.of("outside_vat") if row["vat_e4"] is None else format_rate(row["vat_e4"])
        paper.cols(
            [
                letters[row["vat_e4"]],
                rate,
                format_minor(row["base_minor"]),
                format_minor(row["vat_minor"]),
                format_minor(row["gross_minor"]),
            ],
            widths,
        )
    paper.rule()


def _ticket(paper, request, body, words):
    priced = body["priced"]
    letters = _letters(priced["vat"])
    _title(paper, body, request["duplicate"], words)
    if body["operation"] == "correction":  # nothing is sold nor given back: only its tenders speak
        _payments(paper, request["shop"], body, words)
    else:
        _lines(paper, body, letters, words)
        total = words.of("to_refund" if priced["gross_minor"] < 0 else "total")
        paper.row(total, format_minor(priced["gross_minor"]) + "\u00a0€", ["bold", "double"])
        paper.row(words.of("articles"), str(priced["articles"]))
        paper.rule()
        _payments(paper, request["shop"], body, words)
        _vat_table(paper, priced["vat"], letters, words)
    for line in request["shop"].get("footer") or []:
        paper.text(line, "c")
    signature_foot(paper, request["signature"], request["shop"], words)
    if not body.get("training"):
        paper.add({"t": "barcode", "kind": "code128", "s": "T" + number_of(body)})
    if body.get("training"):
        paper.text(words.of("training"), "c", ["bold", "double"])
    credit_slips(paper, request["shop"], body, request["duplicate"], words)


def receipt(request):
    """`receipt/1` of a sealed record: ticket, z, x, cash or opening. Amounts are read from the record, never
    recomputed.

    Mentions: docs/decisions/0014-receipts.md. No certification mark is ever printed.
    """
    checks.mapping(request, "")
    kind = checks.one_of(checks.required(request, "kind"), "kind", ("ticket", "z", "x", "cash", "opening"))
    shop = checks.mapping(checks.required(request, "shop"), "shop")
    body = checks.mapping(checks.required(request, "record"), "record")
    words = Words(checks.mapping(request.get("labels") or {}, "labels"), shop.get("lang") or "fr")
    given = {
        "shop": shop,
        "signature": checks.text(request.get("signature") or "", "signature"),
        "duplicate": checks.whole(request.get("duplicate") or 0, "duplicate", 0, 10**6),
    }
    paper = Paper()
    try:
        shop_head(paper, shop, words)
        if kind == "ticket":
            _ticket(paper, given, body, words)
        elif kind in ("z", "x"):
            closing_receipt(paper, given, body, kind, words)
        else:
            cash_paper(paper, given, body, words)
        return paper.document(words.lang)
    except (KeyError, TypeError, AttributeError, IndexError):
        raise Refusal("unreadable_record", "record")
