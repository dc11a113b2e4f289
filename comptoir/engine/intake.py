"""Prices a basket given as text, keeping the lines that did not change since the last call.

The till reprices its basket at every scan; between two scans one line changes. A line is known again by its very
text, so that what is kept is always what would be computed: `tests/engine/test_intake.py` compares both ways.
"""

import json

from .basket import LINES, price_lines, price_text, read_frame
from .checks import OBJECT, Refusal
from .lines import price_line

KEPT = 4096
_OPENING = '{"id":'  # a quote inside a JSON text is preceded by a backslash, so this only ever opens an object
_known = {}


def _learn(text):
    """The line of an object's text without its opening; raises ValueError or Refusal."""
    line = price_line(json.loads(_OPENING + text))
    if len(_known) >= KEPT:
        _known.clear()
    _known[text + ","] = line
    return line


def _last(part):
    """(line, text after it) of the last object: its end is the first brace that makes it whole."""
    end = part.find("}]")
    while end >= 0:
        text = part[: end + 1]
        line = _known.get(text + ",")
        if line is not None:
            return line, part[end + 1 :]
        try:
            return _learn(text), part[end + 1 :]
        except ValueError:
            end = part.find("}]", end + 1)
    return None, ""


def _lines_and_frame(text):
    """(lines, frame) when the text is laid out as the till writes it, otherwise (None, None)."""
    parts = text.split(_OPENING)
    count = len(parts) - 1
    if count < 1 or count > LINES or parts[0][-9:] != '"lines":[':
        return None, None
    lines = []
    for index in range(1, count):
        part = parts[index]
        line = _known.get(part)
        if line is None:
            if part[-2:] != "},":
                return None, None
            line = _learn(part[:-1])
        lines.append(line)
    line, tail = _last(parts[count])
    if line is None or '"lines"' in tail or '"lines"' in parts[0][:-9]:
        return None, None
    lines.append(line)
    return lines, json.loads(parts[0] + tail)


def price_json(text):
    """Canonical answer of `price_basket` for a JSON text; a refusal is found again by the plain way, which knows
    its path."""
    try:
        lines, frame = _lines_and_frame(text)
        if lines is not None and type(frame) is OBJECT:
            read_frame(frame)
            return price_lines(frame, lines)
    except (ValueError, RuntimeError, Refusal):
        pass
    try:
        basket = json.loads(text)
    except (ValueError, RuntimeError):
        raise Refusal("not_json")
    if type(basket) is not OBJECT:
        raise Refusal("not_an_object")
    return price_text(basket)
