"""The anchor log: the heads of every chain, written outside the dossier each time a day is closed, and on demand.

A cut tail or an older file cannot be told from inside a dossier. `verify --anchors` holds the dossier against this log:
one line a writing, each with the digest of the line before, appended and on disk before the call returns."""

import hashlib
import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from ..projection import compact
from ..queries import chain_names, heads_of
from ..sealed import signature_digest
from ..server_key import dossier_id
from .seal_on_server import now_text

_TAIL_BYTES = 1 << 18


def anchor_path() -> Path:
    """The log of the bound dossier, in the data folder."""
    return settings.DATA_FOLDER() / "anchors" / f"{dossier_id()}.log"


def anchor_heads(*, reason: str, now: datetime | None = None) -> Path:
    """Appends one line: instant, reason, heads of every chain. `reason` is z, daily or demand."""
    heads = heads_of(chain_names())
    path = anchor_path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    line = {
        "at": now_text(now), "reason": reason, "previous": _last_digest(path),
        "heads": [[chain, head.seq, signature_digest(head.signature)] for chain, head in sorted(heads.items())],
    }  # fmt: skip
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, (compact(line) + "\n").encode("ascii"))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return path


def anchor_daily(*, now: datetime | None = None) -> bool:
    """Writes the day's anchor unless this local day already has one; False then. A Z's anchor does not count: the day
    goes on after it."""
    now = now or timezone.now()
    day = timezone.localtime(now).date()
    for raw in reversed(_last_lines(anchor_path())):
        line = json.loads(raw)
        if line["reason"] == "daily" and timezone.localtime(datetime.fromisoformat(line["at"])).date() >= day:
            return False
    if not chain_names():
        return False
    anchor_heads(reason="daily", now=now)
    return True


def last_anchor() -> bytes:
    """The last line of the log as it stands there; empty when there is none."""
    lines = _last_lines(anchor_path())
    return lines[-1] if lines else b""


def read_anchors(path: Path, *, whole: bool = True) -> tuple[list[dict[str, Any]], int | None]:
    """The lines of a log, and the number of the first that does not follow the one before (None when all do).

    With `whole` false it may begin anywhere, as the line that a mail carries does."""
    lines: list[dict[str, Any]] = []
    previous = ""
    wrong: int | None = None
    for number, raw in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            line = json.loads(raw)
            follows = line["previous"] == previous or (number == 1 and not whole)
        except (ValueError, KeyError, TypeError):
            return lines, wrong or number
        if not follows and wrong is None:
            wrong = number
        lines.append(line)
        previous = hashlib.sha256(raw).hexdigest()
    return lines, wrong


def anchored_heads() -> list[tuple[str, int]]:
    """Every number that the log of this machine knows, chain by chain; nothing without a log."""
    path = anchor_path()
    lines = read_anchors(path)[0] if path.exists() else []
    return [(chain, seq) for line in lines for chain, seq, _ in line["heads"]]


def _last_digest(path: Path) -> str:
    """Digest of the log's last line, read from its end; empty when there is none."""
    lines = _last_lines(path)
    return hashlib.sha256(lines[-1]).hexdigest() if lines else ""


def _last_lines(path: Path) -> list[bytes]:
    """The last whole lines of the log, at most some dozens."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL_BYTES))
            lines = file.read().splitlines()
    except FileNotFoundError:
        return []
    return lines if size <= _TAIL_BYTES else lines[1:]  # the first may have lost its beginning
