"""The compiled reading of records beside the standard library's, whose word is the rule."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.apps.fiscal.exact_json import canonical_bytes, canonical_value, read_exact
from comptoir.apps.fiscal.sealed import Fault, _canonical_object

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**25), 10**25) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


def by_the_book(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@given(VALUES)
def test_both_write_the_same_text_and_read_the_same_value(value: object) -> None:
    text = by_the_book(value)
    assert canonical_bytes(value).decode() == text
    assert read_exact(text) == json.loads(text) == value
    assert canonical_value(text) == value


@given(VALUES, st.sampled_from([{"indent": 1}, {"ensure_ascii": True}, {"separators": (", ", ":")}]))
def test_another_spelling_is_never_canonical(value: object, spelling: dict) -> None:
    text = json.dumps(value, sort_keys=True, **{"separators": (",", ":"), "ensure_ascii": False, **spelling})
    if text != by_the_book(value):
        assert canonical_value(text) is None


@pytest.mark.parametrize("text", ["1.0", '{"a":1.5}', "[1e5]", "2E3", "NaN", "Infinity", "-Infinity", "", "{", "[1,]"])
def test_decimals_and_broken_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_exact(text)
    assert canonical_value(text) is None


@pytest.mark.parametrize(
    "text",
    ['{"b":1,"a":2}', '{"a":1,"a":1}', '{"a":-0}', '{"a": 1}', '{"a":"\\/"}', '{"a":"\\u00e9"}', '{"a":01}', '{"a":1}\n',
     '{"a":"\x01"}', '{"a":"\ud800"}', '{"a":1.0}', "[1]", "null", '{"a":"e\u0301"}', '{"a":"\\u0000"}'],
)  # fmt: skip
def test_what_the_short_cut_refuses_is_refused_in_the_end(text: str) -> None:
    with pytest.raises(Fault) as refused:
        _canonical_object(text)
    assert refused.value.code == "unreadable"


def test_a_canonical_object_is_read_as_it_stands() -> None:
    text = '{"a":"é \x7f\\n\\u001f","b":[123456789012345678901234567890,null,true],"é":{"z":-1}}'
    assert _canonical_object(text) == json.loads(text)
