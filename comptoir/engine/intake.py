"""Prices a basket given as text, keeping the lines that did not change since the last call.

The till reprices its basket at every scan; between two scans one line changes. A line is known again by its very
text, so that what is kept is always what would be computed: `tests/engine/test_intake.py` compares both ways.
"""

import json

from .basket import LINES, price_lines, price_text, read_frame
from .checks import OBJECT, TEXT, Refusal
from .lines import price_line

KEPT = 4096
_OPENING = '{"id":'  # a quote inside a JSON text is preceded by a backslash, so this only ever opens an object
_known = {}
_read = ["", "", []]  # the last text up to the end of its last line, its opening, its lines


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


def _resumed(text):
    """(opening, lines already read, parts still to read, their text) when the text goes on from the last one read, else
    None.

    The same characters leave a reader of JSON in the same place, so lines that both texts begin with are the same."""
    start, opening, lines = _read
    if not start or not text.startswith(start):
        return None
    rest = text.split(start, 1)[1]  # a slice would count characters from the beginning
    if rest[:1] == "]":
        return opening, lines, rest, rest
    parts = rest[1:].split(_OPENING)
    if rest[:1] != "," or parts[0] or len(parts) < 2:
        return None
    return opening, lines, parts, rest


def _parts(text):
    """(opening, lines already read, parts still to read, their text), or None for another layout than the till's.

    Looking for where each line begins is most of the work on a long basket: a scan adds one line to the last one's."""
    found = _resumed(text)
    if found is not None:
        return found
    parts = text.split(_OPENING)
    if len(parts) < 2 or parts[0][-9:] != '"lines":[':
        return None
    _read[0] = ""
    return parts[0], [], parts, text


def _lines_and_frame(text):
    """(lines, frame) when the text is laid out as the till writes it, otherwise (None, None)."""
    found = _parts(text)
    if found is None:
        return None, None
    opening, before, parts, rest = found
    lines = list(before)
    tail = parts
    if type(parts) is not TEXT:
        count = len(parts) - 1
        if len(lines) + count > LINES:
            return None, None
        for index in range(1, count):
            part = parts[index]
            line = _known.get(part)
            if line is None:
                if part[-2:] != "},":
                    return None, None
                line = _learn(part[:-1])
            lines.append(line)
        line, tail = _last(parts[count])
        if line is None:
            return None, None
        lines.append(line)
    if '"lines"' in tail or '"lines"' in opening[:-9]:
        return None, None
    frame = json.loads(opening + tail)
    _read[:] = [_read[0] + rest[: len(rest) - len(tail)], opening, lines]
    return lines, frame


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
