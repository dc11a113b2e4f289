"""`comptoir price` as a script uses it: lines in, lines out, exit codes."""

import json
import subprocess
import sys

from .runtimes import ROOT

FRAME = {"format": "basket/1", "mode": "TTC", "currency": "EUR", "country": "FR"}
LINE = {"id": "a", "label": "Confiture", "kind": "goods", "quantity_milli": 2000, "unit_price_e4": 34500, "vat_e4": 550}
GOOD = {**FRAME, "lines": [LINE]}
BAD = {**FRAME, "lines": [{**LINE, "vat_e4": 99999}]}


def run(text: str | bytes, *options: str) -> subprocess.CompletedProcess:
    sent = text if isinstance(text, bytes) else text.encode()
    return subprocess.run(
        [sys.executable, "-m", "comptoir", "price", *options], input=sent, capture_output=True, cwd=ROOT, check=False
    )


def lines_of(output: bytes) -> list:
    return [json.loads(line) for line in output.decode().splitlines()]


def test_each_basket_gives_one_line():
    done = run(json.dumps(GOOD) + "\n\n" + json.dumps({**GOOD, "mode": "HT"}) + "\n")
    assert (done.returncode, done.stderr) == (0, b"")
    first, second = lines_of(done.stdout)
    assert (first["gross_minor"], first["vat_minor"]) == (690, 36)
    assert (second["gross_minor"], second["vat_minor"]) == (728, 38)


def test_a_refused_basket_keeps_its_place_and_the_exit_code_tells():
    done = run(json.dumps(BAD) + "\n" + json.dumps(GOOD) + "\n")
    assert done.returncode == 1
    first, second = lines_of(done.stdout)
    assert first == {"error": {"code": "out_of_range", "params": {"high": 10000, "low": 0}, "path": "lines/0/vat_e4"}}
    assert second["gross_minor"] == 690
    assert done.stderr.decode() == "Ligne 1 : le nombre est hors limites (lines/0/vat_e4).\n"


def test_refusals_for_scripts():
    done = run("{\n" + json.dumps(BAD) + "\n", "--json")
    assert [row["line"] for row in lines_of(done.stderr)] == [1, 2]
    assert [row["error"]["code"] for row in lines_of(done.stderr)] == ["not_json", "out_of_range"]


def test_strict_stops_at_the_first_refusal():
    done = run(json.dumps(BAD) + "\n" + json.dumps(GOOD) + "\n", "--strict")
    assert (done.returncode, len(lines_of(done.stdout))) == (1, 1)


def test_a_named_case_and_another_call():
    asked = {"case": "be-1", "call": "hand_overs", "input": {"due_minor": 3473, "cash_rounding": "be5"}}
    (answer,) = lines_of(run(json.dumps(asked)).stdout)
    assert answer["case"] == "be-1"
    assert [row["received_minor"] for row in answer["answer"]["amounts"]] == [3500, 4000, 5000, 10000]


def test_an_input_that_is_not_text():
    done = run(b"\xff\xfe\n", "--json")
    assert done.returncode == 2
    assert json.loads(done.stderr)["error"]["code"] == "not_utf8"


def test_help():
    done = run("", "--help")
    assert done.returncode == 0
    assert "docs/developer/price.md" in done.stdout.decode()
