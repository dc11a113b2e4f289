"""The papers of the cash room: X, Z, cash movements, opening and counts."""

from .money import format_euro, format_minor, format_quantity, format_rate
from .paper import clock, day, signature_foot
from .seal import number_of
from .totals import SOME_DAYS
from .vat import tax_amounts


def _opening(paper, body, report, kind, words):
    if kind == "z" and body.get("training"):  # a number of its own, never read as a real Z's
        paper.text("Z " + words.of("training_number") + " " + str(body["seq"]), "l", ["bold", "double"])
    elif kind == "z":
        paper.text(words.of("z") + " " + number_of(body), "l", ["bold", "double"])
    else:
        paper.text(words.of("x"), "l", ["bold", "double"])
        paper.text(words.of("x_note"), "l", ["bold"])
    paper.rule()
    paper.row(day(body["business_date"], words.lang), words.of("register") + " " + body["register"])
    opened = body.get("opened_at") or report["opened_at"] or report["first_at"]
    until = clock(body["at"], body["offset_minutes"], False)
    word = "closing" if kind == "z" else "printed_at"
    ending = words.of(word if opened else word + "_alone") + " " + until
    if opened:
        ending = words.of("opening") + " " + clock(opened, body["offset_minutes"], False) + ", " + ending
    paper.row(ending, body["operator"]["name"])
    paper.rule()


def _counted(words, key, count, one=None, many=None):
    if one is None:
        return words.of(key) + " (" + str(count) + ")"
    return words.of(key) + " (" + str(count) + " " + (one if count < 2 else many) + ")"


def _sales(paper, report, words):
    sale = report["sale"]
    paper.row(
        _counted(words, "sales", sale["count"], words.of("ticket_one"), words.of("ticket_many")),
        format_euro(sale["amount_minor"]),
    )
    for key, label in (("refund", "refunds"), ("cancel", "cancels"), ("correction", "corrections")):
        if report[key]["count"] and not (key == "correction" and "corrected" in report):
            paper.row(_counted(words, label, report[key]["count"]), format_euro(report[key]["amount_minor"]))
    paper.row(words.of("total_gross"), format_euro(report["gross_minor"]), ["bold", "double"])
    paper.rule()
    for row in report["vat"]:
        if row["vat_e4"] is None:
            paper.row(words.of("outside_vat"), format_euro(row["gross_minor"]))
        else:
            paper.row(
                words.of("vat_on")
                + " "
                + format_rate(row["vat_e4"])
                + " "
                + words.of("on")
                + " "
                + format_minor(row["base_minor"]),
                format_euro(row["vat_minor"]),
            )
    paper.row(words.of("total_net"), format_euro(report["net_minor"]))
    deposits = report.get("deposits")
    if deposits is not None:
        for key in ("sold", "returned"):
            pieces = format_quantity(abs(deposits[key]["quantity_milli"]), False)
            paper.row(words.of("deposits_" + key) + " (" + pieces + ")", format_euro(deposits[key]["amount_minor"]))
    paper.rule()


def _tenders(paper, report, words):
    for row in report["tenders"]:
        paper.row(row["label"] + " (" + str(row["count"]) + ")", format_euro(row["amount_minor"]))
    if report["rounding_minor"]:
        paper.row(words.of("rounding_total"), format_euro(report["rounding_minor"]))
    for key in SOME_DAYS:
        if key in report:
            paper.row(_counted(words, key, report[key]["count"]), format_euro(report[key]["amount_minor"]))
    if report["tenders"]:
        paper.rule()


def _breakdown(paper, report, words):
    if report["operators"]:
        paper.text(words.of("by_operator"), "l", ["bold"])
        for row in report["operators"]:
            paper.row(row["name"] + " (" + str(row["count"]) + ")", format_euro(row["amount_minor"]))
    if report["families"]:
        paper.text(words.of("by_family"), "l", ["bold"])
        for row in report["families"]:
            code = row["code"]
            name = words.of("no_family") if code is None else words.named("family." + code, code)
            paper.row(name, format_euro(row["amount_minor"]))
    if report["operators"] or report["families"]:
        paper.rule()


def _counters(paper, report, words):
    tickets = report["tickets"]
    shown = words.of("no_ticket")
    if tickets["count"]:
        prefix = tickets["chain"][: tickets["chain"].rfind("-")] + "-"
        shown = prefix + str(tickets["first_seq"]) + " " + words.of("to") + " " + prefix + str(tickets["last_seq"])
    paper.row(words.of("first_last"), shown)
    for key in ("discounts", "deleted"):
        paper.row(words.of(key) + " (" + str(report[key]["count"]) + ")", format_euro(report[key]["amount_minor"]))
    for key in ("duplicates", "drawer_openings", "provisionals"):
        paper.row(words.of(key), str(report[key]))
    paper.row(words.of("training_count"), str(report["training"]["count"]))
    paper.rule()


