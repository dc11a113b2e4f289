"""Prices a basket: discounts of the whole basket, charges, VAT per rate, and the answer's text.

The policy is in docs/decisions/0010-money-and-vat.md and 0012-discounts.md; lines alone are priced in `lines.py`.
"""

import json

from . import checks
from .canonical import canonical
from .checks import Refusal
from .lines import price_line, read_reduction, reduction_amount, write_line
from .rounding import split
from .vat import order_rates, read_sold_vat, tax_amounts, tax_as_sold, tax_each

LINES = 2000
ADDITIONS = 100  # basket discounts, and charges
BASKET_FIELDS = set(
    ("format", "mode", "currency", "country", "lines", "discounts", "charges", "sold_vat", "vat_rounding")
)
CHARGE_FIELDS = ("label", "amount_minor", "vat_e4")
DISCOUNT_KINDS = ("percent", "amount", "target_total")
VAT_ROUNDINGS = ("rate", "line")  # VAT rounded once a rate, or once a line: docs/decisions/0134


def read_frame(basket):
    """Checks everything of a basket but its lines."""
    checks.mapping(basket, "")
    checks.known(basket, BASKET_FIELDS)
    if basket.get("format") != "basket/1":
        raise Refusal("unknown_format", "format")
    checks.one_of(checks.required(basket, "mode"), "mode", ("TTC", "HT"))
    if checks.required(basket, "currency") != "EUR":
        raise Refusal("unknown_currency", "currency")
    checks.one_of(checks.required(basket, "country"), "country", ("FR", "BE"))
    if basket.get("vat_rounding") is not None:
        checks.one_of(basket["vat_rounding"], "vat_rounding", VAT_ROUNDINGS)
    for key in ("discounts", "charges"):
        if basket.get(key) is not None:
            checks.sequence(basket[key], key)
            if len(basket[key]) > ADDITIONS:
                raise Refusal("too_many", key, {"most": ADDITIONS})


def _price_lines(raws):
    if len(checks.sequence(raws, "lines")) > LINES:
        raise Refusal("basket_too_long", "lines", {"most": LINES, "lines": len(raws)})
    lines = []
    for position in range(len(raws)):
        try:
            lines.append(price_line(raws[position]))
        except Refusal as refusal:
            raise refusal.below("lines/" + str(position))
    return lines


def _refuse_duplicates(lines):
    seen = set([line.id for line in lines])
    if len(seen) == len(lines):
        return
    seen = set()
    for position in range(len(lines)):
        if lines[position].id in seen:
            raise Refusal("duplicate_id", "lines/" + str(position) + "/id")
        seen.add(lines[position].id)


def _read_charges(raws):
    charges = []
    for position in range(len(raws)):
        path = "charges/" + str(position)
        raw = checks.mapping(raws[position], path)
        checks.known(raw, CHARGE_FIELDS, path)
        charges.append(
            {
                "label": checks.text(checks.required(raw, "label", path), path + "/label"),
                "amount_minor": checks.amount(checks.required(raw, "amount_minor", path), path + "/amount_minor"),
                "vat_e4": checks.rate(checks.required(raw, "vat_e4", path), path + "/vat_e4"),
            }
        )
    return charges


class Work:
    """The basket while its discounts are taken: what each line is still worth, and what was taken from it."""

    __slots__ = ("lines", "amounts", "bases", "taken", "extras", "fees_minor")

    def __init__(self, lines, charges):
        self.lines = lines
        self.amounts = [line.amount_minor for line in lines]
        self.bases = [line.base_minor for line in lines]
        self.taken = [0] * len(lines)
        self.extras = [""] * len(lines)
        self.fees_minor = sum([charge["amount_minor"] for charge in charges])


def _taking_part(work, raw, path):
    """Indexes of the lines that a basket discount reduces: discountable, of its rate, and all of one sign. Sold
    lines when there are any, otherwise returned ones; `side` says it when both are present (a return of a mixed
    ticket)."""
    rate_e4 = checks.rate(raw.get("vat_e4"), path + "/vat_e4")
    limited = "vat_e4" in raw
    side = raw.get("side")
    if side is not None:
        checks.one_of(side, path + "/side", ("sale", "return"))
    sold = []
    returned = []
    for index in range(len(work.bases)):
        base = work.bases[index]
        if not base or (limited and work.lines[index].vat_e4 != rate_e4):
            continue
        if base > 0:
            sold.append(index)
        else:
            returned.append(index)
    if side == "return":
        return returned
    return sold if sold or side == "sale" else returned


def _discount_total(kind, value, base, work, path):
    """Signed amount that a basket discount takes off `base`."""
    if kind != "target_total":
        return reduction_amount(kind, value, base, path)
    current = sum(work.amounts) + work.fees_minor
    off = current - value
    if off * base < 0:
        raise Refusal("target_above_total", path, {"total_minor": current})
    if abs(off) > abs(base):
        raise Refusal("discount_too_large", path, {"most_minor": abs(base)})
    return off


def _basket_discount(raw, position, work):
    path = "discounts/" + str(position)
    kind, value = read_reduction(raw, path, ("vat_e4", "side"), DISCOUNT_KINDS)
    part = _taking_part(work, raw, path)
    weights = [work.bases[index] for index in part]
    off = _discount_total(kind, value, sum(weights), work, path)
    if not off:
        return
    shares = split(off, weights)
    params = (
        ',"code":"basket_discount","params":'
        + canonical({"discount": position, "kind": kind, "reason": raw.get("reason")})
        + "}"
    )
    for rank in range(len(part)):
        share = shares[rank]
        if share:
            index = part[rank]
            work.bases[index] -= share
            work.amounts[index] -= share
            work.taken[index] += share
            work.extras[index] += ',{"amount_minor":' + str(-share) + params


