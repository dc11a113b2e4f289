"""How amounts, quantities and rates are written for French readers, from integers only."""

THIN = "\u202f"  # between thousands
NO_BREAK = "\u00a0"  # before a unit
MINUS = "\u2212"


def _group(digits):
    groups = []
    while len(digits) > 3:
        groups.append(digits[-3:])
        digits = digits[:-3]
    groups.append(digits)
    groups.reverse()
    return THIN.join(groups)


def format_minor(amount_minor):
    """Cents as `1 234,56` (narrow no-break space between thousands, true minus)."""
    size = -amount_minor if amount_minor < 0 else amount_minor
    text = _group(str(size // 100)) + ",%02d" % (size % 100)
    return MINUS + text if amount_minor < 0 else text


def format_euro(amount_minor):
    """Cents as `1 234,56 €`."""
    return format_minor(amount_minor) + NO_BREAK + "€"


def format_scaled(value, digits, least):
    """value / 10^digits with a comma, trailing zeros dropped down to `least` decimals."""
    size = -value if value < 0 else value
    unit = 10**digits
    fraction = ("%0" + str(digits) + "d") % (size % unit)
    while len(fraction) > least and fraction[-1] == "0":
        fraction = fraction[:-1]
    text = _group(str(size // unit))
    if fraction:
        text += "," + fraction
    return MINUS + text if value < 0 else text


def format_quantity(quantity_milli, weighed):
    """Thousandths as `3` for pieces, `0,440` for weighed goods."""
    return format_scaled(quantity_milli, 3, 3 if weighed else 0)


def format_unit_price(price_e4):
    """Ten-thousandths as `3,45`, with up to four decimals when they matter."""
    return format_scaled(price_e4, 4, 2)


def format_rate(rate_e4):
    """A rate in ten-thousandths as `5,5 %`."""
    return format_scaled(rate_e4, 2, 0) + NO_BREAK + "%"
