"""Every vector, on CPython and on MicroPython; both answers are the same bytes."""

import json
from pathlib import Path

import pytest

from .matching import mismatches
from .runtimes import ROOT

FAMILIES = sorted(ROOT.glob("vectors/*/cases.json"))


def read_cases(path: Path) -> list:
    return [pytest.param(case, id=case["id"]) for case in json.loads(path.read_text(encoding="utf-8"))]


CASES = [case for path in FAMILIES for case in read_cases(path)]


def as_sent(case: dict) -> tuple[str, str]:
    return case["given"]["call"], json.dumps(case["given"]["input"], ensure_ascii=False)


@pytest.mark.parametrize("case", CASES)
def test_vector_on_cpython(case, cpython):
    assert mismatches(case["expect"], json.loads(cpython.call(*as_sent(case)))) == []


@pytest.mark.parametrize("case", CASES)
def test_vector_on_micropython_gives_the_same_bytes(case, cpython, micropython):
    assert micropython.call(*as_sent(case)) == cpython.call(*as_sent(case))


def test_vectors_are_named_once():
    ids = [case.id for case in CASES]
    assert len(ids) == len(set(ids))
    assert len(ids) >= 150


def test_matching_can_fail():
    """The comparison is not blind: wrong value, wrong type, missing key, shorter list."""
    assert mismatches({"a": 1}, {"a": 2}) == ["/a: expected 1, found 2"]
    assert mismatches({"a": 1}, {"a": True}) == ["/a: expected 1, found True"]
    assert mismatches({"a": 1}, {}) == ["/a: absent"]
    assert mismatches([1, 2], [1]) == [": expected [1, 2], found [1]"]