def _by_rate(lines, charges):
    """Indexes of the lines, then of the charges, by rate."""
    rates = {}
    index = 0
    for line in lines:
        rate_e4 = line.vat_e4
        if rate_e4 in rates:
            rates[rate_e4].append(index)
        else:
            rates[rate_e4] = [index]
        index += 1
    for charge in charges:
        rate_e4 = charge["vat_e4"]
        if rate_e4 in rates:
            rates[rate_e4].append(index)
        else:
            rates[rate_e4] = [index]
        index += 1
    return rates


def _tax(rates, amounts, frame):
    """(nets, VATs, the VAT table) of amounts grouped by rate. What is given back bears the VAT it was sold with."""
    mode = frame["mode"]
    sold = read_sold_vat(frame.get("sold_vat"))
    tax = tax_each if frame.get("vat_rounding") == "line" else tax_amounts
    nets = [0] * len(amounts)
    vats = [0] * len(amounts)
    table = []
    for rate_e4 in order_rates(list(rates)):
        indexes = rates[rate_e4]
        part = [amounts[index] for index in indexes]
        if rate_e4 in sold:
            part_nets, part_vats, net, vat = tax_as_sold(part, sold[rate_e4], mode)
        else:
            part_nets, part_vats, net, vat = tax(part, rate_e4, mode)
        rank = 0
        for index in indexes:
            nets[index] = part_nets[rank]
            vats[index] = part_vats[rank]
            rank += 1
        table.append({"vat_e4": rate_e4, "base_minor": net, "vat_minor": vat, "gross_minor": net + vat})
    return nets, vats, table


def _write_lines(work, nets, vats, mode):
    """(texts of the lines, gross that meal vouchers may pay)."""
    texts = []
    eligible = 0
    index = 0
    for line in work.lines:
        net = nets[index]
        vat = vats[index]
        extra = work.extras[index]
        if mode == "HT" and vat:
            extra += ',{"amount_minor":' + str(vat) + ',"code":"vat","params":{"vat_e4":' + str(line.vat_e4) + "}}"
        texts.append(write_line(line, work.taken[index], extra, net, vat))
        if line.meal_voucher:
            eligible += net + vat
        index += 1
    return texts, eligible


def _fees(charges, nets, vats):
    rows = []
    index = len(nets) - len(charges)
    for charge in charges:
        rows.append(
            {
                "label": charge["label"],
                "gross_minor": nets[index] + vats[index],
                "net_minor": nets[index],
                "vat_minor": vats[index],
                "vat_e4": charge["vat_e4"],
            }
        )
        index += 1
    return rows


def _write_table(table):
    """Canonical text of the VAT table's rows, without its brackets."""
    rows = []
    for row in table:
        rate = "null" if row["vat_e4"] is None else str(row["vat_e4"])
        rows.append(
            '{"base_minor":'
            + str(row["base_minor"])
            + ',"gross_minor":'
            + str(row["gross_minor"])
            + ',"vat_e4":'
            + rate
            + ',"vat_minor":'
            + str(row["vat_minor"])
            + "}"
        )
    return ",".join(rows)


def _sum(rows, key):
    return sum([row[key] for row in rows])


def price_lines(frame, lines):
    """Canonical text of the priced basket: `frame` is the checked basket without regard to its lines, `lines` are
    priced."""
    _refuse_duplicates(lines)
    mode = frame["mode"]
    charges = _read_charges(frame.get("charges") or [])
    work = Work(lines, charges)
    discounts = frame.get("discounts") or []
    for position in range(len(discounts)):
        _basket_discount(discounts[position], position, work)
    amounts = work.amounts + [charge["amount_minor"] for charge in charges]
    nets, vats, table = _tax(_by_rate(lines, charges), amounts, frame)
    gross = checks.amount(_sum(table, "gross_minor"), "lines")
    texts, eligible = _write_lines(work, nets, vats, mode)
    articles = sum([line.pieces for line in lines])
    discount = sum(work.taken) + sum([line.discount_minor for line in lines])
    return "".join(
        [
            '{"articles":' + str(articles) + ',"charges":',
            canonical(_fees(charges, nets, vats)) if charges else "[]",
            ',"discount_minor":' + str(discount) + ',"format":"priced/1","gross_minor":' + str(gross),
            ',"lines":[' + ",".join(texts) + '],"meal_voucher_minor":' + str(eligible) + ',"mode":"' + mode,
            '","net_minor":' + str(_sum(table, "base_minor")) + ',"vat":[' + _write_table(table),
            '],"vat_minor":' + str(_sum(table, "vat_minor")) + "}",
        ]
    )


def price_text(basket):
    """As `price_basket`, as canonical text."""
    read_frame(basket)
    return price_lines(basket, _price_lines(checks.required(basket, "lines")))


def price_basket(basket):
    """The priced basket (`priced/1`) of a basket (`basket/1`), see docs/developer/shapes.md section 2.

    Amounts in minor units, every rounding half away from zero, cents left over by largest remainder (ties to the
    earlier line). Raises Refusal with the path of the first thing that is not acceptable.
    """
    return json.loads(price_text(basket))
