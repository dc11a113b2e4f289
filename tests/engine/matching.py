"""How an answer is compared with what a vector expects: see vectors/README.md."""

from typing import Any


def mismatches(expected: Any, found: Any, *, path: str = "") -> list[str]:
    """What differs, each as `path: expected … found …`; empty when the answer holds what is expected."""
    if isinstance(expected, dict) and isinstance(found, dict):
        absent = [f"{path}/{key}: absent" for key in expected if key not in found]
        present = [key for key in expected if key in found]
        return absent + [m for key in present for m in mismatches(expected[key], found[key], path=f"{path}/{key}")]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = enumerate(zip(expected, found, strict=True))
        return [m for index, (left, right) in pairs for m in mismatches(left, right, path=f"{path}/{index}")]
    if type(expected) is type(found) and expected == found:
        return []
    return [f"{path}: expected {expected!r}, found {found!r}"]
