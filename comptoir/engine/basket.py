"""Prices a basket: lines, discounts of the whole basket, charges, VAT per rate, an explanation per line.

The policy is in docs/decisions/0010-money-and-vat.md and 0012-discounts.md.
"""

from . import checks
from .checks import Refusal
from .lines import price_line, read_reduction, reduction_amount
from .rounding import split
from .vat import order_rates, tax_amounts

LINES = 2000
BASKET_FIELDS = ("format", "mode", "currency", "country", "lines", "discounts", "charges")
CHARGE_FIELDS = ("label", "amount_minor", "vat_e4")
DISCOUNT_KINDS = ("percent", "amount", "target_total")


def _read_frame(basket):
    checks.mapping(basket, "")
    checks.known(basket, BASKET_FIELDS)
    if basket.get("format") != "basket/1":
        raise Refusal("unknown_format", "format")
    checks.one_of(checks.required(basket, "mode"), "mode", ("TTC", "HT"))
    if checks.required(basket, "currency") != "EUR":
        raise Refusal("unknown_currency", "currency")
    checks.one_of(checks.required(basket, "country"), "country", ("FR", "BE"))
    lines = checks.sequence(checks.required(basket, "lines"), "lines")
    if len(lines) > LINES:
        raise Refusal("basket_too_long", "lines", {"most": LINES, "lines": len(lines)})
    for key in ("discounts", "charges"):
        if basket.get(key) is not None:
            checks.sequence(basket[key], key)
            if len(basket[key]) > 100:
                raise Refusal("too_many", key, {"most": 100})


def _price_lines(raws):
    lines = []
    seen = {}
    for position in range(len(raws)):
        try:
            line = price_line(raws[position])
        except Refusal as refusal:
            raise refusal.below("lines/" + str(position))
        if line.id in seen:
            raise Refusal("duplicate_id", "lines/" + str(position) + "/id")
        seen[line.id] = True
        lines.append(line)
    return lines


def _read_charges(raws):
    charges = []
    for position in range(len(raws)):
        path = "charges/" + str(position)
        raw = checks.mapping(raws[position], path)
        checks.known(raw, CHARGE_FIELDS, path)
        charges.append({"label": checks.text(checks.required(raw, "label", path), path + "/label"),
                        "amount_minor": checks.amount(checks.required(raw, "amount_minor", path), path + "/amount_minor"),
                        "vat_e4": checks.rate(checks.required(raw, "vat_e4", path), path + "/vat_e4")})
    return charges


def _taking_part(lines, rate_known, rate_e4, side):
    """Indexes of the lines that a basket discount reduces: discountable, of its rate, and all of one sign. Sold lines when
    there are any, otherwise returned ones; `side` says it when both are present (a return of a mixed ticket)."""
    sold = []
    returned = []
    for index in range(len(lines)):
        line = lines[index]
        if rate_known and line.vat_e4 != rate_e4:
            continue
        if line.base_minor > 0:
            sold.append(index)
        elif line.base_minor < 0:
            returned.append(index)
    if side == "return":
        return returned
    return sold if sold or side == "sale" else returned


def _discount_total(kind, value, base, current, path):
    """Signed amount that a basket discount takes off `base`, `current` being the whole basket."""
    if kind != "target_total":
        return reduction_amount(kind, value, base, path)
    off = current - value
    if off * base < 0:
        raise Refusal("target_above_total", path, {"total_minor": current})
    if abs(off) > abs(base):
        raise Refusal("discount_too_large", path, {"most_minor": abs(base)})
    return off


