"""Canonical text: the one way to write a value, so that anybody can recompute what was signed.

Equal to CPython's `json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)`.
"""

from .checks import BOOLEAN, INTEGER, LIST, OBJECT, TEXT, Refusal

_SHORT = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r"}
_CONTROLS = tuple(chr(code) for code in range(32))


def quote(text):
    """A text as a JSON string."""
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    if '"' in text:
        text = text.replace('"', '\\"')
    for control in _CONTROLS:
        if control in text:
            code = ord(control)
            text = text.replace(control, _SHORT.get(code) or "\\u%04x" % code)
    return '"' + text + '"'


def _scalar(value, kind):
    if kind is TEXT:
        return quote(value)
    if kind is INTEGER:
        return str(value)
    if kind is BOOLEAN:
        return "true" if value else "false"
    if value is None:
        return "null"
    raise Refusal("not_canonical")


class _Frame:
    """A list or object being written; the writer keeps its own stack because recursion is short on MicroPython."""

    __slots__ = ("keys", "value", "next")

    def __init__(self, value, keys):
        self.value = value
        self.keys = keys
        self.next = 0


def _open(value, kind, out, stack):
    if kind is LIST:
        out.append("[")
        stack.append(_Frame(value, None))
    else:
        out.append("{")
        stack.append(_Frame(value, sorted(value)))


def canonical(value):
    """Text of a value made of objects with text keys, lists, texts, integers, booleans and null.

    Keys sorted by code point, no white space, everything at U+0020 or above literal except `"` and `\\`.
    Raises Refusal("not_canonical") on any other type (a float above all).
    """
    kind = type(value)
    if kind is not LIST and kind is not OBJECT:
        return _scalar(value, kind)
    out = []
    stack = []
    _open(value, kind, out, stack)
    while stack:
        frame = stack[-1]
        if frame.keys is None:
            _list_part(frame, out, stack)
        else:
            _object_part(frame, out, stack)
    return "".join(out)


def _list_part(frame, out, stack):
    value = frame.value
    index = frame.next
    while index < len(value):
        item = value[index]
        if index:
            out.append(",")
        index += 1
        kind = type(item)
        if kind is LIST or kind is OBJECT:
            frame.next = index
            _open(item, kind, out, stack)
            return
        out.append(_scalar(item, kind))
    out.append("]")
    stack.pop()


def _object_part(frame, out, stack):
    value = frame.value
    keys = frame.keys
    index = frame.next
    while index < len(keys):
        key = keys[index]
        if type(key) is not TEXT:
            raise Refusal("not_canonical")
        item = value[key]
        out.append(("," if index else "") + quote(key) + ":")
        index += 1
        kind = type(item)
        if kind is LIST or kind is OBJECT:
            frame.next = index
            _open(item, kind, out, stack)
            return
        out.append(_scalar(item, kind))
    out.append("}")
    stack.pop()
