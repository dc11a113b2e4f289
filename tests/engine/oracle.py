"""A second reckoning of a basket, in exact fractions of cents, written from the documents and sharing no code with the
engine: the policy of docs/decisions/0010, 0012 and 0134 in the plainest words that say it."""

from fractions import Fraction
from math import floor
from typing import Any

Cents = int


def to_cents(exact: Fraction) -> Cents:
    """The nearest cent, a half away from zero."""
    size = floor(abs(exact) + Fraction(1, 2))
    return -size if exact < 0 else size


def shared_out(total: Cents, weights: list[Cents]) -> list[Cents]:
    """Cents in proportion to weights of one sign, what is left over to the largest fractions, the earlier one first."""
    sign = -1 if total < 0 else 1
    exact = [Fraction(abs(total) * abs(weight), abs(sum(weights))) for weight in weights]
    shares = [floor(share) for share in exact]
    by_fraction = sorted(range(len(weights)), key=lambda index: (shares[index] - exact[index], index))
    for index in by_fraction[: abs(total) - sum(shares)]:
        shares[index] += 1
    return [sign * share for share in shares]


def cut(reduction: dict[str, Any], base: Cents) -> Cents:
    if reduction["kind"] == "percent":
        return to_cents(Fraction(base * reduction["value_e4"], 10_000))
    return reduction["value_minor"] if base >= 0 else -reduction["value_minor"]


def worth(line: dict[str, Any]) -> tuple[Cents, Cents]:
    """(what the line is worth, what of it a basket discount may touch)."""
    quantity = Fraction(line["quantity_milli"], line.get("price_base_milli") or 1000)
    amount = line.get("label_total_minor")
    if amount is None:
        amount = to_cents(quantity * line["unit_price_e4"] / 100)
    eco = to_cents(Fraction(line["quantity_milli"] * (line.get("eco_minor") or 0), 1000))
    if abs(eco) > abs(amount):
        eco = amount
    base = full = amount - eco
    for discount in line.get("discounts") or []:
        base -= cut(discount, base)
    back = (amount or line["quantity_milli"]) < 0
    for charge in line.get("charges") or []:
        base += cut(charge, full) if charge["kind"] == "percent" else charge["value_minor"] * (-1 if back else 1)
    touchable = line.get("discountable", True) is not False and line["kind"] not in ("deposit", "stored_value")
    return base + eco, base if touchable else 0


def after_discounts(basket: dict[str, Any]) -> list[Cents]:
    lines = basket["lines"]
    amounts = [worth(line)[0] for line in lines]
    bases = [worth(line)[1] for line in lines]
    fees = sum(charge["amount_minor"] for charge in basket.get("charges") or [])
    for discount in basket.get("discounts") or []:
        part = [
            index
            for index, base in enumerate(bases)
            if base and ("vat_e4" not in discount or lines[index]["vat_e4"] == discount["vat_e4"])
        ]
        sold = [index for index in part if bases[index] > 0]
        returned = [index for index in part if bases[index] < 0]
        side = discount.get("side") or ("sale" if sold else "return")
        part = sold if side == "sale" else returned
        whole = sum(bases[index] for index in part)
        wanted = discount["kind"] == "target_total"
        off = sum(amounts) + fees - discount["value_minor"] if wanted else cut(discount, whole)
        if not off:
            continue
        for index, share in zip(part, shared_out(off, [bases[index] for index in part]), strict=True):
            bases[index] -= share
            amounts[index] -= share
    return amounts


def vat_of(amount: Cents, *, rate_e4: int, mode: str) -> Cents:
    return to_cents(Fraction(amount * rate_e4, 10_000 + rate_e4 if mode == "TTC" else 10_000))


def reckon(basket: dict[str, Any]) -> dict[str, Any]:
    """Totals and the VAT table of a basket without `sold_vat`, under the names of `priced/1`."""
    mode = basket["mode"]
    rows = list(zip([line["vat_e4"] for line in basket["lines"]], after_discounts(basket), strict=True))
    rows += [(charge["vat_e4"], charge["amount_minor"]) for charge in basket.get("charges") or []]
    rates = sorted({rate for rate, _ in rows if rate is not None}, reverse=True)
    rates += [None] if any(rate is None for rate, _ in rows) else []
    table = []
    for rate in rates:
        amounts = [amount for found, amount in rows if found == rate]
        taxed = amounts if basket.get("vat_rounding") == "line" else [sum(amounts)]
        vat = sum(vat_of(amount, rate_e4=rate or 0, mode=mode) for amount in taxed)
        base = sum(amounts) - vat if mode == "TTC" else sum(amounts)
        table.append({"vat_e4": rate, "base_minor": base, "vat_minor": vat, "gross_minor": base + vat})
    totals = {"net_minor": "base_minor", "vat_minor": "vat_minor", "gross_minor": "gross_minor"}
    return {**{name: sum(row[key] for row in table) for name, key in totals.items()}, "vat": table}
