"""Cases of other systems' suites, and of our own, through `comptoir price` itself.

Figures come from the system named in `source`; `oracle.py` reckons every basket a second time. A case is a line of
`cases/other_systems.jsonl`, in the very shape that the command reads (`source` and `expect` are ours)."""

import json
import subprocess
import sys

import pytest

from .matching import mismatches
from .oracle import reckon
from .runtimes import ROOT

FILE = ROOT / "tests/engine/cases/other_systems.jsonl"
CASES = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
NAMES = [case["case"] for case in CASES]


def is_priced(case: dict) -> bool:
    return "call" not in case and "error" not in case["expect"]


@pytest.fixture(scope="module")
def answers() -> dict:
    """The whole file piped through one command: {name: answer}."""
    command = [sys.executable, "-m", "comptoir", "price", str(FILE)]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, check=False)
    refused = [case for case in CASES if "error" in case["expect"]]
    assert done.returncode == 1  # the file holds refusals
    assert len(done.stderr.decode().splitlines()) == len(refused)
    return {row["case"]: row["answer"] for row in map(json.loads, done.stdout.decode().splitlines())}


def test_every_case_is_answered_once_and_in_order(answers):
    assert list(answers) == NAMES
    assert len(set(NAMES)) == len(NAMES) >= 100


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_the_answer_is_the_one_of_the_source(case, answers):
    assert mismatches(case["expect"], answers[case["case"]]) == []


@pytest.mark.parametrize("case", list(filter(is_priced, CASES)), ids=lambda case: case["case"])
def test_a_second_reckoning_agrees(case, answers):
    answer = answers[case["case"]]
    assert mismatches(reckon(case["input"]), answer) == []
    for key in ("net_minor", "vat_minor", "gross_minor"):
        parts = answer["lines"] + answer["charges"]
        assert sum(part[key] for part in parts) == answer[key]


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_micropython_gives_the_same_bytes(case, cpython, micropython):
    call, sent = case.get("call", "price_basket"), json.dumps(case["input"], ensure_ascii=False)
    assert micropython.call(call, sent) == cpython.call(call, sent)
