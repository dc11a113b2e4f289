"""What others may ask of printing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery

from comptoir.apps.printing.models import Printer, PrintJob, PrintState

REMEMBERED = timedelta(hours=13)  # longer than a receipt waits for its paper


@dataclass(frozen=True, slots=True)
class JobStanding:
    """A job with its last state."""

    job: PrintJob
    state: PrintState


def printer_of(register: str) -> Printer | None:
    """The printer in service of a register, or None."""
    return Printer.objects.filter(register=register, active=True).first()


def printers() -> QuerySet[Printer]:
    return Printer.objects.all()


def _last_state() -> Subquery:
    return Subquery(PrintState.objects.filter(job=OuterRef("pk")).order_by("-id").values("id")[:1])


def open_jobs(register: str, *, now: datetime) -> list[JobStanding]:
    """Jobs of a register that are queued, blocked, half sent or owe a pulse, oldest first."""
    jobs = {job.pk: job for job in PrintJob.objects.filter(register=register, at__gte=now - REMEMBERED)}
    last = PrintState.objects.filter(
        id__in=PrintJob.objects.filter(pk__in=jobs).annotate(last=_last_state()).values("last")
    )
    standing = [JobStanding(jobs[state.job_id], state) for state in last]
    open_ones = [one for one in standing if one.state.state in ("queued", "blocked", "sending") or one.state.pulse]
    return sorted(open_ones, key=lambda one: (one.job.at, one.job.pk))


def standing_of(job: UUID, *, register: str | None = None) -> JobStanding | None:
    """A job and its last state; None when the register has no such job."""
    jobs = PrintJob.objects.filter(pk=job) if register is None else PrintJob.objects.filter(pk=job, register=register)
    found = jobs.first()
    if found is None:
        return None
    return JobStanding(found, found.states.order_by("-id")[0])


def waiting_counts(*, now: datetime) -> dict[str, int]:
    """Papers waiting, by register."""
    recent = PrintJob.objects.filter(at__gte=now - REMEMBERED, receipt__isnull=False).annotate(last=_last_state())
    states = PrintState.objects.filter(id__in=recent.values("last"), state__in=("queued", "blocked"))
    rows: Any = states.values("job__register").annotate(n=Count("id"))
    return {row["job__register"]: row["n"] for row in rows}