def _basket_discounts(raws, lines, charges, taken):
    for position in range(len(raws)):
        path = "discounts/" + str(position)
        raw = raws[position]
        kind, value = read_reduction(raw, path, ("vat_e4", "side"), DISCOUNT_KINDS)
        rate_e4 = checks.rate(raw.get("vat_e4"), path + "/vat_e4")
        side = raw.get("side")
        if side is not None:
            checks.one_of(side, path + "/side", ("sale", "return"))
        part = _taking_part(lines, "vat_e4" in raw, rate_e4, side)
        weights = [lines[index].base_minor for index in part]
        base = sum(weights)
        current = 0
        if kind == "target_total":
            current = sum([line.amount_minor for line in lines]) + sum([charge["amount_minor"] for charge in charges])
        off = _discount_total(kind, value, base, current, path)
        if not off:
            continue
        shares = split(off, weights)
        for rank in range(len(part)):
            index = part[rank]
            line = lines[index]
            share = shares[rank]
            if share:
                line.base_minor -= share
                line.amount_minor -= share
                taken[index] += share
                line.explain.append({"code": "basket_discount", "amount_minor": -share,
                                     "params": {"discount": position, "kind": kind, "reason": raw.get("reason")}})


def _tax(lines, charges, mode):
    """([net, vat] of each line then charge, the VAT table)."""
    rates = {}
    for index in range(len(lines) + len(charges)):
        rate_e4 = lines[index].vat_e4 if index < len(lines) else charges[index - len(lines)]["vat_e4"]
        if rate_e4 in rates:
            rates[rate_e4].append(index)
        else:
            rates[rate_e4] = [index]
    amounts = [line.amount_minor for line in lines] + [charge["amount_minor"] for charge in charges]
    parts = [None] * len(amounts)
    table = []
    for rate_e4 in order_rates(list(rates)):
        indexes = rates[rate_e4]
        nets, vats, net, vat = tax_amounts([amounts[index] for index in indexes], rate_e4, mode)
        for rank in range(len(indexes)):
            parts[indexes[rank]] = (nets[rank], vats[rank])
        table.append({"vat_e4": rate_e4, "base_minor": net, "vat_minor": vat, "gross_minor": net + vat})
    return parts, table


def _line_answer(line, off, net, vat, mode):
    if mode == "HT" and vat:
        line.explain.append({"code": "vat", "amount_minor": vat, "params": {"vat_e4": line.vat_e4}})
    return {"id": line.id, "list_minor": line.list_minor, "line_discount_minor": line.discount_minor, "charge_minor": line.charge_minor,
            "basket_discount_minor": off, "gross_minor": net + vat, "net_minor": net, "vat_minor": vat, "explain": line.explain}


def _sum(rows, key):
    return sum([row[key] for row in rows])


def price_basket(basket):
    """The priced basket (`priced/1`) of a basket (`basket/1`), see docs/developer/shapes.md section 2.

    Amounts in minor units, every rounding half away from zero, cents left over by largest remainder (ties to the earlier
    line). Raises Refusal with the path of the first thing that is not acceptable.
    """
    _read_frame(basket)
    mode = basket["mode"]
    lines = _price_lines(basket["lines"])
    charges = _read_charges(basket.get("charges") or [])
    taken = [0] * len(lines)
    _basket_discounts(basket.get("discounts") or [], lines, charges, taken)
    parts, table = _tax(lines, charges, mode)
    rows = []
    eligible = 0
    for index in range(len(lines)):
        row = _line_answer(lines[index], taken[index], parts[index][0], parts[index][1], mode)
        if lines[index].meal_voucher:
            eligible += row["gross_minor"]
        rows.append(row)
    fees = []
    for index in range(len(charges)):
        net, vat = parts[len(lines) + index]
        fees.append({"label": charges[index]["label"], "gross_minor": net + vat, "net_minor": net, "vat_minor": vat,
                     "vat_e4": charges[index]["vat_e4"]})
    gross = checks.amount(_sum(table, "gross_minor"), "lines")
    return {"format": "priced/1", "mode": mode, "lines": rows, "charges": fees, "vat": table, "gross_minor": gross,
            "net_minor": _sum(table, "base_minor"), "vat_minor": _sum(table, "vat_minor"),
            "discount_minor": sum(taken) + sum([line.discount_minor for line in lines]),
            "articles": sum([line.pieces for line in lines]), "meal_voucher_minor": eligible}
