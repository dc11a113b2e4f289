"""One line of a basket: reading it strictly and pricing it before anything that concerns the whole basket."""

from . import checks
from .canonical import quote
from .checks import Refusal
from .rounding import divide_half_away

KINDS = ("goods", "weighed", "service", "deposit", "stored_value")
DISPOSITIONS = ("resale", "damaged", "supplier", "none")  # where returned goods go
PASSED_ON = ("deposit", "stored_value")  # handed over as they are: never discounted
FIELDS = set(
    (
        "id",
        "article",
        "label",
        "family",
        "kind",
        "quantity_milli",
        "unit",
        "unit_price_e4",
        "price_base_milli",
        "vat_e4",
        "label_total_minor",
        "eco_minor",
        "discountable",
        "meal_voucher",
        "discounts",
        "charges",
        "origin_line",
        "disposition",
        "return_reason",
    )
)
REDUCTION_FIELDS = ("kind", "value_e4", "value_minor", "reason")
REDUCTIONS_A_LINE = 20


class Line:
    """A line priced alone; amounts are in the basket's mode (TTC or HT). Never changed once made, so that it can be
    kept; `written` is the last text made of it."""

    __slots__ = (
        "id",
        "vat_e4",
        "list_minor",
        "discount_minor",
        "charge_minor",
        "amount_minor",
        "base_minor",
        "meal_voucher",
        "pieces",
        "explain",
        "before",
        "after",
        "written",
    )

    def __init__(self):
        self.discount_minor = 0
        self.charge_minor = 0


def read_reduction(raw, path, extra, kinds):
    """A discount or charge as (kind, value); `kinds` limits the kinds, `extra` adds allowed fields."""
    checks.mapping(raw, path)
    checks.known(raw, REDUCTION_FIELDS + extra, path)
    kind = checks.one_of(checks.required(raw, "kind", path), path + "/kind", kinds)
    checks.optional_text(raw.get("reason"), path + "/reason")
    if kind == "percent":
        if raw.get("value_minor") is not None:
            raise Refusal("unknown_field", path + "/value_minor")
        return kind, checks.whole(checks.required(raw, "value_e4", path), path + "/value_e4", 0, 10000)
    if raw.get("value_e4") is not None:
        raise Refusal("unknown_field", path + "/value_e4")
    value = checks.required(raw, "value_minor", path)
    if kind == "target_total":
        return kind, checks.amount(value, path + "/value_minor")
    return kind, checks.positive(value, path + "/value_minor")


def reductions(raw, key, kinds):
    """The list under `key`, read."""
    items = raw.get(key)
    if items is None:
        return ()
    checks.sequence(items, key)
    if len(items) > REDUCTIONS_A_LINE:
        raise Refusal("too_many", key, {"most": REDUCTIONS_A_LINE})
    read = []
    for position in range(len(items)):
        read.append(read_reduction(items[position], key + "/" + str(position), (), kinds))
    return read


def _optional_flag(raw, key, default):
    value = raw.get(key)
    return default if value is None else checks.flag(value, key)


def _texts(raw):
    checks.mapping(raw, "")
    checks.known(raw, FIELDS)
    identifier = checks.identifier(checks.required(raw, "id"), "id")
    checks.text(checks.required(raw, "label"), "label")
    checks.optional_text(raw.get("article"), "article")
    checks.optional_text(raw.get("family"), "family")
    checks.optional_text(raw.get("unit"), "unit")
    if raw.get("disposition") is not None or raw.get("origin_line") is not None:
        _return(raw)
    return identifier


def _return(raw):
    """What only a return says of its line: where it comes from, where the goods go."""
    if raw.get("disposition") is not None:
        checks.one_of(raw["disposition"], "disposition", DISPOSITIONS)
    checks.optional_text(raw.get("origin_line"), "origin_line")
    checks.optional_text(raw.get("return_reason"), "return_reason")


def _explanation(amount_minor, code, params):
    """Canonical text of one step of a line's explanation; `params` are canonical too, without their braces."""
    return '{"amount_minor":' + str(amount_minor) + ',"code":"' + code + '","params":{' + params + "}}"


def _reduction_params(kind, value, reason):
    return (
        '"kind":"'
        + kind
        + '","reason":'
        + ("null" if reason is None else quote(reason))
        + (',"value_e4":' if kind == "percent" else ',"value_minor":')
        + str(value)
    )


def _list_amount(raw, quantity, weighed):
    """(amount, explanation): the label's total when there is one, else round(quantity * price)."""
    price = checks.whole(
        checks.required(raw, "unit_price_e4"), "unit_price_e4", -checks.PRICE_E4, checks.PRICE_E4, "amount_too_large"
    )
    base = raw.get("price_base_milli")
    base = 1000 if base is None else checks.whole(base, "price_base_milli", 1, checks.QUANTITY_MILLI)
    label_total = raw.get("label_total_minor")
    if label_total is not None:
        checks.amount(label_total, "label_total_minor")
        if label_total * quantity < 0:
            raise Refusal("sign_differs", "label_total_minor")
        return label_total, _explanation(label_total, "label_total", '"unit_price_e4":' + str(price))
    value = checks.amount(divide_half_away(quantity * price, base * 100), "quantity_milli")
    params = '"quantity_milli":' + str(quantity) + ',"unit_price_e4":' + str(price)
    if base != 1000:
        params = '"price_base_milli":' + str(base) + "," + params
    return value, _explanation(value, "list", params)


