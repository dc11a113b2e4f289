"""Gives the print jobs of a served dossier to its printers: the server's side of printing, for tills without a bridge.

One thread a dossier; the jobs are rows of the dossier, so that a stopped server goes on where it was.
"""

import time
from datetime import UTC, datetime
from uuid import UUID

from django.db import DatabaseError

from comptoir.apps.printing.models import Printer as PrinterRow
from comptoir.apps.printing.queries import JobStanding, open_jobs, printers
from comptoir.apps.printing.services import record_state
from comptoir.bridge.escpos.codepages import OFFERED
from comptoir.bridge.escpos.emitter import Profile
from comptoir.bridge.printer import Printer, opener
from comptoir.bridge.spooler import Job, Spooler
from comptoir.config.rounds import Rounds
from comptoir.dossiers.binding import Dossier

IDLE_S = 2.0  # between rounds while no printer is in service
REST_S = 10.0  # before a printer whose settings make no sense is tried again


def _now() -> float:
    return datetime.now(tz=UTC).timestamp()


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)


def _job(standing: JobStanding) -> Job:
    job, state = standing.job, standing.state
    due = state.not_before.timestamp() if state.not_before else 0.0
    return Job(
        str(job.pk),
        job.receipt,
        job.copies,
        state.pulse,
        state.state,
        job.at.timestamp(),
        due,
        state.attempts,
        state.message or None,
    )


class DossierJobs:
    """The jobs of one register, read from and appended to the bound dossier."""

    def __init__(self, register: str) -> None:
        self._register = register
        self._open: list[Job] = []

    def refresh(self) -> None:
        """Reads the open jobs; those found half sent by an earlier process end as a question for a person."""
        self._open = [_job(one) for one in open_jobs(self._register, now=_moment(_now()))]

    def end_half_sent(self) -> None:
        for job in self._open:
            if job.state == "sending":
                record_state(
                    UUID(job.id), state="uncertain", message="Le ticket est-il sorti en entier ?", pulse=False,
                    attempts=job.attempts, not_before=None, at=_moment(_now()),
                )  # fmt: skip

    def pulses(self) -> list[Job]:
        return [job for job in self._open if job.pulse]

    def oldest_waiting(self) -> Job | None:
        waiting = (job for job in self._open if job.state in ("queued", "blocked") and job.receipt is not None)
        return next(waiting, None)

    def waiting(self) -> int:
        return sum(1 for job in self._open if job.state in ("queued", "blocked") and job.receipt is not None)

    def write(self, job: Job) -> None:
        record_state(
            UUID(job.id), state=job.state, message=job.message or "", pulse=job.pulse, attempts=job.attempts,
            not_before=_moment(job.not_before) if job.not_before else None, at=_moment(_now()),
        )  # fmt: skip
        self.refresh()


def _spooler(row: PrinterRow, jobs: DossierJobs) -> Spooler:
    profile = Profile(columns=row.columns, page=OFFERED[row.page], drawer_pin=row.drawer_pin)
    return Spooler(jobs, Printer(opener(row.address)), profile=profile, now=_now)


class PrintWorker(Rounds):
    """Serves the printers of one dossier until stopped. The sale is sealed and booked without it."""

    work = "printing"
    round_s = 0.2
    keeps_connection = True

    def __init__(self, dossier: Dossier) -> None:
        super().__init__(dossier)
        self._known: dict[str, tuple[PrinterRow, DossierJobs, Spooler]] = {}
        self._resting: dict[str, float] = {}  # registers whose printer cannot be worked with, until this instant

    def round(self) -> float | None:
        """One step for each printer in service."""
        rows = [row for row in printers() if row.active]
        for row in rows:
            if self._resting.get(row.register, 0.0) <= time.monotonic():
                self._step(row)
        return None if rows else IDLE_S

    def _step(self, row: PrinterRow) -> None:
        """What one register's printer cannot do does not stop the printers of the others."""
        try:
            jobs, spooler = self._tools(row)
            jobs.refresh()
            spooler.step()
        except DatabaseError:
            raise
        except Exception:
            self.logger.exception("printer left alone", extra={"dossier": self.dossier.slug})
            self._resting[row.register] = time.monotonic() + REST_S

    def _tools(self, row: PrinterRow) -> tuple[DossierJobs, Spooler]:
        known = self._known.get(row.register)
        settings = (row.address, row.columns, row.page, row.drawer_pin)
        if known is None or (known[0].address, known[0].columns, known[0].page, known[0].drawer_pin) != settings:
            jobs = DossierJobs(row.register)
            jobs.refresh()
            if known is None:
                jobs.end_half_sent()
            known = (row, jobs, _spooler(row, jobs))
            self._known[row.register] = known
        return known[1], known[2]
