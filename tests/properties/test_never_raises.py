"""Whatever is changed in the input of a vector, the door answers: a refusal perhaps, an exception never."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from comptoir.engine.door import call
from tests.engine.runtimes import ROOT

CASES = [
    (case["given"]["call"], json.dumps(case["given"]["input"]))
    for path in sorted(ROOT.glob("vectors/*/cases.json"))
    for case in json.loads(path.read_text(encoding="utf-8"))
    if len(json.dumps(case["given"])) < 20000
]
BY_CALL = {name: [text for called, text in CASES if called == name] for name in sorted({name for name, text in CASES})}
STRANGE = st.sampled_from(
    ["null", "true", "-1", "0", "7", "1" + "0" * 30, "1.5", '""', '"é"', '"-"', "[]", "{}", "[[]]", "[null]", '{"a":1}']
)


def places(value: Any, found: list) -> list:
    """(holder, key) of everything inside a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in list(items):
        found.append((value, key))
        places(item, found)
    return found


def changed(text: str, *, draws: st.DataObject) -> Any:
    value = json.loads(text)
    for _ in range(draws.draw(st.integers(1, 2))):
        found = places(value, [])
        if not found:
            break
        holder, key = found[draws.draw(st.integers(0, len(found) - 1))]
        if draws.draw(st.booleans()) and isinstance(holder, dict):
            del holder[key]
        else:
            holder[key] = json.loads(draws.draw(STRANGE))
    return value


@settings(max_examples=800, deadline=None)
@given(st.data())
def test_a_changed_input_is_answered(draws):
    name = draws.draw(st.sampled_from(sorted(BY_CALL)))
    text = draws.draw(st.sampled_from(BY_CALL[name]))
    answer = json.loads(call(name, json.dumps(changed(text, draws=draws))))
    assert isinstance(answer, dict)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_both_runtimes_answer_a_changed_input_alike(micropython, draws):
    name = draws.draw(st.sampled_from(sorted(BY_CALL)))
    text = json.dumps(changed(draws.draw(st.sampled_from(BY_CALL[name])), draws=draws))
    assert micropython.call(name, text) == call(name, text)
