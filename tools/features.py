"""Prints every row of the feature catalogue with the tests that prove it through the interface, or « aucun »."""

import ast
import csv
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def named_features(decorator: ast.expr) -> list[str]:
    """Ids given to `@pytest.mark.feature("A", "B")`."""
    if not (
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and decorator.func.attr == "feature"
    ):
        return []
    return [arg.value for arg in decorator.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]


def tests_by_feature() -> dict[str, list[str]]:
    """Feature id to `file::test`, read from the source so that nothing has to run."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                for feature in (name for decorator in node.decorator_list for name in named_features(decorator)):
                    found.setdefault(feature, []).append(f"{path.relative_to(ROOT)}::{node.name}")
    return found


def main() -> int:
    found = tests_by_feature()
    with (ROOT / "docs" / "features.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        tests = found.get(row["id"], [])
        print(f"{row['id']:<10} {row['title'][:70]:<70} {', '.join(tests) or 'aucun'}")
    unknown = sorted(set(found) - {row["id"] for row in rows})
    proven = sum(1 for row in rows if row["id"] in found)
    print(f"\n{proven} fonctions prouvées sur {len(rows)}.")
    if unknown:
        print(f"Identifiants inconnus du catalogue : {', '.join(unknown)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
