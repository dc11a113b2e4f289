"""VAT of a document: extracted from gross sums (TTC) or added to net sums (HT), one rounding per rate; on request,
one rounding per line.

Source: docs/decisions/0010-money-and-vat.md; EN 16931 BR-CO-14, BR-CO-17 and BR-S-09 for the HT mode;
docs/decisions/0134-vat-by-line-on-request.md.
"""

from . import checks
from .checks import Refusal
from .rounding import allot, divide_half_away

SOLD_FIELDS = ("vat_e4", "amount_minor", "vat_minor", "already_minor")


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


def tax_each(amounts, rate_e4, mode):
    """As `tax_amounts`, with the VAT of each amount rounded alone, half away from zero, and the totals summed from
    them: what systems that round by line print. A piece sold twice on one line is one amount, on two lines two."""
    if not rate_e4:
        return tax_amounts(amounts, rate_e4, mode)
    base = 10000 + rate_e4 if mode == "TTC" else 10000
    vats = [divide_half_away(amount * rate_e4, base) for amount in amounts]
    nets = list(amounts)
    if mode == "TTC":
        nets = [amounts[index] - vats[index] for index in range(len(amounts))]
    return nets, vats, sum(nets), sum(vats)


def read_sold_vat(raws):
    """The `sold_vat` of a basket that gives back, by rate: what was sold there, its VAT, what was paid back before."""
    found = {}
    if raws is None:
        return found
    checks.sequence(raws, "sold_vat")
    for position in range(len(raws)):
        path = "sold_vat/" + str(position)
        raw = checks.mapping(raws[position], path)
        checks.known(raw, SOLD_FIELDS, path)
        for key in SOLD_FIELDS[1:]:
            checks.amount(checks.required(raw, key, path), path + "/" + key)
        rate_e4 = checks.whole(checks.required(raw, "vat_e4", path), path + "/vat_e4", 1, 10000)
        sold = raw["amount_minor"]
        if not sold or raw["vat_minor"] * sold < 0 or abs(raw["vat_minor"]) > abs(sold):
            raise Refusal("out_of_range", path + "/vat_minor")
        if rate_e4 in found:
            raise Refusal("duplicate_id", path + "/vat_e4")
        found[rate_e4] = raw
    return found


def tax_as_sold(amounts, sold, mode):
    """As `tax_amounts` for amounts given back: their share of the sealed VAT, cumulative, so that no sequence of
    returns gives back more VAT than was sold. Raises Refusal `more_than_sold`."""
    whole = sold["amount_minor"]
    sign = -1 if whole < 0 else 1
    total = sum(amounts)
    before = sold["already_minor"] * sign
    after = before - total * sign
    if before < 0 or after < before or after > whole * sign:
        raise Refusal("more_than_sold", "sold_vat", {"left_minor": whole - sold["already_minor"]})
    vat = divide_half_away(sold["vat_minor"] * before, whole * sign)
    vat -= divide_half_away(sold["vat_minor"] * after, whole * sign)
    vats = allot(vat, amounts, sold["vat_minor"] * sign, whole * sign)
    if mode == "HT":
        return list(amounts), vats, total, vat
    nets = [amounts[index] - vats[index] for index in range(len(amounts))]
    return nets, vats, total - vat, vat
