"""The engine keeps to the Python that CPython and MicroPython run alike."""

import pytest

from .runtimes import ROOT
from .subset import faults

FILES = sorted((ROOT / "comptoir/engine").rglob("*.py"))

BAD = {
    "x = 1.5": "1: float",
    "x = 3 / 2": "1: true division",
    "import re": "1: import re",
    "from typing import Any": "1: import typing",
    "from dataclasses import dataclass": "1: import dataclasses",
    "x = isinstance(1, int)": "1: name isinstance",
    "x = float('1')": "1: name float",
    "x = round(3)": "1: name round",
    "x = 'a'.upper()": "1: method upper",
    "x = 'é'.lower()": "1: method lower",
    "x = 'a'.ljust(3)": "1: method ljust",
    "x = 'a'.zfill(3)": "1: method zfill",
    "x = '1'.isdigit()": "1: method isdigit",
    "x = '{}'.format(1)": "1: method format",
    "x = f'{1}'": "1: f-string",
    "a = [1]\nx = [*a]": "2: star in a display",
    "a = {}\nx = {**a}": "2: double star in a display",
    "def f(a):\n    return f(a)": "1: recursion f",
    "def f(a):\n    return g(a)\ndef g(a):\n    return f(a)": "1: recursion f",
    "class A:\n    pass": "1: class A without __slots__",
    "match 1:\n    case 1:\n        pass": "1: match",
    "x: int = 1": "1: annotation",
    "for k in {}.items():\n    pass": "1: method items",
    "x = hashlib.sha256(b'').hexdigest()": "1: method hexdigest",
    "x = {1, 2}": "1: set display",
    "with x:\n    pass": "1: with",
    "def f():\n    yield 1": "2: yield",
    "x = b'a'.decode()": "1: method decode",
}


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_engine_file_is_within_the_subset(path):
    assert faults(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("sample", BAD)
def test_the_check_finds_each_bad_sample(sample):
    assert BAD[sample] in faults(sample)


def test_every_engine_file_is_looked_at():
    assert {path.name for path in FILES} >= {"money.py", "rounding.py", "vat.py", "basket.py", "seal.py", "door.py"}


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_engine_file_and_functions_keep_their_size(path):
    import ast

    source = path.read_text(encoding="utf-8")
    assert source.count("\n") < 500
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    assert [f.name for f in functions if f.end_lineno - f.lineno >= 60] == []
