"""What is given back for a sealed ticket: the basket of a return, and the basket that cancels it whole.

Policy: docs/decisions/0080-returns-are-shares-of-what-was-paid.md.
"""

from . import checks
from .checks import Refusal
from .lines import DISPOSITIONS
from .rounding import divide_half_away
from .vat import order_rates

NOT_REFUNDABLE = ("stored_value",)
WANTED_FIELDS = ("line", "quantity_milli", "disposition", "reason", "id")
COPIED = ("article", "label", "family", "kind", "unit", "unit_price_e4", "price_base_milli", "vat_e4")


def share(whole, already, now, total):
    """Part of `whole` (minor units) that goes with `now` out of `total` when `already` went before: the difference of
    two cumulative shares rounded half away from zero, so that the parts sum to the whole. total > 0."""
    return divide_half_away(whole * (already + now), total) - divide_half_away(whole * already, total)


class Sold:
    """A line of the original ticket: what was sold, paid, and already returned. `paid` is in the ticket's mode."""

    __slots__ = ("raw", "paid", "vat", "quantity", "returned")

    def __init__(self, raw, priced, mode):
        self.raw = raw
        self.paid = priced["gross_minor"] if mode == "TTC" else priced["net_minor"]
        self.vat = priced["vat_minor"]
        self.quantity = raw["quantity_milli"]
        self.returned = 0

    def refundable(self):
        return self.quantity > 0 and self.paid >= 0 and self.raw["kind"] not in NOT_REFUNDABLE

    def given_back(self):
        """What was already paid back for it."""
        return share(self.paid, 0, self.returned, self.quantity) if self.refundable() else 0


def _sold_lines(ticket):
    mode = ticket["priced"]["mode"]
    raws = ticket["basket"]["lines"]
    lines = []
    for index in range(len(raws)):
        lines.append(Sold(raws[index], ticket["priced"]["lines"][index], mode))
    return lines


def _by_id(lines):
    found = {}
    for line in lines:
        found[line.raw["id"]] = line
    return found


def _quantity(raw, path):
    return checks.whole(
        checks.required(raw, "quantity_milli", path), path + "/quantity_milli", 1, checks.QUANTITY_MILLI
    )


def _named(raws, position, key, found):
    """(entry, its line, path) of `returned` or `wanted`."""
    path = key + "/" + str(position)
    raw = checks.mapping(raws[position], path)
    name = checks.identifier(checks.required(raw, "line", path), path + "/line")
    if name not in found:
        raise Refusal("unknown_line", path + "/line")
    return raw, found[name], path


def _take_returned(raws, found):
    """Adds what other tickets returned; more than was sold is a fact to live with, nothing is left then."""
    checks.sequence(raws, "returned")
    for position in range(len(raws)):
        raw, line, path = _named(raws, position, "returned", found)
        line.returned = min(line.returned + _quantity(raw, path), max(line.quantity, 0))


def _sold_vat(lines, charges, rate_e4, mode):
    """(amount, VAT) of all that was sold at a rate, in the ticket's mode: returned lines of a mixed ticket apart."""
    amount = 0
    vat = 0
    for line in lines:
        if line.raw["vat_e4"] == rate_e4 and line.paid > 0:
            amount += line.paid
            vat += line.vat
    for charge in charges:
        paid = charge["gross_minor"] if mode == "TTC" else charge["net_minor"]
        if charge["vat_e4"] == rate_e4 and paid > 0:
            amount += paid
            vat += charge["vat_minor"]
    return amount, vat


def _vat_as_sold(ticket, lines, rates):
    """`sold_vat` of a return: for each rate what was sold, its VAT and what was paid back before."""
    mode = ticket["priced"]["mode"]
    rows = []
    for rate_e4 in order_rates(rates):
        amount, vat = _sold_vat(lines, ticket["priced"]["charges"], rate_e4, mode)
        if not rate_e4 or not amount:
            continue
        before = sum([line.given_back() for line in lines if line.raw["vat_e4"] == rate_e4])
        rows.append({"vat_e4": rate_e4, "amount_minor": amount, "vat_minor": vat, "already_minor": before})
    return rows


def _copy(raw, identifier, quantity):
    line = {"id": identifier, "quantity_milli": quantity, "discountable": False, "origin_line": raw["id"]}
    for key in COPIED + ("eco_minor", "meal_voucher"):
        if raw.get(key) is not None or key == "vat_e4":
            line[key] = raw[key]
    return line


def _return_line(line, raw, path, position):
    quantity = _quantity(raw, path)
    checks.known(raw, WANTED_FIELDS, path)
    if not line.refundable():
        raise Refusal("not_refundable", path + "/line")
    if line.returned + quantity > line.quantity:
        raise Refusal("more_than_sold", path + "/quantity_milli", {"left_milli": line.quantity - line.returned})
    identifier = checks.identifier(raw.get("id") or "r" + str(position + 1), path + "/id")
    back = _copy(line.raw, identifier, -quantity)
    back["label_total_minor"] = -share(line.paid, line.returned, quantity, line.quantity)
    back["disposition"] = checks.one_of(raw.get("disposition") or "none", path + "/disposition", DISPOSITIONS)
    back["return_reason"] = checks.optional_text(raw.get("reason"), path + "/reason")
    return back


