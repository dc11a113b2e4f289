"""Who may import whom (contracts in pyproject.toml), and the rules that contracts cannot say."""

import ast
import subprocess
import sys

from tests.architecture.sources import ROOT, functions, name, python_files, tree

FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "handler", "handlers", "misc"}


def test_contracts_are_kept() -> None:
    command = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    answer = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stdout


def test_no_module_has_a_name_that_says_nothing() -> None:
    named = [name(path) for path in python_files("comptoir") if path.stem in FORBIDDEN_NAMES]
    named += [name(path) for path in python_files("comptoir") if path.parent.name in FORBIDDEN_NAMES]
    assert named == []


def imports(path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found


def test_the_only_signal_is_post_migrate() -> None:
    users = {
        name(path): sorted(one for one in imports(path) if "signals." in one or one.startswith("django.dispatch"))
        for path in python_files("comptoir")
    }
    assert {path: found for path, found in users.items() if found} == {
        "comptoir/dossiers/apps.py": ["django.db.models.signals.post_migrate"]
    }


def test_the_bridge_never_sees_django() -> None:
    seen = [
        name(path) for path in python_files("comptoir/bridge") if any(i.startswith("django") for i in imports(path))
    ]
    assert seen == []


def test_dossiers_are_opened_by_the_configuration_alone() -> None:
    allowed = ("comptoir/config/", "comptoir/dossiers/", "comptoir/backoffice/companies/")
    seen = [
        name(path)
        for path in python_files("comptoir")
        if any(one.startswith("comptoir.dossiers") for one in imports(path)) and not name(path).startswith(allowed)
    ]
    assert seen == []


def test_public_services_say_their_rule_and_name_their_arguments() -> None:
    silent, positional = [], []
    for path in python_files("comptoir/apps"):
        if path.parent.name != "services":
            continue
        for node in tree(path).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            where = f"{name(path)}:{node.lineno} {node.name}"
            if ast.get_docstring(node) is None:
                silent.append(where)
            if len(node.args.args) + len(node.args.posonlyargs) > 1:
                positional.append(where)
    assert (silent, positional) == ([], [])


def test_nothing_reads_the_clock_by_its_naive_name() -> None:
    naive = []
    for path in python_files("comptoir"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("datetime.utcnow", "datetime.datetime.utcnow"):
                naive.append(f"{name(path)}:{node.lineno}")
    assert naive == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        name(path)
        for path in python_files("comptoir")
        if "/migrations/" not in name(path)
        and path.name != "__init__.py"
        and ast.get_docstring(tree(path)) is None
        and any(functions(path))
    ]
    assert silent == []