def reduction_amount(kind, value, base, path):
    """Signed amount of one discount on base; a fixed amount takes the sign of its base and may not exceed it."""
    if kind == "percent":
        return divide_half_away(base * value, 10000)
    if value > abs(base):
        raise Refusal("discount_too_large", path, {"most_minor": abs(base)})
    return -value if base < 0 else value


def _apply_discounts(line, raw):
    position = 0
    for kind, value in reductions(raw, "discounts", ("percent", "amount")):
        path = "discounts/" + str(position)
        off = reduction_amount(kind, value, line.base_minor, path)
        line.base_minor -= off
        line.discount_minor += off
        params = _reduction_params(kind, value, raw["discounts"][position].get("reason"))
        line.explain.append(_explanation(-off, "line_discount", params))
        position += 1


def _apply_charges(line, raw, full):
    """Charges on the full price; a fixed one goes the way of the line, or of its quantity when the line is worth nothing."""
    back = (line.list_minor or raw["quantity_milli"]) < 0
    position = 0
    for kind, value in reductions(raw, "charges", ("percent", "amount")):
        more = divide_half_away(full * value, 10000) if kind == "percent" else (-value if back else value)
        line.base_minor += more
        line.charge_minor += more
        params = _reduction_params(kind, value, raw["charges"][position].get("reason"))
        line.explain.append(_explanation(more, "line_charge", params))
        position += 1


def eco_amount(raw, quantity, list_minor):
    """Eco-fee inside the list amount, which no discount may touch; never more than the amount itself."""
    eco = raw.get("eco_minor")
    if eco is None:
        return 0
    total = divide_half_away(quantity * checks.positive(eco, "eco_minor"), 1000)
    return total if abs(total) <= abs(list_minor) and total * list_minor >= 0 else list_minor


def _pieces(kind, unit, quantity):
    if kind == "deposit" or not quantity:
        return 0
    size = abs(quantity)
    if kind == "weighed" or size % 1000 or unit not in (None, "pce"):
        return 1
    return size // 1000


def _prepare_text(line):
    """The parts of the line's answer that no other line can change."""
    line.before = ',"charge_minor":' + str(line.charge_minor) + ',"explain":[' + ",".join(line.explain)
    line.after = (
        ',"id":'
        + quote(line.id)
        + ',"line_discount_minor":'
        + str(line.discount_minor)
        + ',"list_minor":'
        + str(line.list_minor)
        + ',"net_minor":'
    )
    line.written = None


def write_line(line, off, extra, net, vat):
    """Canonical text of a line's answer; `extra` continues its explanation."""
    written = line.written
    if written is not None and written[0] == net and written[1] == vat and written[2] == off and written[3] == extra:
        return written[4]
    text = (
        '{"basket_discount_minor":'
        + str(off)
        + line.before
        + extra
        + '],"gross_minor":'
        + str(net + vat)
        + line.after
        + str(net)
        + ',"vat_minor":'
        + str(vat)
        + "}"
    )
    line.written = (net, vat, off, extra, text)
    return text


def price_line(raw):
    """Prices one line alone. Raises Refusal with a path inside the line."""
    line = Line()
    line.id = _texts(raw)
    kind = checks.one_of(checks.required(raw, "kind"), "kind", KINDS)
    quantity = checks.whole(
        checks.required(raw, "quantity_milli"), "quantity_milli", -checks.QUANTITY_MILLI, checks.QUANTITY_MILLI
    )
    line.vat_e4 = checks.rate(checks.required(raw, "vat_e4"), "vat_e4")
    line.list_minor, reason = _list_amount(raw, quantity, kind == "weighed")
    line.explain = [reason]
    line.meal_voucher = _optional_flag(raw, "meal_voucher", False)
    line.pieces = _pieces(kind, raw.get("unit"), quantity)
    discountable = _optional_flag(raw, "discountable", True) and kind not in PASSED_ON
    line.base_minor = line.list_minor - eco_amount(raw, quantity, line.list_minor)
    full = line.base_minor
    if raw.get("discounts") not in (None, []):
        if not discountable:
            raise Refusal("not_discountable", "discounts")
        _apply_discounts(line, raw)
    if raw.get("charges") not in (None, []):
        _apply_charges(line, raw, full)
    line.amount_minor = checks.amount(line.list_minor - line.discount_minor + line.charge_minor, "quantity_milli")
    if not discountable:
        line.base_minor = 0
    _prepare_text(line)
    return line
