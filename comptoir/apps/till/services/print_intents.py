"""What a till asks to print, handed to the printing app. A sale never fails for its paper."""

import logging
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction

from comptoir.apps.printing.queries import printer_of, standing_of
from comptoir.apps.printing.services.enqueue_print import OtherContent, enqueue_print

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_KIND = re.compile(r"[a-z_]{1,20}")
logger = logging.getLogger(__name__)


class IntentRefused(ValueError):
    """The print intent cannot be read, or its id already served for another paper; the text names its field."""


def queue_prints(intents: Sequence[dict[str, Any]], *, register: str, at: datetime) -> None:
    """Queues each intent in the transaction of its record. What cannot be printed is logged and left out: the paper
    can be asked again, the sale cannot."""
    for intent in intents:
        try:
            with transaction.atomic():
                queue_print(intent, register=register, at=at)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            logger.warning("print intent of %s left out", register, exc_info=True)


def queue_print(intent: dict[str, Any], *, register: str, at: datetime) -> str:
    """Queues one intent for the register's printer and returns the job's state; the job's id makes it print once.

    Without a printer on the server nothing is queued and the state is `failed`. Raises IntentRefused."""
    job, kind, receipt = intent.get("job"), intent.get("kind"), intent.get("receipt")
    if not isinstance(job, str) or not _UUID.fullmatch(job):
        raise IntentRefused("job")
    if not isinstance(kind, str) or not _KIND.fullmatch(kind):
        raise IntentRefused("kind")
    if receipt is not None and (not isinstance(receipt, dict) or receipt.get("format") != "receipt/1"):
        raise IntentRefused("receipt")
    drawer = intent.get("drawer", False)
    if type(drawer) is not bool or (receipt is None and not drawer):
        raise IntentRefused("drawer")
    copies = intent.get("copies", 1)
    if type(copies) is not int or not 1 <= copies <= 5:
        raise IntentRefused("copies")
    if printer_of(register) is None:
        return "failed"
    try:
        return enqueue_print(
            UUID(job), register=register, kind=kind, receipt=receipt, drawer=drawer, copies=copies, at=at
        ).state
    except OtherContent as other:
        raise IntentRefused("job") from other


def job_state(job: UUID, *, register: str) -> dict[str, Any] | None:
    """`{"job", "state", "message"}` of a register's job, or None."""
    standing = standing_of(job, register=register)
    if standing is None:
        return None
    return {"job": str(job), "state": standing.state.state, "message": standing.state.message or None}


def has_server_printer(register: str) -> bool:
    """Whether the server prints for this register."""
    return printer_of(register) is not None
