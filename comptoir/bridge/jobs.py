"""The bridge's print jobs in an SQLite file: durable, idempotent on the caller's id."""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from comptoir.bridge.spooler import Job

SCHEMA = """CREATE TABLE IF NOT EXISTS job (
  n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, digest TEXT NOT NULL, receipt TEXT, copies INTEGER NOT NULL CHECK (copies BETWEEN 1 AND 5),
  pulse INTEGER NOT NULL CHECK (pulse IN (0, 1)), state TEXT NOT NULL, at REAL NOT NULL,
  not_before REAL NOT NULL, attempts INTEGER NOT NULL, message TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS job_waiting ON job (n) WHERE state IN ('queued', 'blocked');
CREATE INDEX IF NOT EXISTS job_pulse ON job (n) WHERE pulse = 1;"""
COLUMNS = "id, receipt, copies, pulse, state, at, not_before, attempts, message"
KEEP_S = 30 * 86400


class OtherContent(Exception):
    """The id was already used for another paper."""


class JobFile:
    """Jobs of one printer. Safe for several threads."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(SCHEMA)
        # A job found half sent at start-up: whether its paper came out is a question for a person.
        self._db.execute(
            "UPDATE job SET state = 'uncertain', message = 'Le ticket est-il sorti en entier ?' WHERE state = 'sending'"
        )

    def close(self) -> None:
        self._db.close()

    def add(self, intent: Mapping[str, Any], *, at: float) -> Job:
        """Queues a print intent; the same again answers the job as it stands, or puts a blocked or failed one back in line.

        Raises OtherContent when the id stands for another paper.
        """
        content = json.dumps([intent["receipt"], intent["drawer"], intent["copies"]], sort_keys=True)
        digest = hashlib.sha256(content.encode()).hexdigest()
        receipt = None if intent["receipt"] is None else json.dumps(intent["receipt"], ensure_ascii=False)
        with self._lock:
            known = self._db.execute("SELECT digest, state FROM job WHERE id = ?", (intent["job"],)).fetchone()
            if known is None:
                self._db.execute("DELETE FROM job WHERE at < ?", (at - KEEP_S,))
                self._db.execute(
                    f"INSERT INTO job (digest, {COLUMNS}) VALUES (?, ?, ?, ?, ?, 'queued', ?, 0, 0, NULL)",  # noqa: S608
                    (digest, intent["job"], receipt, intent["copies"], int(intent["drawer"]), at),
                )
            elif known[0] != digest:
                raise OtherContent(intent["job"])
            elif known[1] in ("blocked", "failed", "queued") and receipt is not None:
                self._db.execute("UPDATE job SET state = 'queued', not_before = 0 WHERE id = ?", (intent["job"],))
        return self.get(intent["job"])  # type: ignore[return-value]

    def get(self, identifier: str) -> Job | None:
        rows = self._read("WHERE id = ?", (identifier,))
        return rows[0] if rows else None

    def pulses(self) -> list[Job]:
        return self._read("WHERE pulse = 1 ORDER BY n")

    def oldest_waiting(self) -> Job | None:
        rows = self._read("WHERE state IN ('queued', 'blocked') AND receipt IS NOT NULL ORDER BY n LIMIT 1")
        return rows[0] if rows else None

    def waiting(self) -> int:
        with self._lock:
            return self._db.execute(
                "SELECT count(*) FROM job WHERE state IN ('queued', 'blocked') AND receipt IS NOT NULL"
            ).fetchone()[0]

    def write(self, job: Job) -> None:
        with self._lock:
            self._db.execute(
                "UPDATE job SET pulse = ?, state = ?, not_before = ?, attempts = ?, message = ? WHERE id = ?",
                (int(job.pulse), job.state, job.not_before, job.attempts, job.message, job.id),
            )

    def _read(self, where: str, values: tuple[Any, ...] = ()) -> list[Job]:
        with self._lock:
            rows = self._db.execute(f"SELECT {COLUMNS} FROM job {where}", values).fetchall()  # noqa: S608
        return [_job(row) for row in rows]


def _job(row: tuple[Any, ...]) -> Job:
    identifier, receipt, copies, pulse, state, at, not_before, attempts, message = row
    return Job(
        identifier,
        json.loads(receipt) if receipt else None,
        copies,
        bool(pulse),
        state,
        at,
        not_before,
        attempts,
        message,
    )
