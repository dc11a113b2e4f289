"""What a scanned text is: an article number and the forms to look up, a weight or price label, a ticket, a credit
note, or an internal code.

Sources: GS1 General Specifications 7.9 (check digit) and 7.9.5 (price verifiers), ISO 2108 (ISBN).
"""

from . import checks
from .checks import Refusal

PATTERN_FIELDS = ("prefix", "item_digits", "verifier", "value_digits", "decimals", "kind", "name")
MEASURES = ("price", "weight", "quantity")
LONGEST = 200
# Weighted products of the GS1 price verifier, by digit.
_TWO_MINUS = (0, 2, 4, 6, 8, 9, 1, 3, 5, 7)
_THREE = (0, 3, 6, 9, 2, 5, 8, 1, 4, 7)
_FIVE_PLUS = (0, 5, 1, 6, 2, 7, 3, 8, 4, 9)
_FIVE_MINUS = (0, 5, 9, 4, 8, 3, 7, 2, 6, 1)


def _pattern(prefix, verifier, value_digits, decimals, kind, name):
    return {
        "prefix": prefix,
        "item_digits": 12 - len(prefix) - value_digits - (1 if verifier else 0),
        "verifier": verifier,
        "value_digits": value_digits,
        "decimals": decimals,
        "kind": kind,
        "name": name,
    }


PRESETS = {
    "FR": (
        _pattern("02", False, 5, 2, "price", "Prix, préfixe 02"),
        _pattern("21", False, 5, 3, "weight", "Poids, préfixe 21"),
        _pattern("23", False, 5, 2, "price", "Prix, préfixe 23"),
        _pattern("26", True, 4, 2, "price", "Prix vérifié, préfixe 26"),
    ),
    "BE": (
        _pattern("21", False, 5, 3, "weight", "Poids, préfixe 21"),
        _pattern("22", False, 5, 2, "price", "Prix, préfixe 22"),
        _pattern("29", False, 5, 3, "weight", "Poids, préfixe 29"),
    ),
}


def all_digits(text):
    """True for one or more ASCII digits (`isdigit` accepts others)."""
    for character in text:
        if not "0" <= character <= "9":
            return False
    return text != ""


def check_digit(digits):
    """GS1 check digit of the digits before it (EAN-8, UPC-A, EAN-13, GTIN-14)."""
    total = 0
    weight = 3
    for index in range(len(digits) - 1, -1, -1):
        total += weight * int(digits[index])
        weight = 4 - weight
    return str((10 - total % 10) % 10)


def isbn10_check(digits):
    """Check character of the nine first digits of an ISBN-10 (`X` is ten)."""
    total = 0
    for index in range(9):
        total += (10 - index) * int(digits[index])
    value = (11 - total % 11) % 11
    return "X" if value == 10 else str(value)


def price_verifier(digits):
    """GS1 verifier of a price of four or five digits."""
    if len(digits) == 4:
        tables = (_TWO_MINUS, _TWO_MINUS, _THREE, _FIVE_MINUS)
    else:
        tables = (_FIVE_PLUS, _TWO_MINUS, _FIVE_MINUS, _FIVE_PLUS, _TWO_MINUS)
    total = 0
    for index in range(len(digits)):
        total += tables[index][int(digits[index])]
    if len(digits) == 4:
        return str(total * 3 % 10)
    return str(_FIVE_MINUS.index((10 - total % 10) % 10))


def upc_a_of_upc_e(digits):
    """UPC-A of the eight digits of a UPC-E (number system, six digits, check)."""
    body = digits[1:7]
    last = body[5]
    if last in "012":
        middle = body[0:2] + last + "0000" + body[2:5]
    elif last == "3":
        middle = body[0:3] + "00000" + body[3:5]
    elif last == "4":
        middle = body[0:4] + "00000" + body[4]
    else:
        middle = body[0:5] + "0000" + last
    return digits[0] + middle + digits[7]


def _valid(digits):
    return check_digit(digits[:-1]) == digits[-1]


def gtin_forms(gtin14):
    """Every way in which this number may be written in a catalogue, longest meaning first."""
    forms = []
    if gtin14[0] == "0":
        forms.append(gtin14[1:])
        if gtin14[1] == "0":
            forms.append(gtin14[2:])
        if gtin14[:6] == "000000":
            forms.append(gtin14[6:])
    forms.append(gtin14)
    return forms


def _gtin(digits, scanned):
    gtin14 = "0" * (14 - len(digits)) + digits
    forms = gtin_forms(gtin14)
    if scanned not in forms:
        forms.append(scanned)
    return {"kind": "gtin", "gtin14": gtin14, "forms": forms}


