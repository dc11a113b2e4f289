"""What the engine may not use, found in its syntax tree: see the architecture, "The engine's Python"."""

import ast

ALLOWED_MODULES = {"json", "hashlib"}
BANNED_NAMES = {
    "float", "complex", "round", "isinstance", "issubclass", "open", "print", "input", "eval", "exec", "globals",
    "locals", "vars", "hash", "id", "property", "frozenset", "bytearray", "memoryview", "format",
}  # fmt: skip
BANNED_METHODS = {
    "lower", "upper", "title", "casefold", "capitalize", "swapcase", "ljust", "rjust", "center", "zfill", "expandtabs",
    "format", "popitem", "isdigit", "isalpha", "isalnum", "isspace", "isupper", "islower", "isnumeric", "isdecimal",
    "removeprefix", "removesuffix", "hexdigest", "decode", "translate", "maketrans", "splitlines", "partition",
}  # fmt: skip
BANNED_NODES = {
    ast.Match: "match", ast.AsyncFunctionDef: "async", ast.Await: "await", ast.Yield: "yield", ast.YieldFrom: "yield",
    ast.JoinedStr: "f-string", ast.Global: "global", ast.Nonlocal: "nonlocal", ast.NamedExpr: "walrus",
    ast.AnnAssign: "annotation", ast.With: "with", ast.DictComp: "dict comprehension", ast.Set: "set display",
    ast.SetComp: "set comprehension", ast.Assert: "assert", ast.MatMult: "@",
}  # fmt: skip
ITERATES = {"items", "values", "keys"}


def faults(source: str) -> list[str]:
    """`line: what` for each thing outside the subset, in order of line."""
    tree = ast.parse(source)
    found: list[tuple[int, str]] = []
    for node in ast.walk(tree):
        what = _node_fault(node)
        if what:
            found.append((getattr(node, "lineno", 0), what))
    found += _recursions(tree) + _slotless(tree)
    return [f"{line}: {what}" for line, what in sorted(found)]


def _node_fault(node: ast.AST) -> str | None:
    for kind, what in BANNED_NODES.items():
        if isinstance(node, kind):
            return what
    if isinstance(node, (ast.BinOp, ast.AugAssign)) and isinstance(node.op, ast.Div):
        return "true division"
    if isinstance(node, ast.Constant):
        return "float" if isinstance(node.value, (float, complex)) else None
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return _import_fault(node)
    if isinstance(node, ast.Name) and node.id in BANNED_NAMES:
        return f"name {node.id}"
    if isinstance(node, ast.Attribute) and node.attr in BANNED_METHODS | ITERATES:
        return f"method {node.attr}"
    if isinstance(node, (ast.List, ast.Tuple)) and any(isinstance(item, ast.Starred) for item in node.elts):
        return "star in a display"
    if isinstance(node, ast.Dict) and None in node.keys:
        return "double star in a display"
    if isinstance(node, ast.Call) and any(isinstance(item, ast.Starred) for item in node.args):
        return "star in a call"
    if isinstance(node, ast.FunctionDef) and (node.decorator_list or node.returns):
        return "decorator or annotation"
    return None


def _import_fault(node: ast.Import | ast.ImportFrom) -> str | None:
    if isinstance(node, ast.ImportFrom) and node.level:
        return None
    names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
    for name in names:
        if name.split(".")[0] not in ALLOWED_MODULES:
            return f"import {name}"
    return None


def _recursions(tree: ast.AST) -> list[tuple[int, str]]:
    """Functions of one module that can call themselves, directly or through others of that module."""
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    calls = {
        name: {
            call.func.id for call in ast.walk(node) if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        }
        for name, node in functions.items()
    }
    return [(functions[name].lineno, f"recursion {name}") for name in functions if name in _reached(name, calls)]


def _reached(start: str, calls: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = list(calls[start])
    while waiting:
        name = waiting.pop()
        if name in calls and name not in seen:
            seen.add(name)
            waiting += calls[name]
    return seen


def _slotless(tree: ast.AST) -> list[tuple[int, str]]:
    """Classes without `__slots__` (exceptions apart)."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef) or any(getattr(base, "id", "") == "Exception" for base in node.bases):
            continue
        targets = [target.id for item in node.body if isinstance(item, ast.Assign) for target in item.targets]
        if "__slots__" not in targets:
            found.append((node.lineno, f"class {node.name} without __slots__"))
    return found
