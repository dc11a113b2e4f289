"""The one way into the engine: a name and a JSON text in, a JSON text out, on both runtimes.

A refusal is an answer (`{"error": {"code", "params", "path"}}`), never an exception.
"""

import json

from . import (
    barcodes,
    closing,
    coins,
    intake,
    period,
    receipt,
    recheck,
    refunds,
    report,
    seal,
    tenders,
    tickets,
    totals,
)
from .canonical import canonical
from .checks import OBJECT, Refusal

# What a state or a record of the wrong shape makes Python say: those are read without checking every field first.
SHAPES = (KeyError, TypeError, AttributeError, IndexError, ValueError)
LONGEST = 64 * 1024 * 1024

CALLS = {
    "settle": tenders.settle,
    "hand_overs": tenders.hand_overs,
    "coins": coins.coins,
    "parse_code": barcodes.parse_code,
    "barcode_presets": barcodes.barcode_presets,
    "refund_basket": refunds.refund_basket,
    "cancel_basket": refunds.cancel_basket,
    "to_sign": seal.to_sign,
    "seal_ticket": tickets.seal_ticket,
    "seal_z": closing.seal_z,
    "check_ticket": recheck.check_ticket,
    "extract": seal.extract,
    "fold_totals": totals.fold_totals,
    "fold_period": period.fold_period,
    "perpetual_after": period.perpetual_after,
    "report": report.report,
    "receipt": receipt.receipt,
}


def _has_lone_surrogate(text):
    """True when the text holds half of a character outside the basic plane; bytes, because MicroPython stores them
    so."""
    try:
        raw = text.encode()
    except UnicodeError:
        return True
    if b"\xed" not in raw:
        return False
    start = raw.find(b"\xed")
    while start >= 0:
        if start + 1 < len(raw) and raw[start + 1] >= 0xA0:
            return True
        start = raw.find(b"\xed", start + 1)
    return False


def _join_surrogates(text):
    """Escaped pairs (`\\ud83d\\ude00`) as the character itself: MicroPython's reader keeps them apart. Refuses a
    half alone."""
    parts = text.split("\\u")
    out = [parts[0]]
    index = 1
    while index < len(parts):
        part = parts[index]
        following = parts[index + 1] if index + 1 < len(parts) else ""
        index += 1
        if _escaped(out[-1]) or not _in_range(part[:4], "d8", "e0"):
            out.append("\\u" + part)
        elif len(part) == 4 and _in_range(part, "d8", "dc") and _in_range(following[:4], "dc", "e0"):
            code = 0x10000 + ((int(part, 16) - 0xD800) << 10) + int(following[:4], 16) - 0xDC00
            out.append(chr(code) + following[4:])
            index += 1
        else:
            raise Refusal("lone_surrogate")
    return "".join(out)


def _escaped(before):
    """True when the backslash that follows is itself escaped."""
    count = 0
    while count < len(before) and before[-1 - count] == "\\":
        count += 1
    return count % 2 == 1


def _in_range(digits, low, high):
    if len(digits) != 4:
        return False
    for character in digits:
        if character not in "0123456789abcdefABCDEF":
            return False
    return int(low, 16) << 8 <= int(digits, 16) < int(high, 16) << 8


def _admit(json_text):
    """The text, free of lone surrogates and of escaped pairs."""
    if len(json_text) > LONGEST:
        raise Refusal("too_long")
    if "\\u" in json_text:
        json_text = _join_surrogates(json_text)
    if _has_lone_surrogate(json_text):
        raise Refusal("lone_surrogate")
    return json_text


def _read(json_text):
    try:
        request = json.loads(json_text)
    except (ValueError, RuntimeError):
        raise Refusal("not_json")
    if type(request) is not OBJECT:
        raise Refusal("not_an_object")
    return request


def call(name, json_text):
    """Runs one engine call. Both texts are JSON; the answer is canonical text."""
    try:
        if name == "price_basket":
            return intake.price_json(_admit(json_text))
        if name not in CALLS:
            raise Refusal("unknown_call", "", {"name": str(name)})
        return canonical(CALLS[name](_read(_admit(json_text))))
    except Refusal as refusal:
        return canonical({"error": {"code": refusal.code, "path": refusal.path, "params": refusal.params}})
    except SHAPES:
        return canonical({"error": {"code": "unreadable_input", "path": "", "params": {"call": name}}})