def read_patterns(raws):
    """The shop's patterns, checked: with the check digit each must make 13 digits."""
    checks.sequence(raws, "patterns")
    if len(raws) > 100:
        raise Refusal("too_many", "patterns", {"most": 100})
    for position in range(len(raws)):
        path = "patterns/" + str(position)
        raw = checks.mapping(raws[position], path)
        checks.known(raw, PATTERN_FIELDS, path)
        prefix = checks.identifier(checks.required(raw, "prefix", path), path + "/prefix")
        items = checks.whole(checks.required(raw, "item_digits", path), path + "/item_digits", 1, 11)
        values = checks.whole(checks.required(raw, "value_digits", path), path + "/value_digits", 1, 11)
        checks.whole(checks.required(raw, "decimals", path), path + "/decimals", 0, 5)
        checks.one_of(checks.required(raw, "kind", path), path + "/kind", MEASURES)
        verifier = checks.flag(raw.get("verifier", False), path + "/verifier")
        if not all_digits(prefix) or len(prefix) + items + values + (1 if verifier else 0) != 12:
            raise Refusal("not_13_digits", path)
        if verifier and values not in (4, 5):
            raise Refusal("verifier_needs_4_or_5_digits", path + "/value_digits")
    return raws


def _value(digits, pattern):
    """Price in minor units or quantity in thousandths."""
    target = 2 if pattern["kind"] == "price" else 3
    shift = target - pattern["decimals"]
    number = int(digits)
    if shift >= 0:
        return number * 10**shift
    scale = 10**-shift
    return (2 * number + scale) // (2 * scale)


def _measured(text, patterns):
    for pattern in patterns:
        prefix = pattern["prefix"]
        if text[: len(prefix)] != prefix:
            continue
        start = len(prefix)
        item = text[start : start + pattern["item_digits"]]
        digits = text[12 - pattern["value_digits"] : 12]
        if pattern.get("verifier"):
            expected = price_verifier(digits)
            found = text[start + pattern["item_digits"]]
            if found != expected:
                return {"kind": "bad_check", "expected": expected, "text": text, "forms": [text]}
        base = prefix + item
        bare = base + "0" * (12 - len(base))
        measure = "price_minor" if pattern["kind"] == "price" else "quantity_milli"
        return {
            "kind": "measured",
            "item": item,
            "value": _value(digits, pattern),
            "measure": measure,
            "pattern": pattern.get("name") or prefix,
            "forms": [base, item, bare + check_digit(bare)],
        }
    return None


def _printed(text):
    """A number printed by a till: a ticket (`T…`), or a credit note (`A…`) by the ticket that issued it."""
    parts = text[1:].split("-")
    if text[:1] not in ("T", "A") or len(parts) < 3 or not all_digits(parts[-1]) or not all_digits(parts[-2]):
        return None
    register = "-".join(parts[:-2])
    if not register or len(parts[-1]) > 15 or len(parts[-2]) > 9:
        return None
    chain = register + "-" + parts[-2] + "-ticket"
    if text[0] == "A":
        return {"kind": "credit_note", "reference": text, "chain": chain, "seq": int(parts[-1])}
    return {"kind": "ticket", "chain": chain, "seq": int(parts[-1])}


def is_credit_note(text):
    """True for a text that names a credit note (`AC1-1-412`)."""
    return type(text) is checks.TEXT and text[:1] == "A" and _printed(text) is not None


def _bad(text, expected):
    return {"kind": "bad_check", "expected": expected, "text": text, "forms": [text]}


def _eight(text):
    """EAN-8, or a UPC-E (number system 0 or 1); a code that is both is looked up as both."""
    upc_a = upc_a_of_upc_e(text)
    short = text[0] in "01" and _valid(upc_a)
    if not _valid(text):
        return _gtin(upc_a, text) if short else _bad(text, check_digit(text[:-1]))
    answer = _gtin(text, text)
    if short:
        for form in gtin_forms("00" + upc_a):
            if form not in answer["forms"]:
                answer["forms"].append(form)
    return answer


def _spaced(text):
    """Thirteen digits as books and packs print them: `978-2-07-036822-8`, `3 017620 422003`."""
    compact = "".join("".join(text.split("-")).split(" "))
    if len(compact) != 13 or not all_digits(compact) or not _valid(compact):
        return None
    return _gtin(compact, text)


def _isbn10(text):
    compact = "".join(text.split("-"))
    if (
        len(compact) != 10
        or not all_digits(compact[:9])
        or isbn10_check(compact) != ("X" if compact[9] == "x" else compact[9])
    ):
        return None
    body = "978" + compact[:9]
    return _gtin(body + check_digit(body), text)


def parse_code(request):
    """Reads `text` as scanned or typed. A wrong check digit is said, with the right one and the text itself to look
    up."""
    checks.mapping(request, "")
    text = checks.text(checks.required(request, "text"), "text", LONGEST).strip()
    patterns = read_patterns(request.get("patterns") or [])
    if text[:3] in ("]E0", "]E4", "]C0"):
        text = text[3:]
    printed = _printed(text)
    if printed is not None:
        return printed
    if all_digits(text):
        if len(text) == 8:
            return _eight(text)
        if len(text) in (12, 13, 14):
            if not _valid(text):
                return _bad(text, check_digit(text[:-1]))
            # Most scanners send an EAN-13 that begins with 0 as the UPC-A it is: twelve digits.
            measured = _measured("0" + text if len(text) == 12 else text, patterns) if len(text) < 14 else None
            return measured or _gtin(text, text)
    return _spaced(text) or _isbn10(text) or {"kind": "internal", "text": text}


def barcode_presets(request):
    """The usual patterns of a country, to start from in the settings."""
    checks.mapping(request, "")
    country = checks.one_of(checks.required(request, "country"), "country", ("FR", "BE"))
    return {"patterns": list(PRESETS[country])}
