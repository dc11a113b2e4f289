"""The second journal of sales: every sealed record again, in a file of this machine, fsynced before the answer.

One line a record: its digest, then the envelope. A line torn by a power cut is recognised by its digest and cut off at
the next start: it had not been acknowledged.
"""

import hashlib
import json
import os
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

FIELDS = ("id", "chain", "seq", "type", "body", "to_sign", "signature")


class NotARecord(ValueError):
    """The envelope lacks a field or holds something else than text and a sequence number."""


def _checked(record: Mapping[str, Any]) -> dict[str, Any]:
    if set(record) != set(FIELDS):
        raise NotARecord("fields")
    for name in FIELDS:
        if name == "seq":
            if type(record[name]) is not int or record[name] < 1:
                raise NotARecord("seq")
        elif not isinstance(record[name], str) or not record[name]:
            raise NotARecord(name)
    return {name: record[name] for name in FIELDS}


def _line(record: Mapping[str, Any]) -> bytes:
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    return f"{hashlib.sha256(text.encode()).hexdigest()} {text}\n".encode()


def _read(line: bytes) -> dict[str, Any] | None:
    digest, _, text = line.rstrip(b"\n").partition(b" ")
    if not line.endswith(b"\n") or hashlib.sha256(text).hexdigest().encode() != digest:
        return None
    return json.loads(text)


class Journal:
    """The journal file of one bridge. Safe for several threads."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._ids: set[str] = set()
        self._heads: dict[str, tuple[int, str]] = {}  # number and signature of the last record of each chain
        good = 0
        path.touch(mode=0o600)
        with path.open("rb") as file:
            for line in file:
                record = _read(line)
                if record is None:
                    break
                self._learn(record)
                good += len(line)
        if good < path.stat().st_size:
            self._set_aside(path, good)
        self._file = path.open("ab", buffering=0)
        self._path = path
        os.fsync(self._file.fileno())

    @staticmethod
    def _set_aside(path: Path, good: int) -> None:
        """What follows the last whole line is kept apart, then cut: nothing is thrown away unseen."""
        with path.open("r+b") as file:
            file.seek(good)
            torn = file.read()
            with path.with_suffix(".torn").open("ab") as aside:
                aside.write(torn)
                os.fsync(aside.fileno())
            file.truncate(good)
            os.fsync(file.fileno())

    def _learn(self, record: Mapping[str, Any]) -> None:
        self._ids.add(record["id"])
        head = record["seq"], str(record.get("signature", ""))
        self._heads[record["chain"]] = max(head, self._heads.get(record["chain"], (0, "")))

    def append(self, record: Mapping[str, Any]) -> bool:
        """Writes a record down for good; False when it already stands there. Raises NotARecord, OSError (disk full)."""
        clean = _checked(record)
        with self._lock:
            if clean["id"] in self._ids:
                return False
            before = os.fstat(self._file.fileno()).st_size
            line = _line(clean)
            try:
                if self._file.write(line) != len(line):
                    raise OSError("short write")
                os.fsync(self._file.fileno())
            except OSError:
                os.ftruncate(self._file.fileno(), before)
                raise
            self._learn(clean)
            return True

    def heads(self) -> list[dict[str, Any]]:
        with self._lock:
            return [
                {"chain": chain, "seq": seq, "digest": hashlib.sha256(signature.encode()).hexdigest()}
                for chain, (seq, signature) in sorted(self._heads.items())
            ]

    def records(self) -> Iterator[dict[str, Any]]:
        """Every record, in the order of arrival."""
        with self._path.open("rb") as file:
            for line in file:
                record = _read(line)
                if record is not None:
                    yield record

    def close(self) -> None:
        self._file.close()
