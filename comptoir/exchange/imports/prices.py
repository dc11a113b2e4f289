"""The price of an article when the file has none: a rule chosen by the person who imports.

`fixe:2,50`        the same price for all
`code:0,50-49,90`  drawn from the article's code: the same file always gives the same prices (demonstrations)
`marge:80`         purchase price plus 80 %
`libre`            no price: the till asks for it at each sale

Amounts are computed by the engine; this module only chooses what to ask it."""

import hashlib
import json
from decimal import Decimal
from typing import NamedTuple

from comptoir.engine import door

from .problems import FileRefused
from .values import ValueReason, read_decimal, read_price_e4

STEP_E4 = 500  # drawn prices end in 0 or 5 cents


class PriceRule(NamedTuple):
    kind: str  # "fixe", "code", "marge", "libre"
    low_e4: int = 0
    high_e4: int = 0
    margin_e4: int = 0


def parse_price_rule(text: str | None) -> PriceRule | None:
    """Raises FileRefused when the rule is not one of ours."""
    if not text:
        return None
    kind, _, rest = text.partition(":")
    try:
        if kind == "libre" and not rest:
            return PriceRule("libre")
        if kind == "fixe":
            price = read_price_e4(rest)
            return PriceRule("fixe", low_e4=price, high_e4=price)
        if kind == "code":
            low, _, high = rest.partition("-")
            rule = PriceRule("code", low_e4=read_price_e4(low), high_e4=read_price_e4(high))
            if rule.low_e4 <= rule.high_e4:
                return rule
        if kind == "marge":
            margin = read_decimal(rest.removesuffix("%")).scaleb(2)
            if margin == margin.to_integral_value() and 0 <= margin <= Decimal(100_000):
                return PriceRule("marge", margin_e4=int(margin))
    except ValueReason:
        pass
    raise FileRefused(
        f"La règle de prix « {text} » n’est pas comprise : fixe:2,50 · code:0,50-49,90 · marge:80 · libre."
    )


def ruled_price_e4(rule: PriceRule, *, code: str, purchase_e4: int | None) -> int | None:
    """The price in ten-thousandths, None when the till asks for it. Raises ValueReason when it cannot tell."""
    if rule.kind == "libre":
        return None
    if rule.kind == "fixe":
        return rule.low_e4
    if rule.kind == "code":
        steps = (rule.high_e4 - rule.low_e4) // STEP_E4 + 1
        drawn = int.from_bytes(hashlib.sha256(code.encode("utf-8")).digest()[:8], "big") % steps
        return rule.low_e4 + drawn * STEP_E4
    if purchase_e4 is None:
        raise ValueReason("la règle « marge » a besoin du prix d’achat, absent de cette ligne.")
    return purchase_e4 * (10_000 + rule.margin_e4) // 10_000 // 100 * 100


def gross_of_net_e4(net_e4: int, *, vat_e4: int | None, country: str) -> int:
    """The price with VAT of one piece sold at this price without VAT, to the cent, as the engine prices it in HT."""
    line = {"id": "1", "article": None, "label": "x", "family": None, "kind": "goods", "quantity_milli": 1000,
            "unit": "pce", "unit_price_e4": net_e4, "vat_e4": vat_e4, "label_total_minor": None, "eco_minor": 0,
            "discounts": [], "charges": []}  # fmt: skip
    basket = {"format": "basket/1", "mode": "HT", "currency": "EUR", "country": country, "lines": [line],
              "discounts": [], "charges": []}  # fmt: skip
    answer = json.loads(door.call("price_basket", json.dumps(basket)))
    if "error" in answer:
        raise ValueReason("le prix hors taxe ne se convertit pas.")
    return answer["gross_minor"] * 100
