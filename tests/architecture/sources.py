"""The files of the project that the architecture tests read."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BINARY = {".png", ".jpg", ".webp", ".ico", ".woff2", ".wasm", ".pdf", ".bin", ".xlsx"}


@cache
def files() -> tuple[Path, ...]:
    """Every file that git keeps or would keep."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True,
        text=True,
    )  # fmt: skip
    return tuple(path for name in listing.stdout.splitlines() if (path := ROOT / name).is_file())


def under(folder: str, *suffixes: str) -> list[Path]:
    root = ROOT / folder
    return [path for path in files() if path.is_relative_to(root) and path.suffix in suffixes]


def python_files(*folders: str) -> list[Path]:
    return [path for folder in folders for path in under(folder, ".py")]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))
