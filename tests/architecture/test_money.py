"""No float touches money or quantity: none is written, made or computed where amounts live."""

import ast

import pytest

from tests.architecture.sources import name, python_files, tree

ROOMS = ("comptoir/engine", "comptoir/apps")
# Here typed text is read (exactly, by Decimal) and waiting times are counted; amounts are computed nowhere.
BORDERS = ("comptoir/backoffice", "comptoir/api", "comptoir/exchange", "comptoir/bridge", "comptoir/config")
MAKERS = {"float", "Decimal", "Fraction", "decimal.Decimal", "fractions.Fraction", "math.floor", "math.ceil", "round"}


def is_path_join(node: ast.BinOp) -> bool:
    """`folder / "name"`: a division whose right side is text, or whose names speak of files."""
    right = node.right
    while isinstance(right, ast.BinOp):
        right = right.right
    if isinstance(right, ast.JoinedStr) or (isinstance(right, ast.Constant) and isinstance(right.value, str)):
        return True
    words = ast.unparse(node).lower()
    return any(word in words for word in ("path", "folder", "root", "parents", "__file__", "dist"))


def offence(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
        return f"literal {node.value}"
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and not is_path_join(node):
        return "true division"
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Div):
        return "true division"
    if isinstance(node, ast.Call) and ast.unparse(node.func) in MAKERS:
        return ast.unparse(node.func)
    if isinstance(node, ast.Name) and node.id in ("FloatField", "DecimalField"):
        return node.id
    if isinstance(node, ast.Attribute) and node.attr in ("FloatField", "DecimalField"):
        return node.attr
    return None


def offences(module: ast.Module, where: str) -> list[str]:
    return [f"{where}:{node.lineno} {found}" for node in ast.walk(module) if (found := offence(node))]


def test_no_float_in_the_rooms_of_money() -> None:
    found = [line for path in python_files(*ROOMS) for line in offences(tree(path), name(path))]
    assert found == []


def test_no_amount_becomes_a_float_at_the_borders() -> None:
    made = [
        f"{name(path)}:{node.lineno}"
        for path in python_files(*BORDERS)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("float", "float.fromhex", "math.floor", "math.ceil")
    ]
    assert made == []


@pytest.mark.parametrize("line", ["x = 1.5", "x = a / b", "x /= 2", "x = float(y)", "x = round(y)", "x = Decimal('1')"])
def test_the_search_finds_what_it_looks_for(line: str) -> None:
    assert len(offences(ast.parse(line), "here")) == 1


@pytest.mark.parametrize("line", ["x = a // b", "p = folder / 'a'", "p = folder / f'{a}'", "x = 10 ** 4"])
def test_the_search_lets_the_rest_through(line: str) -> None:
    assert offences(ast.parse(line), "here") == []
