"""Asks for a paper or a drawer pulse."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from comptoir.apps.printing.models import PrintJob, PrintState
from comptoir.apps.printing.queries import standing_of


class OtherContent(Exception):
    """The job's id already stands for another paper."""


def _digest(receipt: Mapping[str, Any] | None, drawer: bool, copies: int) -> str:
    return hashlib.sha256(json.dumps([receipt, drawer, copies], sort_keys=True).encode()).hexdigest()


def enqueue_print(
    job: UUID,
    *,
    register: str,
    kind: str,
    receipt: Mapping[str, Any] | None,
    drawer: bool,
    copies: int = 1,
    at: datetime,
) -> PrintState:
    """Queues a job and returns where it stands, inside the caller's transaction.

    The same job again changes nothing, except that one blocked or failed is put back in line (the cashier's « Réessayer »);
    one whose end is unknown stays so, since its paper may be out. Raises OtherContent when the id was used for another paper.
    """
    digest = _digest(receipt, drawer, copies)
    known = standing_of(job)
    if known is None:
        row = PrintJob.objects.create(
            id=job, register=register, kind=kind, receipt=receipt, drawer=drawer, copies=copies, digest=digest, at=at
        )
        return PrintState.objects.create(job=row, state="queued", pulse=drawer, at=at)
    if known.job.digest != digest or known.job.register != register:
        raise OtherContent(str(job))
    if known.state.state in ("blocked", "failed") and receipt is not None:
        return PrintState.objects.create(job=known.job, state="queued", pulse=False, at=at)
    return known.state
