"""What the bridge answers itself, below /bridge/v1/. Pure of HTTP: a path and a body in, a status and an object out."""

import json
import re
import time
from collections.abc import Mapping
from typing import Any

from comptoir.bridge.jobs import JobFile, OtherContent
from comptoir.bridge.server.journal import Journal, NotARecord
from comptoir.bridge.server.proxy import problem
from comptoir.bridge.spooler import Job, Spooler

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
Answer = tuple[int, Mapping[str, Any]]


class Calls:
    """The bridge's devices, seen from its page."""

    def __init__(self, *, jobs: JobFile, journal: Journal, spooler: Spooler, wake: Any) -> None:
        self._jobs, self._journal, self._spooler, self._wake = jobs, journal, spooler, wake

    def answer(self, method: str, path: str, body: bytes) -> Answer:
        if method == "GET":
            if path == "health":
                return self._health()
            if path == "journal/heads":
                return 200, {"heads": self._journal.heads()}
            if path.startswith("jobs/"):
                return self._job(path.removeprefix("jobs/"))
        elif method == "POST" and path in ("print", "journal"):
            given = _object(body)
            if given is None:
                return problem(400, "unreadable", "Demande illisible.", "Un objet JSON est attendu.")
            return self._print(given) if path == "print" else self._write_down(given)
        return problem(404, "not_found", "Adresse inconnue.", path[:80])

    def _health(self) -> Answer:
        health = self._spooler.health
        printer = {
            "health": health.health, "code": health.code, "message_fr": health.message_fr or None,
            "action_fr": health.action_fr or None, "waiting": self._jobs.waiting(),
        }  # fmt: skip
        drawer = None if health.health == "none" else {"via": "printer"}
        return 200, {"name": "comptoir-bridge", "printer": printer, "drawer": drawer}

    def _job(self, identifier: str) -> Answer:
        job = self._jobs.get(identifier)
        return problem(404, "not_found", "Impression inconnue.", identifier[:80]) if job is None else (200, _shown(job))

    def _print(self, intent: Mapping[str, Any]) -> Answer:
        wrong = _wrong_field(intent)
        if wrong is not None:
            return problem(400, "wrong_shape", "Demande d’impression illisible.", f"Champ « {wrong} ».")
        asked = {
            "job": intent["job"],
            "receipt": intent.get("receipt"),
            "drawer": intent.get("drawer", False),
            "copies": intent.get("copies", 1),
        }
        try:
            job = self._jobs.add(asked, at=time.time())
        except OtherContent:
            return problem(
                409, "other_content", "Ce numéro d’impression a déjà servi.", "Rien n’a été imprimé de plus."
            )
        self._wake.set()
        return 202, _shown(job)

    def _write_down(self, record: Mapping[str, Any]) -> Answer:
        try:
            new = self._journal.append(record)
        except NotARecord as wrong:
            return problem(400, "wrong_shape", "Enregistrement illisible.", f"Champ « {wrong} ».")
        except OSError:
            return problem(507, "disk_full", "Le disque de ce poste est plein.", "La vente est gardée par la caisse.")
        return (201 if new else 200), {"id": record["id"], "state": "written" if new else "known"}


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return given if isinstance(given, dict) else None


def _wrong_field(intent: Mapping[str, Any]) -> str | None:
    job, receipt = intent.get("job"), intent.get("receipt")
    if not isinstance(job, str) or not _UUID.fullmatch(job):
        return "job"
    if receipt is not None and not isinstance(receipt, dict):
        return "receipt"
    if type(intent.get("drawer", False)) is not bool or (receipt is None and not intent.get("drawer")):
        return "drawer"
    copies = intent.get("copies", 1)
    return None if type(copies) is int and 1 <= copies <= 5 else "copies"


def _shown(job: Job) -> dict[str, Any]:
    return {"job": job.id, "state": job.state, "message": job.message}
