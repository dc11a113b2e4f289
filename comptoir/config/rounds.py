"""Background work of a served dossier: a thread that does one round after another, and the crew of such threads.

A round that fails is written down and the next one tries again: the shop sells on, whatever happens behind it."""

import logging
import threading
from uuid import UUID

from django.db import connection

from comptoir.dossiers.binding import Dossier, bound


class Rounds(threading.Thread):
    """Does `round` for one dossier until stopped. A kind of work names itself and says how often it is due."""

    work = ""  # names the thread, and the journal `comptoir.<work>`
    first_round_s = 0.0
    round_s = 0.0
    keeps_connection = False  # between rounds: for those that follow each other closely

    def __init__(self, dossier: Dossier) -> None:
        super().__init__(name=f"{self.work}-{dossier.slug}", daemon=True)
        self.dossier = dossier
        self.logger = logging.getLogger(f"comptoir.{self.work}")
        self._stopping = threading.Event()

    def round(self) -> float | None:
        """One round, the dossier being bound. Returns seconds until the next one when they are not `round_s`."""
        raise NotImplementedError

    def stop(self) -> None:
        """Ends after the round that is under way; waits a few seconds for it."""
        self._stopping.set()
        self.join(timeout=5)

    def run(self) -> None:
        wait = self.first_round_s
        with bound(self.dossier):
            while not self._stopping.wait(wait):
                wait = self._next_round()
            connection.close()

    def _next_round(self) -> float:
        try:
            wait = self.round()
        except Exception:
            self.logger.exception("round stopped", extra={"dossier": self.dossier.slug})
            connection.close()  # a database that was restarted is reached anew
            return self.round_s
        if not self.keeps_connection:
            connection.close()
        return self.round_s if wait is None else wait


class Crew:
    """The threads of one kind of work: one a dossier."""

    def __init__(self, kind: type[Rounds]) -> None:
        self._kind = kind
        self._workers: dict[UUID, Rounds] = {}

    def start(self, dossier: Dossier) -> None:
        """Starts the work for a dossier that this process now serves; once."""
        if dossier.uuid not in self._workers:
            self._workers[dossier.uuid] = self._kind(dossier)
            self._workers[dossier.uuid].start()

    def stop(self) -> None:
        """Ends the work for every dossier."""
        for worker in self._workers.values():
            worker.stop()
        self._workers.clear()
