"""The arithmetic of a sealed ticket, redone from the ticket alone."""

import json

from . import checks
from .basket import price_basket
from .canonical import canonical
from .checks import LIST, OBJECT, Refusal
from .tenders import settle
from .tickets import settle_input

SHOWN = 50


def _short(value):
    kind = type(value)
    return None if kind is LIST or kind is OBJECT else value


def _compare_objects(path, sealed, computed, waiting, found):
    for key in sorted(sealed):
        if key not in computed:
            found.append({"path": path + "/" + key, "sealed": _short(sealed[key]), "computed": None})
    for key in sorted(computed):
        if key in sealed:
            waiting.append((path + "/" + key, sealed[key], computed[key]))
        else:
            found.append({"path": path + "/" + key, "sealed": None, "computed": _short(computed[key])})


def compare(path, sealed, computed):
    """Differences between two values, in path order, at most SHOWN."""
    found = []
    waiting = [(path, sealed, computed)]
    while waiting and len(found) < SHOWN:
        path, left, right = waiting.pop()
        if type(left) is OBJECT and type(right) is OBJECT:
            _compare_objects(path, left, right, waiting, found)
        elif type(left) is LIST and type(right) is LIST:
            if len(left) != len(right):
                found.append({"path": path, "sealed": len(left), "computed": len(right)})
            for index in range(min(len(left), len(right))):
                waiting.append((path + "/" + str(index), left[index], right[index]))
        elif type(left) is not type(right) or left != right:
            found.append({"path": path, "sealed": _short(left), "computed": _short(right)})
    found.sort(key=lambda row: row["path"])
    return found


def check_ticket(request):
    """`{"body": text}` -> `{"differences": [{"path", "sealed", "computed"}]}`: prices from the sealed basket,
    payments from the sealed tenders, and the text against its canonical form. Never compares with a catalogue: that
    is price policy."""
    text = checks.text(checks.required(checks.mapping(request, ""), "body"), "body", 20000000)
    try:
        body = json.loads(text)
    except (ValueError, RuntimeError):
        raise Refusal("not_json", "body")
    checks.mapping(body, "body")
    for key in ("basket", "priced", "settle", "settled"):
        checks.required(body, key, "body")
    found = []
    if canonical(body) != text:
        found.append({"path": "", "sealed": "text", "computed": "canonical text"})
    priced = price_basket(body["basket"])
    found += compare("priced", body["priced"], priced)
    found += compare("settle", body["settle"], settle_input(body["settle"], priced) if not found else body["settle"])
    found += compare("settled", body["settled"], settle(body["settle"]))
    return {"differences": found[:SHOWN]}
