"""What is signed for a record: its canonical body, and the string in NF525 order that ends with the body's digest.

Formats: docs/developer/shapes.md section 3; source: compliance notes on French till software, published NF525 field
order.
"""

import hashlib

from . import checks
from .calendar import stamp
from .canonical import canonical
from .checks import Refusal

OPERATIONS = {"sale": "Vente", "refund": "Remboursement", "cancel": "Annulation", "correction": "Correction"}
_HEX = "0123456789abcdef"


def sha256_hex(text):
    """SHA-256 of the UTF-8 bytes of a text, in lower-case hexadecimal."""
    parts = []
    for byte in hashlib.sha256(text.encode()).digest():
        parts.append(_HEX[byte >> 4] + _HEX[byte & 15])
    return "".join(parts)


def vat_block(rows):
    """`2000:1200|0550:310`: TTC cents per rate, rate descending, `HORS` last for what is outside VAT."""
    parts = []
    for row in rows:
        rate = "HORS" if row["vat_e4"] is None else "%04d" % row["vat_e4"]
        parts.append(rate + ":" + str(row["gross_minor"]))
    return "|".join(parts)


def number_of(body):
    """Printed number: chain without its type, then sequence (`C1-1-412`)."""
    chain = body["chain"]
    return chain[: chain.rfind("-")] + "-" + str(body["seq"])


def ticket_prefix(rows, total_minor, datetime, number, label, first):
    """The NF525-order string of a ticket, up to the first flag."""
    return ",".join([vat_block(rows), str(total_minor), datetime, number, label, "O" if first else "N"])


def _plain(text):
    """A text that may stand between commas."""
    return " ".join(" ".join(text.split(",")).split())


def _cash_parts(body, when, number):
    return [body["kind"], str(body["amount_minor"]), when, number, body["operator"]["id"]]


def _z_parts(body, when, number):
    report = body["report"]
    return [
        vat_block(report["vat"]),
        str(body["total_minor"]),
        str(body["perpetual_absolute_minor"]),
        when,
        str(body["first_seq"]) + "-" + str(body["last_seq"]),
        number,
    ]


def _period_parts(body, when, number):
    period = body["period"]
    return [
        vat_block(body["totals"]["vat"]),
        str(body["total_minor"]),
        str(body["perpetual_absolute_minor"]),
        when,
        _day(period["first"]) + "-" + _day(period["last"]),
        number,
    ]


def _archive_parts(body, when, number):
    period = body["period"]
    span = _day(period["first"]) + "-" + _day(period["last"])
    return [span, body["establishment"], body["manifest"], when, number]


def _day(date):
    return "".join(date.split("-"))


def _event_parts(body, when, number):
    return [str(body["seq"]), str(body["code"]), _plain(body["label"]), when, body["operator"]["id"], body["register"]]


def _duplicate_parts(body, when, number):
    origin = body["origin"]
    return [
        body["register"],
        str(body["seq"]),
        origin["type"],
        str(body["number"]),
        body["operator"]["id"],
        when,
        origin["chain"],
        str(origin["seq"]),
    ]


def _ticket_parts(body, when, number):
    priced = body["priced"]
    return [vat_block(priced["vat"]), str(priced["gross_minor"]), when, number, OPERATIONS[body["operation"]]]


def _other_parts(body, when, number):
    return [body["format"].split("/")[0], when, number, body["operator"]["id"]]


_PARTS = {
    "ticket": _ticket_parts,
    "invoice": _ticket_parts,
    "cash": _cash_parts,
    "z": _z_parts,
    "day": _period_parts,
    "month": _period_parts,
    "year": _period_parts,
    "archive": _archive_parts,
    "event": _event_parts,
    "duplicate": _duplicate_parts,
}


def _check_sealable(body):
    checks.mapping(body, "body")
    for key in ("format", "chain", "at", "register"):
        checks.text(checks.required(body, key, "body"), "body/" + key)
    checks.whole(checks.required(body, "seq", "body"), "body/seq", 1, 2**53)
    checks.whole(checks.required(body, "offset_minutes", "body"), "body/offset_minutes", -1440, 1440)
    operator = checks.mapping(checks.required(body, "operator", "body"), "body/operator")
    checks.text(checks.required(operator, "id", "body/operator"), "body/operator/id")


def prefix_of(body, first):
    """The NF525-order part of the string to sign, up to the first flag; `first` when no signature comes before."""
    _check_sealable(body)
    when = stamp(body["at"], body["offset_minutes"], "body/at")
    maker = _PARTS.get(body["format"].split("/")[0], _other_parts)
    try:
        parts = maker(body, when, number_of(body))
        parts.append("O" if first else "N")
        return ",".join(parts)
    except (KeyError, TypeError, AttributeError):
        raise Refusal("incomplete_body", "body", {"format": body["format"]})


def seal(body, previous, written=None):
    """Body, string to sign and digest of a record of any type; `previous` is the text of the chain's last signature.

    `written` is the same body where parts already in canonical text stand as `Verbatim`.
    """
    checks.text(previous, "previous")
    prefix = prefix_of(body, not previous)
    text = canonical(written or body)
    digest = sha256_hex(text)
    return {"body": text, "to_sign": prefix + "," + previous + "," + digest, "digest": digest}


def to_sign(request):
    """`{"body": object, "previous"}` -> body, to_sign, digest."""
    checks.mapping(request, "")
    return seal(checks.required(request, "body"), request.get("previous") or "")


def extract(request):
    """Characters 3, 7, 13 and 19 of a signature: the four characters printed on the ticket."""
    signature = checks.text(checks.required(checks.mapping(request, ""), "signature"), "signature")
    if len(signature) < 19:
        raise Refusal("too_short", "signature")
    return {"extract": signature[2] + signature[6] + signature[12] + signature[18]}
