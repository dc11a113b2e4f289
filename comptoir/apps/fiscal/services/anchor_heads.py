"""The anchor log: the heads of every chain, written outside the dossier each time a day is closed, and on demand.

A cut tail or an older file cannot be told from inside a dossier. `verify --anchors` holds the dossier against this log:
one line a writing, each with the digest of the line before, appended and on disk before the call returns."""

import hashlib
import json
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.utils import timezone

from ..projection import compact
from ..queries import chain_names, heads_of
from ..sealed import signature_digest
from ..server_key import dossier_id
from .seal_on_server import now_text

if sys.platform != "win32":
    import fcntl

_TAIL_BYTES = 1 << 18
_writing = threading.Lock()


def anchor_path() -> Path:
    """The log of the bound dossier, in the data folder."""
    return settings.DATA_FOLDER() / "anchors" / f"{dossier_id()}.log"


def anchor_heads(*, reason: str, now: datetime | None = None) -> Path:
    """Appends one line: instant, reason, heads of every chain. `reason` is z, daily or demand."""
    heads = heads_of(chain_names())
    path = anchor_path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(path) as log:
        lines, end = _whole_lines(log)
        line = {
            "at": now_text(now), "reason": reason, "previous": hashlib.sha256(lines[-1]).hexdigest() if lines else "",
            "heads": [[chain, head.seq, signature_digest(head.signature)] for chain, head in sorted(heads.items())],
        }  # fmt: skip
        log.seek(end)
        log.truncate()  # half a line: the power went before its writing had returned
        log.write((compact(line) + "\n").encode("ascii"))
        log.flush()
        os.fsync(log.fileno())
    return path


def anchor_daily(*, now: datetime | None = None) -> bool:
    """Writes the day's anchor unless this local day already has one; False then. A Z's anchor does not count: the day
    goes on after it."""
    now = now or timezone.now()
    day = timezone.localtime(now).date()
    if any(_is_daily(raw, since=day) for raw in _last_lines()):
        return False
    if not chain_names():
        return False
    anchor_heads(reason="daily", now=now)
    return True


def last_anchor() -> bytes:
    """The last line of the log as it stands there; empty when there is none."""
    lines = _last_lines()
    return lines[-1] if lines else b""


def read_anchors(path: Path, *, whole: bool = True) -> tuple[list[dict[str, Any]], int | None]:
    """The lines of a log, and the number of the first that does not follow the one before (None when all do).

    With `whole` false it may begin anywhere, as the line that a mail carries does."""
    lines: list[dict[str, Any]] = []
    previous = ""
    wrong: int | None = None
    content = path.read_bytes()
    if whole:  # half a line at the end was being written when the power went: nobody was told that it is there
        content = content[: content.rfind(b"\n") + 1]
    for number, raw in enumerate(content.splitlines(), start=1):
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


def _is_daily(raw: bytes, *, since: date) -> bool:
    """Whether this line is the anchor of that local day, or of a later one; what is no line of ours is not."""
    try:
        line = json.loads(raw)
        return line["reason"] == "daily" and timezone.localtime(datetime.fromisoformat(line["at"])).date() >= since
    except (ValueError, KeyError, TypeError):
        return False


@contextmanager
def _alone(path: Path) -> Iterator[BinaryIO]:
    """The log, open to read and to write. Each line holds the digest of the one before: a till that closes, the office and a
    command take turns."""
    with _writing, os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as log:
        if sys.platform != "win32":
            fcntl.flock(log, fcntl.LOCK_EX)  # until it is closed
        yield log


def _last_lines() -> list[bytes]:
    """The last whole lines of the log, at most some dozens."""
    try:
        with anchor_path().open("rb") as log:
            return _whole_lines(log)[0]
    except FileNotFoundError:
        return []


def _whole_lines(log: BinaryIO) -> tuple[list[bytes], int]:
    """The last whole lines, one at least when there is any, and the place where they end."""
    size, length = log.seek(0, os.SEEK_END), _TAIL_BYTES
    while True:
        start = log.seek(max(0, size - length))
        *lines, torn = log.read(size - start).split(b"\n")
        if start:
            del lines[:1]  # it may have lost its beginning
        if lines or not start:
            return lines, size - len(torn)
        length *= 2
