"""The two rules that decide where a cent goes: half away from zero, and largest remainder."""


def divide_half_away(numerator, denominator):
    """Integer nearest to numerator / denominator; a half goes away from zero (2.5 -> 3, -2.5 -> -3). denominator >
    0."""
    if numerator < 0:
        return -((denominator - 2 * numerator) // (2 * denominator))
    return (2 * numerator + denominator) // (2 * denominator)


def _direction(total, weights):
    if total:
        return -1 if total < 0 else 1
    for weight in weights:
        if weight:
            return -1 if weight < 0 else 1
    return 1


def allot(total, weights, numerator, denominator):
    """Shares near weight * numerator / denominator that sum exactly to total.

    Each share is the exact one rounded down; the cents left over go one by one to the largest remainders, ties to the
    earlier line. The result for negated total and weights is the negated result, so that a return mirrors its sale.
    denominator > 0; |total - sum of exact shares| < 1.
    """
    sign = _direction(total, weights)
    shares = []
    remainders = []
    left = total * sign
    position = 0
    for weight in weights:
        exact = weight * sign * numerator
        share = exact // denominator
        remainder = exact - share * denominator
        if remainder:
            remainders.append((-remainder, position))
        shares.append(share * sign)
        left -= share
        position += 1
    if left:
        remainders.sort()
        for entry in remainders[:left]:
            shares[entry[1]] += sign
    return shares


def split(amount, weights):
    """Splits amount over weights of one sign in proportion, by largest remainder; shares never exceed their weight when
    |amount| <= |sum of weights|. The sum of the weights must not be zero."""
    whole = 0
    for weight in weights:
        whole += weight
    if whole < 0:
        return allot(amount, weights, -amount, -whole)
    return allot(amount, weights, amount, whole)


def round_cash(amount_minor, rule):
    """Amount asked in cash. `be5`: nearest 5 cents (1, 2 down, 3, 4 up), amounts of 5 cents or less unchanged, negative
    amounts mirrored. Source: Belgian Code of Economic Law, art. VI.7/1 and VI.7/2. `none`: unchanged."""
    if rule != "be5" or -5 <= amount_minor <= 5:
        return amount_minor
    if amount_minor < 0:
        return -((2 - amount_minor) // 5 * 5)
    return (amount_minor + 2) // 5 * 5
