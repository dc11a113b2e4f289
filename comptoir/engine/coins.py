"""Which notes and coins to give for an amount, from what the drawer holds."""

from . import checks

EURO_MINOR = (50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1)
STEPS = 20000  # of search before the plain choice is kept: a nearly empty drawer must not hold the till


def _read_drawer(raws):
    if raws is None:
        return None
    stock = {}
    for position in range(len(checks.sequence(raws, "drawer"))):
        path = "drawer/" + str(position)
        raw = checks.mapping(raws[position], path)
        value = checks.whole(checks.required(raw, "value_minor", path), path + "/value_minor", 1, checks.AMOUNT_MINOR)
        count = checks.whole(checks.required(raw, "count", path), path + "/count", 0, 10**9)
        stock[value] = stock.get(value, 0) + count
    return stock


def _largest_first(amount, values, stock):
    """(counts, what is left): each value as often as possible, in descending order."""
    counts = []
    for value in values:
        count = amount // value
        if stock is not None:
            count = min(count, stock[value])
        counts.append(count)
        amount -= count * value
    return counts, amount


def _search(amount, values, stock):
    """First exact choice in the order that prefers large pieces, or None; goes back when small pieces are missing."""
    counts, left = _largest_first(amount, values, stock)
    steps = 0
    while left and steps < STEPS:
        position = len(values) - 2
        while position >= 0 and not counts[position]:
            position -= 1
        if position < 0:
            return None
        for index in range(position + 1, len(values)):
            left += counts[index] * values[index]
            counts[index] = 0
        counts[position] -= 1
        left += values[position]
        tail, left = _largest_first(left, values[position + 1 :], stock)
        counts = counts[: position + 1] + tail
        steps += 1
    return None if left else counts


def coins(request):
    """Pieces to give for `amount_minor`, largest first, within the drawer when it is given.

    `short`: the values that the usual choice wanted and the drawer lacks; `left_minor`: what the drawer cannot make.
    """
    checks.mapping(request, "")
    amount = checks.positive(checks.required(request, "amount_minor"), "amount_minor")
    stock = _read_drawer(request.get("drawer"))
    usual, rest = _largest_first(amount, EURO_MINOR, None)
    values = EURO_MINOR
    counts = usual
    left = rest
    short = []
    if stock is not None:
        values = sorted([value for value in stock if stock[value]])
        values.reverse()
        for index in range(len(EURO_MINOR)):
            if usual[index] > stock.get(EURO_MINOR[index], 0):
                short.append(EURO_MINOR[index])
        counts, left = _largest_first(amount, values, stock)
        exact = _search(amount, values, stock) if left else None
        if exact is not None:
            counts = exact
            left = 0
    pieces = [{"value_minor": values[index], "count": counts[index]} for index in range(len(values)) if counts[index]]
    return {"pieces": pieces, "short": short, "left_minor": left}
