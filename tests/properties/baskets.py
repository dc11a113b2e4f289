"""Random baskets and tenders that the engine accepts, small enough to be read when one fails."""

from hypothesis import strategies as st

RATES = st.sampled_from([None, 0, 210, 550, 600, 1000, 1200, 2000, 2100])
REASONS = st.one_of(st.none(), st.text(alphabet='aé€😀"\\\n', max_size=3))
PERCENT = st.builds(lambda v, r: {"kind": "percent", "value_e4": v, "reason": r}, st.integers(0, 10000), REASONS)


def reductions(limit: int):
    amount = st.builds(lambda v, r: {"kind": "amount", "value_minor": v, "reason": r}, st.integers(0, limit), REASONS)
    return st.lists(st.one_of(PERCENT, amount), max_size=2)


@st.composite
def line(draw, signs=(-1, 1)):
    sign = draw(st.sampled_from(signs))
    kind = draw(st.sampled_from(["goods", "goods", "weighed", "service", "deposit", "stored_value"]))
    pieces = draw(st.integers(1, 5)) * 1000
    quantity = draw(st.integers(1, 3000)) if kind == "weighed" else pieces
    made = {
        "label": draw(st.text(alphabet='aZé€😀"\\\t{},[]:', max_size=6)),
        "kind": kind,
        "quantity_milli": sign * quantity,
        "unit_price_e4": draw(st.one_of(st.integers(0, 300), st.integers(0, 500).map(lambda v: v * 100))),
        "vat_e4": draw(RATES),
        "meal_voucher": draw(st.booleans()),
        "discountable": draw(st.booleans()),
    }
    if draw(st.integers(0, 5)) == 0:
        made["eco_minor"] = draw(st.integers(0, 50))
    if draw(st.integers(0, 5)) == 0:
        made["label_total_minor"] = sign * draw(st.integers(0, 3000))
    if kind not in ("deposit", "stored_value") and made["discountable"]:
        made["discounts"] = draw(reductions(3))
    made["charges"] = draw(reductions(20)) if draw(st.integers(0, 5)) == 0 else []
    return made


@st.composite
def basket(draw, signs=(-1, 1), sided=False):
    lines = draw(st.lists(line(signs), max_size=8))
    for number, made in enumerate(lines):
        made["id"] = f"l{number}"
    discounts = draw(reductions(40))
    if sided or draw(st.booleans()):
        for discount in discounts:
            discount["side"] = draw(st.sampled_from(["sale", "return"]))
    charges = st.builds(lambda a, r: {"label": "Frais", "amount_minor": a, "vat_e4": r}, st.integers(-50, 500), RATES)
    return {
        "format": "basket/1",
        "mode": draw(st.sampled_from(["TTC", "HT"])),
        "currency": "EUR",
        "country": draw(st.sampled_from(["FR", "BE"])),
        "lines": lines,
        "discounts": discounts,
        "charges": draw(st.lists(charges, max_size=2)),
        "vat_rounding": draw(st.sampled_from([None, "rate", "line"])),
    }


OPPOSITE = {"sale": "return", "return": "sale"}


def mirror(given: dict) -> dict:
    """The return of everything in a basket. A discount keeps its size and says the other side (a basket made `sided`)."""
    lines = []
    for made in given["lines"]:
        back = dict(made, quantity_milli=-made["quantity_milli"])
        if made.get("label_total_minor") is not None:
            back["label_total_minor"] = -made["label_total_minor"]
        lines.append(back)
    discounts = [dict(discount, side=OPPOSITE[discount["side"]]) for discount in given["discounts"]]
    charges = [dict(charge, amount_minor=-charge["amount_minor"]) for charge in given["charges"]]
    return dict(given, lines=lines, discounts=discounts, charges=charges)


CASH = {"code": "cash", "label": "Espèces", "kind": "cash", "change": True}
CARD = {"code": "card", "label": "Carte", "kind": "card"}
MEAL = {"code": "meal", "label": "Titre", "kind": "meal_voucher", "cap_minor": 2500, "eligible_only": True}
GIFT = {"code": "gift", "label": "Bon", "kind": "voucher", "change": True}
CHEQUE = {"code": "cheque", "label": "Chèque", "kind": "cheque", "needs_reference": True}
TYPES = [CASH, CARD, MEAL, GIFT, CHEQUE]


@st.composite
def settlement(draw):
    codes = st.sampled_from(["cash", "card", "meal", "gift", "cheque"])
    given = st.lists(st.tuples(codes, st.integers(-6000, 6000), st.sampled_from([None, "REF"])), max_size=6)
    total = draw(st.integers(-6000, 6000))
    return {
        "format": "settle/1",
        "total_minor": total,
        "meal_voucher_minor": draw(st.integers(min(total, 0), max(total, 0))),
        "cash_rounding": draw(st.sampled_from(["none", "be5"])),
        "types": TYPES,
        "tenders": [
            {"id": f"t{n}", "type": code, "amount_minor": amount, "reference": reference}
            for n, (code, amount, reference) in enumerate(draw(given))
        ],
    }