def _left(lines):
    rows = []
    for line in lines:
        able = line.refundable()
        rows.append(
            {
                "line": line.raw["id"],
                "label": line.raw["label"],
                "sold_milli": line.quantity,
                "left_milli": line.quantity - line.returned if able else 0,
                "left_minor": line.paid - line.given_back() if able else 0,
            }
        )
    return rows


def _basket(ticket, lines, sold_vat):
    source = ticket["basket"]
    basket = {"format": "basket/1", "lines": lines}
    for key in ("mode", "currency", "country"):
        basket[key] = source[key]
    if source.get("vat_rounding") is not None:
        basket["vat_rounding"] = source["vat_rounding"]
    if sold_vat:
        basket["sold_vat"] = sold_vat
    return basket


def _read_ticket(request):
    checks.mapping(request, "")
    ticket = checks.mapping(checks.required(request, "ticket"), "ticket")
    for key in ("operation", "basket", "priced", "settle", "settled"):
        checks.required(ticket, key, "ticket")
    return ticket


def refund_basket(request):
    """`{"ticket", "returned", "wanted"}` -> `{"basket", "lines"}`, see docs/developer/shapes.md section 5.

    Each line gets its cumulative share of what was paid for it after every discount; VAT is the same share of the VAT
    sealed at its rate. `lines` says what is left before this return. Refuses `not_refundable`, `unknown_line`,
    `more_than_sold`. An empty `wanted` only tells what is left.
    """
    ticket = _read_ticket(request)
    if ticket["operation"] != "sale":
        raise Refusal("not_refundable", "ticket/operation")
    lines = _sold_lines(ticket)
    found = _by_id(lines)
    _take_returned(request.get("returned") or [], found)
    left = _left(lines)
    wanted = checks.sequence(request.get("wanted") or [], "wanted")
    rates = []
    for position in range(len(wanted)):
        line = _named(wanted, position, "wanted", found)[1]
        if line.raw["vat_e4"] not in rates:
            rates.append(line.raw["vat_e4"])
    sold_vat = _vat_as_sold(ticket, lines, rates)
    back = []
    for position in range(len(wanted)):
        raw, line, path = _named(wanted, position, "wanted", found)
        back.append(_return_line(line, raw, path, position))
        line.returned += -back[position]["quantity_milli"]
    return {"basket": _basket(ticket, back, sold_vat), "lines": left}


def _opposite(line, position):
    """A line reversed whatever the signs of its quantity and price."""
    raw = line.raw
    back = _copy(raw, "r" + str(position + 1), -line.quantity)
    if line.paid * line.quantity >= 0:
        back["label_total_minor"] = -line.paid
    else:  # a negative price: written as the price of the whole quantity
        back["unit_price_e4"] = line.paid * 100 if line.quantity > 0 else -line.paid * 100
        back["price_base_milli"] = abs(line.quantity)
    back["disposition"] = "resale" if raw["kind"] in ("goods", "weighed", "deposit") else "none"
    back["return_reason"] = None
    return back


def _opposite_charges(ticket):
    key = "gross_minor" if ticket["priced"]["mode"] == "TTC" else "net_minor"
    rows = []
    for charge in ticket["priced"]["charges"]:
        rows.append({"label": charge["label"], "amount_minor": -charge[key], "vat_e4": charge["vat_e4"]})
    return rows


def cancel_basket(request):
    """`{"ticket", "returned"}` -> `{"basket", "tenders"}`: every line, charge and tender of a ticket reversed.

    VAT is the opposite of the sealed one, rate by rate. Tenders keep their type and reference. Refuses
    `not_refundable` for a correction or a cancellation, `already_returned` when something came back before.
    """
    ticket = _read_ticket(request)
    if ticket["operation"] not in ("sale", "refund"):
        raise Refusal("not_refundable", "ticket/operation")
    if request.get("returned"):
        raise Refusal("already_returned", "returned")
    key = "gross_minor" if ticket["priced"]["mode"] == "TTC" else "base_minor"
    sold_vat = []
    for row in ticket["priced"]["vat"]:
        if row["vat_e4"] and row[key]:
            sold_vat.append(
                {
                    "vat_e4": row["vat_e4"],
                    "amount_minor": row[key],
                    "vat_minor": row["vat_minor"],
                    "already_minor": 0,
                }
            )
    lines = _sold_lines(ticket)
    basket = _basket(ticket, [_opposite(lines[index], index) for index in range(len(lines))], sold_vat)
    charges = _opposite_charges(ticket)
    if charges:
        basket["charges"] = charges
    tenders = []
    for payment in ticket["settled"]["payments"]:
        tenders.append(
            {
                "id": "r" + str(len(tenders) + 1),
                "type": payment["type"],
                "amount_minor": -payment["amount_minor"],
                "reference": payment["reference"],
            }
        )
    return {"basket": basket, "tenders": tenders}
