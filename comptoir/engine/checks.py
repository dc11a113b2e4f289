"""Reading of untrusted input: every value is of one type and within bounds, or refused with its path."""

INTEGER = type(1)
TEXT = type("")
BOOLEAN = type(True)
LIST = type([])
OBJECT = type({})

QUANTITY_MILLI = 10**9
PRICE_E4 = 10**12
AMOUNT_MINOR = 10**13
TEXT_LENGTH = 2000


class Refusal(Exception):
    """Input that the engine does not accept; becomes the `error` of the answer."""

    def __init__(self, code, path="", params=None):
        super().__init__(code)
        self.code = code
        self.path = path
        self.params = params or {}

    def below(self, prefix):
        """The same refusal seen from one level higher."""
        return Refusal(self.code, prefix + "/" + self.path if self.path else prefix, self.params)


def whole(value, path, low, high, code="out_of_range"):
    """An integer between low and high; booleans and anything else are refused."""
    if type(value) is not INTEGER:
        raise Refusal("not_an_integer", path)
    if value < low or value > high:
        raise Refusal(code, path, {"low": low, "high": high})
    return value


def amount(value, path):
    """A signed amount in minor units."""
    return whole(value, path, -AMOUNT_MINOR, AMOUNT_MINOR, "amount_too_large")


def positive(value, path):
    """An amount in minor units, zero or more."""
    return whole(
        value, path, 0, AMOUNT_MINOR, "negative_amount" if type(value) is INTEGER and value < 0 else "amount_too_large"
    )


def text(value, path, longest=TEXT_LENGTH):
    """A text, possibly empty."""
    if type(value) is not TEXT:
        raise Refusal("not_a_text", path)
    if len(value) > longest:
        raise Refusal("text_too_long", path, {"longest": longest})
    return value


def optional_text(value, path):
    return None if value is None else text(value, path)


def identifier(value, path):
    """A text of 1 to 100 characters."""
    if text(value, path, 100) == "":
        raise Refusal("empty", path)
    return value


def flag(value, path):
    if type(value) is not BOOLEAN:
        raise Refusal("not_a_boolean", path)
    return value


def sequence(value, path):
    if type(value) is not LIST:
        raise Refusal("not_a_list", path)
    return value


def mapping(value, path):
    if type(value) is not OBJECT:
        raise Refusal("not_an_object", path)
    return value


def one_of(value, path, choices):
    if type(value) is not TEXT or value not in choices:
        raise Refusal("unknown_value", path)
    return value


def rate(value, path):
    """A VAT rate in ten-thousandths, or None outside the base."""
    if value is None:
        return None
    return whole(value, path, 0, 10000)


def required(source, key, path=""):
    if key not in source:
        raise Refusal("missing", path + "/" + key if path else key)
    return source[key]


def known(source, fields, path=""):
    """Refuses a field that the format does not know: a misspelt discount must not be dropped in silence."""
    for key in source:
        if key not in fields:
            break
    else:
        return
    for key in sorted(source):
        if key not in fields:
            raise Refusal("unknown_field", path + "/" + key if path else key)
