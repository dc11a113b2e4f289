"""VAT of a document: extracted from gross sums (TTC) or added to net sums (HT), one rounding per rate.

Source: docs/decisions/0010-money-and-vat.md; EN 16931 BR-CO-14, BR-CO-17 and BR-S-09 for the HT mode.
"""

from .rounding import allot, divide_half_away


def order_rates(rates):
    """Rates descending, None (outside VAT) last."""
    inside = sorted([rate for rate in rates if rate is not None])
    inside.reverse()
    if None in rates:
        inside.append(None)
    return inside


def tax_amounts(amounts, rate_e4, mode):
    """Nets and VATs of amounts that share one rate: two lists and the totals (net, vat).

    TTC: vat = round(sum * r / (1 + r)), nets allotted by largest remainder to sum to sum - vat.
    HT: vat = round(sum * r), VATs allotted by largest remainder to sum to it.
    """
    total = sum(amounts)
    if not rate_e4:
        return list(amounts), [0] * len(amounts), total, 0
    if mode == "TTC":
        vat = divide_half_away(total * rate_e4, 10000 + rate_e4)
        nets = allot(total - vat, amounts, 10000, 10000 + rate_e4)
        vats = [amounts[index] - nets[index] for index in range(len(amounts))]
        return nets, vats, total - vat, vat
    vat = divide_half_away(total * rate_e4, 10000)
    return list(amounts), allot(vat, amounts, rate_e4, 10000), total, vat
