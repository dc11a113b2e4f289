"""Reception of a till's records: many tills at once, few commits, an answer only after the commit.

Threads that bring records take turns by dossier. Who has the turn writes everything that waits, in one transaction; the
others find their records written when their turn comes. One commit then serves many tills, without a thread of its
own to feed. While more requests are being prepared than wait to be written, who has the turn lets some of them come, for
a few milliseconds at most: half of the tills are prepared while the other half is written, and a lone till waits for
nobody."""

import logging
import threading
from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from comptoir.apps.fiscal.sealed import Fault
from comptoir.apps.fiscal.server_key import dossier_id

from .book_closings import Place, book_ready_closings
from .book_records import Group, book_group
from .check_policy import forget_sessions
from .prepare_apart import Received, prepare_batch
from .prepare_records import Intake, Prepared

GROUP_RECORDS = 400
PATIENCE = timedelta(milliseconds=8)  # at most so long, once, for what is being prepared to join a group
OUTAGE = (OperationalError, InterfaceError)  # the database, not the record: nothing is written, the till sends again
logger = logging.getLogger(__name__)


class Job:
    """The records of one request, waiting for their turn."""

    __slots__ = ("done", "error", "heads", "items")

    def __init__(self, items: list[Prepared]) -> None:
        self.items = items
        self.heads: dict[str, int] = {}  # number of the last record of each chain of the group, after it was written
        self.done = False
        self.error: Exception | None = None


class Desk:
    """Where the threads of one dossier take turns."""

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self.coming = 0  # requests being prepared
        self.counting = threading.Condition()  # for `coming` and for the arrivals at `waiting`
        self.waiting: deque[Job] = deque()
        self.asked: set[Place] = set()  # registers whose closings were looked for since this process began
        self.unclosed: set[Place] = set()  # registers of which a Z waits for records

    def prepare(self, records: Sequence[Received], *, intake: Intake) -> Job:
        """The records of a request, prepared and in line to be written."""
        with self.counting:
            self.coming += 1
        try:
            job = Job(prepare_batch(records, intake=intake))
            self.waiting.append(job)
        finally:
            with self.counting:
                self.coming -= 1
                self.counting.notify()
        return job

    def let_come(self) -> None:
        """Waits, a little, until no more requests are being prepared than are waiting. Called by who has the turn."""
        with self.counting:
            self.counting.wait_for(lambda: self.coming <= len(self.waiting), PATIENCE.total_seconds())

    def take(self) -> list[Job]:
        """The jobs to write now: all that wait, up to a size that keeps the transaction short."""
        jobs: list[Job] = []
        size = 0
        while self.waiting and size < GROUP_RECORDS:
            jobs.append(self.waiting.popleft())
            size += len(jobs[-1].items)
        return jobs


_desks: dict[UUID, Desk] = {}


def receive_records(records: Sequence[Received], *, register: str, received: datetime | None = None) -> list[Prepared]:
    """Receives the records of a register: envelopes with their print intents, in any order, however often repeated.

    Each comes back as stored, duplicate or kept, once that is durable. Raises DatabaseError when nothing could be
    written (disk full, server gone): then nothing was, and the till sends again."""
    return receive_batch(records, register=register, received=received).items


def receive_batch(records: Sequence[Received], *, register: str, received: datetime | None = None) -> Job:
    """As `receive_records`, with the heads of the chains after the writing."""
    received = received or timezone.now()
    desk = _desks.setdefault(dossier_id(), Desk())
    job = desk.prepare(records, intake=Intake.now(sender=register, received=received))
    while not job.done:
        with desk.turn:
            if not job.done:
                desk.let_come()
                _write_jobs(desk, desk.take(), received=received)
    if job.error is not None:
        raise job.error
    return job


def _write_jobs(desk: Desk, jobs: list[Job], *, received: datetime) -> None:
    items = [item for job in jobs for item in job.items]
    try:
        groups = _write(items, received=received)
    except Exception as problem:
        for job in jobs:
            job.error = problem
    else:
        heads = {chain: head.seq for group in groups for chain, head in group.heads.items()}
        for job in jobs:
            job.heads = heads
        # A Z stored just before the power went is sent again, as a duplicate, and booked now.
        _book_closings(desk, [*items, *(item for group in groups for item in group.placed)])
    finally:
        for job in jobs:
            job.done = True


def _write(items: list[Prepared], *, received: datetime) -> list[Group]:
    """All in one go; when something in there cannot be written, record by record."""
    faults = [item.fault for item in items]
    try:
        with transaction.atomic():
            return [book_group(items, received=received)]
    except OUTAGE:
        _forget(items)
        raise
    except Exception:
        _forget(items)
        logger.warning("a group of %d records is written one by one", len(items), exc_info=True)
    for item, fault in zip(items, faults, strict=True):
        item.status, item.fault = "", fault
    with transaction.atomic():
        ordered = sorted(items, key=lambda item: (item.envelope["chain"], item.envelope["seq"]))
        return [_write_alone(item, received=received) for item in ordered]


def _forget(items: list[Prepared]) -> None:
    forget_sessions(item.sound.ticket for item in items if item.sound is not None and item.sound.ticket is not None)


def _write_alone(item: Prepared, *, received: datetime) -> Group:
    """One record under its own savepoint; what the database will not take is kept aside like what is unreadable."""
    try:
        with transaction.atomic():
            return book_group([item], received=received, careful=True)
    except OUTAGE:
        raise
    except Exception as problem:
        _forget([item])
        item.fault = Fault("unreadable", f"refusé par la base : {problem}"[:300])
    with transaction.atomic():
        return book_group([item], received=received, careful=True)


def _book_closings(desk: Desk, items: list[Prepared]) -> None:
    """Looks for closings to book where one may be: a Z came, a Z waited, or nobody has looked yet.

    The records are durable: whatever happens here must not have them sent again."""
    sound = [item.sound for item in items if item.sound is not None and item.status != "kept"]
    places = {record.place for record in sound if record.type == "z"}
    places |= {record.place for record in sound if record.place not in desk.asked}
    places |= desk.unclosed
    if not places:
        return
    try:
        desk.unclosed = book_ready_closings(places)
        desk.asked |= places
    except Exception:
        desk.unclosed |= places
        logger.exception("a closing could not be booked; it is tried again with the next records")
