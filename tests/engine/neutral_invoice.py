"""Invoices in a neutral shape (quantities and amounts as decimal texts) priced by the engine in HT mode.

The shape is that of published e-invoicing examples: lines with unit price, base quantity and allowances or charges,
allowances and charges of the whole document by rate, and the totals that the example states.
"""

import json
from decimal import Decimal
from typing import Any

from comptoir.engine.door import call

CENT = Decimal("0.01")


def minor(text: str) -> int:
    """Cents of a decimal text; refuses a text that holds a fraction of a cent."""
    amount = Decimal(text) / CENT
    if amount != amount.to_integral_value():
        raise ValueError(f"{text} is not a whole number of cents")
    return int(amount)


def whole(value: Decimal, *, scale: int) -> tuple[int, int]:
    """(integer, extra power of ten) so that value x 10^scale x 10^extra is that integer: prices may hold 9 decimals."""
    shifted = value.scaleb(scale)
    extra = max(0, -shifted.normalize().as_tuple().exponent)
    return int(shifted.scaleb(extra)), extra


def e4(rate: str | None) -> int:
    return int(Decimal(rate or "0") * 100)


def as_line(index: int, line: dict[str, Any]) -> dict[str, Any]:
    """An engine line. Decimals beyond the engine's units widen the price base, which is only a divisor."""
    quantity, more_quantity = whole(Decimal(line["qty"]), scale=3)
    price, more_price = whole(Decimal(line["unit_price"]), scale=4)
    base = Decimal(line["price_base_qty"] or "1").scaleb(3 + more_quantity + more_price)
    if price < 0:  # the engine takes amounts off in the direction of the line; a negative price is a negative quantity
        quantity, price = -quantity, -price
    reductions = {"discounts": [], "charges": []}
    for row in line["allowances_charges"]:
        amount = minor(row["amount"])
        kind = "charges" if row["charge"] == (amount >= 0) else "discounts"
        reductions[kind].append({"kind": "amount", "value_minor": abs(amount)})
    return {
        "id": f"l{index}",
        "label": "",
        "kind": "service",
        "quantity_milli": quantity,
        "unit_price_e4": price,
        "price_base_milli": int(base),
        "vat_e4": e4(line["tax_rate"]),
        **reductions,
    }


def as_basket(invoice: dict[str, Any]) -> dict[str, Any]:
    charges = [
        {
            "label": "document",
            "amount_minor": minor(row["amount"]) * (1 if row["charge"] else -1),
            "vat_e4": e4(row["tax_rate"]),
        }
        for row in invoice["document_allowances_charges"]
    ]
    lines = [as_line(index, line) for index, line in enumerate(invoice["lines"])]
    frame = {"format": "basket/1", "mode": "HT", "currency": "EUR", "country": "FR"}
    return {**frame, "lines": lines, "discounts": [], "charges": charges}


def price(invoice: dict[str, Any]) -> dict[str, Any]:
    return json.loads(call("price_basket", json.dumps(as_basket(invoice))))


def expected_by_rate(invoice: dict[str, Any]) -> dict[int, tuple[int, int]]:
    """{rate: (base, tax)}: the engine knows rates, an e-invoice also tells apart categories of one rate."""
    rates: dict[int, tuple[int, int]] = {}
    for row in invoice["expected"]["taxes"]:
        base, tax = rates.get(e4(row["rate"]), (0, 0))
        rates[e4(row["rate"])] = (base + minor(row["base"]), tax + minor(row["tax"]))
    return rates
