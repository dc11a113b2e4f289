"""One copy a day of each served dossier, while the shop sells: nobody thinks of it on a Saturday. One thread a dossier."""

import logging
import threading
from uuid import UUID

from django.db import connection

from comptoir.backoffice.companies.copying import make_daily_copy, note_problem
from comptoir.dossiers.binding import Dossier, bound
from comptoir.dossiers.copies import CopyRefused

logger = logging.getLogger("comptoir.copies")
FIRST_ROUND_S = 90.0  # after the tills have found the server again
ROUND_S = 900.0

_workers: dict[UUID, "CopyWorker"] = {}


class CopyWorker(threading.Thread):
    """Looks after one dossier until stopped."""

    def __init__(self, dossier: Dossier) -> None:
        super().__init__(name=f"copy-{dossier.slug}", daemon=True)
        self._dossier = dossier
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()
        self.join(timeout=5)

    def run(self) -> None:
        wait = FIRST_ROUND_S
        with bound(self._dossier):
            while not self._stopping.wait(wait):
                wait = ROUND_S
                self.round()
                connection.close()

    def round(self) -> None:
        """One try; what prevents the copy is shown on « Sauvegardes » until one is made."""
        try:
            copy = make_daily_copy()
        except CopyRefused as refusal:
            note_problem(str(refusal))
            logger.warning("no copy: %s", refusal, extra={"dossier": self._dossier.slug})
        except Exception:  # the shop sells on: the next round tries again
            logger.exception("copy round stopped", extra={"dossier": self._dossier.slug})
        else:
            note_problem("")
            if copy is not None:
                logger.info("copied to %s", copy.path.name, extra={"dossier": self._dossier.slug})


def start_copying(dossier: Dossier) -> None:
    """Starts the worker of a dossier that this process now serves; once."""
    if dossier.uuid not in _workers:
        _workers[dossier.uuid] = CopyWorker(dossier)
        _workers[dossier.uuid].start()


def stop_copying() -> None:
    for worker in _workers.values():
        worker.stop()
    _workers.clear()
