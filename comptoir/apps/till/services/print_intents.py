"""What a till asks to print, handed to the printing app. Checked here so that a sale never fails for its paper."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from comptoir.apps.printing.queries import printer_of, standing_of
from comptoir.apps.printing.services import OtherContent, enqueue_print

KINDS = ("receipt", "drawer", "z", "x", "cash", "opening", "duplicate", "test")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class IntentRefused(ValueError):
    """The print intent cannot be read; the text names its field."""


def queue_prints(intents: Sequence[dict[str, Any]], *, register: str) -> None:
    """Queues each readable intent, in the transaction of its record; an unreadable one is left out, and so is all of them
    when the server has no printer for the register (its till prints through a bridge, or not at all)."""
    if printer_of(register) is None:
        return
    for intent in intents:
        try:
            queue_print(intent, register=register)
        except (IntentRefused, OtherContent):
            continue


def queue_print(intent: dict[str, Any], *, register: str) -> str:
    """Queues one intent for the register's printer and returns the job's state; the job's id makes it print once.

    Raises IntentRefused, naming the field, or OtherContent when the id already stands for another paper."""
    job, kind, receipt = intent.get("job"), intent.get("kind"), intent.get("receipt")
    drawer = intent.get("drawer", False)
    if not isinstance(job, str) or not _UUID.fullmatch(job):
        raise IntentRefused("job")
    if kind not in KINDS:
        raise IntentRefused("kind")
    if receipt is not None and not isinstance(receipt, dict):
        raise IntentRefused("receipt")
    if type(drawer) is not bool or (receipt is None and not drawer):
        raise IntentRefused("drawer")
    copies = intent.get("copies", 1)
    if type(copies) is not int or not 1 <= copies <= 5:
        raise IntentRefused("copies")
    if printer_of(register) is None:
        return "cancelled"
    now = datetime.now(tz=UTC)
    return enqueue_print(
        UUID(job), register=register, kind=kind, receipt=receipt, drawer=drawer, copies=copies, at=now
    ).state


def job_state(job: UUID, *, register: str) -> dict[str, Any] | None:
    """`{"job", "state", "message"}` of a register's job, or None."""
    standing = standing_of(job, register=register)
    if standing is None:
        return None
    return {"job": str(job), "state": standing.state.state, "message": standing.state.message or None}


def has_server_printer(register: str) -> bool:
    """Whether the server prints for this register."""
    return printer_of(register) is not None
