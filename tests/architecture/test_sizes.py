"""Modules stay under 500 lines, functions under 60, in every language of the project."""

import json
import subprocess

import pytest

from tests.architecture.sources import ROOT, files, functions, name, python_files, under

LONGEST_FILE, LONGEST_FUNCTION = 500, 60
CODE = {".py", ".ts", ".svelte", ".css", ".mjs", ".js", ".sh"}


def test_no_file_is_too_long() -> None:
    too_long = {
        name(path): lines
        for path in files()
        if path.suffix in CODE and (lines := path.read_text(encoding="utf-8").count("\n")) > LONGEST_FILE
    }
    assert too_long == {}


def test_no_python_function_is_too_long() -> None:
    too_long = [
        f"{name(path)}:{node.lineno} {node.name}"
        for path in python_files("comptoir", "tests", "bench", "tools")
        for node in functions(path)
        if node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert too_long == []


def test_no_function_of_the_till_is_too_long() -> None:
    if not (ROOT / "web/node_modules/typescript").is_dir():
        pytest.skip("web/node_modules is absent")
    sources = [str(path) for path in under("web", ".ts", ".svelte", ".mjs")]
    answer = subprocess.run(
        ["tools/node_env.sh", "node", "tests/architecture/long_functions.mjs", str(LONGEST_FUNCTION), *sources],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert json.loads(answer.stdout) == []