def _cash(paper, report, words):
    cash = report["cash"]
    paper.row(words.of("float"), format_euro(cash["opening_minor"]))
    for move in cash["moves"]:
        name = move["label"] or words.named(
            "reason." + (move["reason"] or ""), move["reason"] or words.of("cash_" + move["kind"])
        )
        paper.row(name, format_euro(move["amount_minor"]))
    paper.row(words.of("cash_sales"), format_euro(cash["sales_minor"]))
    if cash["change_for_others_minor"]:
        paper.row(words.of("cash_change"), format_euro(cash["change_for_others_minor"]))
    paper.row(words.of("cash_expected"), format_euro(cash["expected_minor"]), ["bold"])


def _differences(paper, body, report, words):
    names = {}
    for row in report["tenders"]:
        names[row["code"]] = row["label"]
    reasons = {}
    for row in body.get("explanations") or []:
        reasons[row["tender"]] = row["text"]
    for row in body.get("differences") or []:
        code = row["tender"]
        paper.rule()
        name = names.get(code) or words.named("tender." + code, code)
        paper.row(words.of("counted") + " " + name, format_euro(row["counted_minor"]))
        gap = row["difference_minor"]
        paper.row(
            words.of("difference") + " " + name,
            format_euro(gap) if gap else words.of("exact"),
            ["bold"] if gap else None,
        )
        if code in reasons:
            paper.text(reasons[code])
    paper.rule()


def closing_receipt(paper, request, body, kind, words):
    """X or Z. An X is given as a record of the same head with its `report`; it is never numbered nor signed."""
    report = body["report"]
    if body.get("training"):
        paper.text(words.of("training"), "c", ["bold", "double"])
    _opening(paper, body, report, kind, words)
    _sales(paper, report, words)
    _tenders(paper, report, words)
    _breakdown(paper, report, words)
    _counters(paper, report, words)
    _cash(paper, report, words)
    _differences(paper, body if kind == "z" else {}, report, words)
    source = body if kind == "z" else report
    for key, label in (("perpetual_algebraic_minor", "perpetual"), ("perpetual_absolute_minor", "perpetual_absolute")):
        if source.get(key) is not None:
            paper.row(words.of(label), format_euro(source[key]), ["bold"])
    if kind == "z":
        paper.row(words.of("key"), body["key"][:16])
        signature_foot(paper, request["signature"], request["shop"], words)
    else:
        paper.text(words.of("x_note"), "c", ["bold"])


def _expense(paper, body, words):
    """What a petty expense adds: its VAT (extracted at its rate, one rounding), who allowed it, its photo."""
    rate_e4 = body.get("vat_e4")
    if rate_e4:
        vat_minor = tax_amounts([body["amount_minor"]], rate_e4, "TTC")[3]
        paper.row(words.of("expense_vat") + " " + format_rate(rate_e4), format_euro(vat_minor))
    if body.get("approved_by"):
        paper.row(words.of("allowed_by"), body["approved_by"]["name"])
    if body.get("attachment"):
        paper.text(words.of("proof"))


def cash_paper(paper, request, body, words):
    """Slip of a cash record, to be signed: opening, movement in or out, count."""
    titles = {"opening": "cash_opening", "in": "movement_in", "out": "movement_out", "count": "cash_count"}
    if body.get("training"):
        paper.text(words.of("training"), "c", ["bold", "double"])
    paper.text(words.of(titles[body["kind"]]), "c", ["bold", "double"])
    paper.row(number_of(body), clock(body["at"], body["offset_minutes"]))
    paper.row(words.of("register") + " " + body["register"], body["operator"]["name"])
    paper.rule()
    paper.row(words.of("amount"), format_euro(body["amount_minor"]), ["bold", "double"])
    if body.get("label") or body.get("reason"):
        reason = body.get("reason") or ""
        paper.row(words.of("reason"), body.get("label") or words.named("reason." + reason, reason))
    for piece in body.get("pieces") or []:
        paper.row(
            format_minor(piece["value_minor"]) + " × " + str(piece["count"]),
            format_euro(piece["value_minor"] * piece["count"]),
        )
    _expense(paper, body, words)
    paper.rule()
    signature_foot(paper, request["signature"], request["shop"], words)
    paper.text(words.of("sign"))
    if body["kind"] == "out":
        paper.add({"t": "feed", "n": 2})
        paper.text(words.of("sign_received"))
    paper.add({"t": "feed", "n": 2})
