"""`comptoir price` as a script uses it: lines in, lines out, exit codes."""

import json
import re
import subprocess
import sys

import pytest

from comptoir.config.cli.price import REASONS

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
    assert done.stderr.decode() == "Ligne 1 : le nombre est hors limites, de 0 à 10000 (lines/0/vat_e4).\n"


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


def test_a_name_with_half_a_character_is_said_back_and_stops_no_other():
    done = run('{"case":"\\ud800","call":"hand_overs","input":{"due_minor":500}}\n' + json.dumps(GOOD) + "\n")
    assert (done.returncode, done.stderr) == (0, b"")
    first, second = lines_of(done.stdout)
    assert (first["case"], second["gross_minor"]) == ("\ud800", 690)


TWICE = json.dumps(GOOD).replace('"mode": "TTC"', '"mode": "TTC", "mode": "HT"')
STRANGE_LINES = [
    (b"\xff\xfe", "not_utf8", "la ligne n’est pas un texte UTF-8"),
    (b"[" * 100_000, "too_deep", "les parenthèses du JSON sont trop profondes"),
    (json.dumps(GOOD).replace("34500", "9" * 5_000).encode(), "number_too_long", "un nombre a trop de chiffres"),
    (TWICE.encode(), "duplicate_key", "une information est donnée deux fois (mode)"),
    (json.dumps(GOOD).replace("34500", "NaN").encode(), "not_an_integer", "un nombre entier est attendu (lines/0/unit_price_e4)"),
    (json.dumps(GOOD).replace("34500", "3.45").encode(), "not_an_integer", "un nombre entier est attendu (lines/0/unit_price_e4)"),
    (b"\x00", "not_json", "la ligne n’est pas du JSON (un panier entier par ligne)"),
    (b"null", "not_an_object", "un objet JSON est attendu"),
    (b'{"call":"eval","input":{}}', "unknown_call", "ce calcul n’existe pas"),
    (b'{"case":1e999,"input":{}}', "not_json", "la ligne n’est pas du JSON (un panier entier par ligne)"),
    (b'{"\\ud800":1,"\\ud800":2}', "duplicate_key", "une information est donnée deux fois (\\ud800)"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "code", "reason"), STRANGE_LINES, ids=[code for _, code, _ in STRANGE_LINES])
def test_a_strange_line_stops_no_other(line, code, reason):
    good = json.dumps(GOOD).encode()
    done = run(b"\n".join([good, line, good]) + b"\n")
    assert done.returncode == 1
    first, second, third = lines_of(done.stdout)
    assert second["error"]["code"] == code
    assert first == third and first["gross_minor"] == 690
    assert done.stderr.decode() == f"Ligne 2 : {reason}.\n"


def test_a_byte_order_mark_windows_line_ends_and_blank_lines():
    good = json.dumps(GOOD).encode()
    done = run(b"\xef\xbb\xbf" + good + b"\r\n\r\n  \r\n" + good)
    assert (done.returncode, done.stderr) == (0, b"")
    assert [row["gross_minor"] for row in lines_of(done.stdout)] == [690, 690]


def test_nothing_asked_nothing_answered():
    done = run(b"")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_basket_is_answered_before_the_next_one_is_asked():
    command = [sys.executable, "-m", "comptoir", "price"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as asked:
        for _ in range(3):
            asked.stdin.write(json.dumps(GOOD).encode() + b"\n")
            asked.stdin.flush()
            assert json.loads(asked.stdout.readline())["gross_minor"] == 690
        asked.stdin.close()
        assert asked.wait() == 0


def test_every_refusal_of_the_engine_has_its_french():
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "comptoir/engine").glob("*.py"))
    assert set(re.findall(r'Refusal\(\s*"(\w+)"', sources)) <= set(REASONS)


def test_an_input_that_is_not_text():
    done = run(b"\xff\xfe\n", "--json")
    assert done.returncode == 2
    assert json.loads(done.stderr)["error"]["code"] == "not_utf8"


def test_help():
    done = run("", "--help")
    assert done.returncode == 0
    assert "docs/developer/price.md" in done.stdout.decode()
