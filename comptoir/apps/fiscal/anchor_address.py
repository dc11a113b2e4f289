"""Where the heads of the chains are mailed each day. Kept beside the anchor log, outside the dossier: whoever changes the
dossier does not silently change who holds the proof."""

import json
import os
from pathlib import Path
from typing import NamedTuple

from .services.anchor_heads import anchor_path


class AnchorAddress(NamedTuple):
    """`address` empty: nothing is mailed. `mailed` is the local day of the last anchor that a server accepted."""

    address: str
    mailed: str


def anchor_address() -> AnchorAddress:
    try:
        value = json.loads(_path().read_text(encoding="utf-8"))
        return AnchorAddress(str(value["address"]), str(value["mailed"]))
    except (FileNotFoundError, ValueError, KeyError):
        return AnchorAddress("", "")


def keep_anchor_address(value: AnchorAddress) -> None:
    """Writes it, whole or not at all, readable by its owner alone."""
    path = _path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(value._asdict(), file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _path() -> Path:
    return anchor_path().with_suffix(".mail.json")
