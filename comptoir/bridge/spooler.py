"""Print jobs of one printer, in order, each with an end that is known or said to be unknown.

The spooler owns no storage: the bridge keeps its jobs in a file of its own (`jobs.py`), the server in the dossier. A job
is idempotent on its id; a drawer pulse is given at once or never (a drawer that opens late opens in front of somebody
else); a receipt waits for paper as long as it takes and is never printed twice without a person's word.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from comptoir.bridge.escpos.emitter import Profile, render
from comptoir.bridge.escpos.pictures import render_drawn
from comptoir.bridge.printer import NONE, UNREACHABLE, Health, Outcome, Printer

RETRY_S = (2, 5, 10, 30, 60)
PULSE_LIFE_S = 5
RECEIPT_LIFE_S = 12 * 3600
FINAL = ("printed", "sent_unconfirmed", "uncertain", "failed", "cancelled", "expired")


@dataclass(frozen=True, slots=True)
class Job:
    """`at` and `not_before` in seconds of the spooler's clock; `pulse` says that the drawer is still to be opened."""

    id: str
    receipt: Mapping[str, Any] | None
    copies: int
    pulse: bool
    state: str
    at: float
    not_before: float = 0.0
    attempts: int = 0
    message: str | None = None


class Jobs(Protocol):
    """Where jobs are kept. `write` is durable when it returns."""

    def pulses(self) -> list[Job]: ...
    def oldest_waiting(self) -> Job | None: ...
    def waiting(self) -> int: ...
    def write(self, job: Job) -> None: ...


def wait_after(attempts: int) -> int:
    """Seconds before the next try: 2, 5, 10, 30, then every 60."""
    return RETRY_S[min(attempts, len(RETRY_S)) - 1]


class Spooler:
    """`step()` does what is due and says whether it did something. One thread calls it."""

    def __init__(self, jobs: Jobs, printer: Printer | None, *, profile: Profile, now: Callable[[], float]) -> None:
        self._jobs = jobs
        self._printer = printer
        self._profile = profile
        self._now = now
        self._back = False  # seen well after having been seen off: what waits need not wait for its next try
        self.health: Health = NONE if printer is None else UNREACHABLE

    def step(self) -> bool:
        worked = False
        for job in self._jobs.pulses():
            self._pulse(job)
            worked = True
        job = self._jobs.oldest_waiting()
        if job is None or (job.not_before > self._now() and not self._back):
            return worked
        self._back = False
        self._print(job)
        return True

    def look(self) -> Health:
        """Asks the printer how it is, for the till's lamp."""
        if self._printer is not None:
            before, self.health = self.health, self._printer.health()
            self._back = self._back or (before.health == "off" and self.health.health != "off")
        return self.health

    def _pulse(self, job: Job) -> None:
        late = self._now() - job.at > PULSE_LIFE_S
        outcome = (
            Outcome("expired", self.health)
            if late or self._printer is None
            else self._printer.pulse(drawer_pin=self._profile.drawer_pin)
        )
        alone = job.receipt is None
        message = (
            "Le tiroir ne s’est pas ouvert : ouvrez-le avec la clé." if outcome.state in ("failed", "expired") else None
        )
        self._jobs.write(replace(job, pulse=False, state=outcome.state if alone else job.state, message=message))

    def _print(self, job: Job) -> None:
        if self._now() - job.at > RECEIPT_LIFE_S:
            self._jobs.write(replace(job, state="expired", message="Ticket trop ancien : il n’a pas été imprimé."))
            return
        if self._printer is None:
            self._jobs.write(replace(job, state="cancelled", message=NONE.message_fr))
            return
        try:
            draw = render_drawn if self._profile.text_mode == "raster" else render
            data = draw(job.receipt or {}, profile=self._profile).data * job.copies
        except Exception:  # whatever a document holds, the next paper must come out
            self._jobs.write(replace(job, state="failed", message="Ce document ne peut pas être imprimé."))
            return
        # "sending" is durable before the first byte: after a crash in between, the end of the job is not known.
        self._jobs.write(replace(job, state="sending"))
        self._finish(job, self._printer.submit(data))

    def _finish(self, job: Job, outcome: Outcome) -> None:
        self.health = outcome.health
        if outcome.state in ("retry", "blocked"):
            attempts = job.attempts + 1
            pause = 2 if outcome.state == "blocked" else wait_after(attempts)
            state = "blocked" if outcome.state == "blocked" else "queued"
            self._jobs.write(
                replace(
                    job,
                    state=state,
                    attempts=attempts,
                    not_before=self._now() + pause,
                    message=outcome.health.message_fr,
                )
            )
        elif outcome.state == "uncertain":
            self._jobs.write(replace(job, state="uncertain", message="Le ticket est-il sorti en entier ?"))
        else:
            self._jobs.write(replace(job, state=outcome.state, message=None))
