"""Canonical text: the one way to write a value, so that anybody can recompute what was signed.

Equal to CPython's `json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)`.
"""

from .checks import BOOLEAN, INTEGER, LIST, OBJECT, TEXT, Refusal

_SHORT = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r"}
KEPT = 4096
_quoted = {}
_keys = {}
_CONTROLS = tuple(chr(code) for code in range(32))


class Verbatim:
    """A text that is already canonical, to be written as it is: what was computed once is not written twice."""

    __slots__ = ("text",)

    def __init__(self, text):
        self.text = text


def _escape(text):
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    if '"' in text:
        text = text.replace('"', '\\"')
    for control in _CONTROLS:
        if control in text:
            code = ord(control)
            text = text.replace(control, _SHORT.get(code) or "\\u%04x" % code)
    return '"' + text + '"'


def quote(text):
    """A text as a JSON string. Short ones are kept: identifiers, units and labels come again and again."""
    known = _quoted.get(text)
    if known is not None:
        return known
    written = _escape(text)
    if len(text) <= 64:
        if len(_quoted) >= KEPT:
            _quoted.clear()
        _quoted[text] = written
    return written


def _scalar(value, kind):
    if kind is TEXT:
        return quote(value)
    if kind is INTEGER:
        return str(value)
    if value is None:
        return "null"
    if kind is BOOLEAN:
        return "true" if value else "false"
    if kind is Verbatim:
        return value.text
    raise Refusal("not_canonical")


def _key(key):
    """A key and its colon, kept: the same few keys come again and again."""
    if type(key) is not TEXT:
        raise Refusal("not_canonical")
    text = quote(key) + ":"
    if len(_keys) < 1000:
        _keys[key] = text
    return text


def _write_object(value, keys, index, out):
    """Writes from keys[index] until a list or an object comes; the index after it, and that value (or None at the
    end)."""
    for index in range(index, len(keys)):
        key = keys[index]
        item = value[key]
        kind = type(item)
        out.append(("," if index else "") + (_keys.get(key) or _key(key)))
        if kind is INTEGER:
            out.append(str(item))
        elif item is None:
            out.append("null")
        elif kind is LIST or kind is OBJECT:
            return index + 1, item
        else:
            out.append(_scalar(item, kind))
    return len(keys), None


def _write_list(value, index, out):
    """As `_write_object`, for a list."""
    for index in range(index, len(value)):
        item = value[index]
        kind = type(item)
        if index:
            out.append(",")
        if kind is LIST or kind is OBJECT:
            return index + 1, item
        out.append(_scalar(item, kind))
    return len(value), None


def canonical(value):
    """Text of a value made of objects with text keys, lists, texts, integers, booleans and null.

    Keys sorted by code point, no white space, everything at U+0020 or above literal except `"` and `\\`.
    Raises Refusal("not_canonical") on any other type (a float above all). The writer keeps its own stack: recursion is
    short on MicroPython.
    """
    out = []
    stack = []
    inner = value
    if type(inner) is not LIST and type(inner) is not OBJECT:
        return _scalar(inner, type(inner))
    while True:
        if type(inner) is LIST:
            keys = None
            out.append("[")
        else:
            keys = sorted(inner)
            out.append("{")
        value = inner
        index, inner = _write_list(value, 0, out) if keys is None else _write_object(value, keys, 0, out)
        while inner is None:
            out.append("]" if keys is None else "}")
            if not stack:
                return "".join(out)
            value, keys, index = stack.pop()
            index, inner = _write_list(value, index, out) if keys is None else _write_object(value, keys, index, out)
        stack.append((value, keys, index))
