"""Closes what is over in each served dossier, and catches up on what a stopped server missed. One thread a dossier."""

import logging
import threading
from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone

from comptoir.apps.catalog.services.change_rates import apply_rate_changes
from comptoir.apps.settings.packs import vat_changes
from comptoir.apps.settings.queries import main_establishment
from comptoir.apps.treasury.services.close_due import close_due
from comptoir.dossiers.binding import Dossier, bound

logger = logging.getLogger("comptoir.closings")
FIRST_ROUND_S = 60.0
ROUND_S = 3_600.0

_workers: dict[UUID, "ClosingWorker"] = {}


class ClosingWorker(threading.Thread):
    """Looks after one dossier until stopped."""

    def __init__(self, dossier: Dossier) -> None:
        super().__init__(name=f"closing-{dossier.slug}", daemon=True)
        self._dossier = dossier
        self._stopping = threading.Event()
        self._differing: frozenset[str] = frozenset()  # told once by an event 90; a restart looks again

    def stop(self) -> None:
        self._stopping.set()
        self.join(timeout=5)

    def run(self) -> None:
        wait = FIRST_ROUND_S
        with bound(self._dossier):
            while not self._stopping.wait(wait):
                wait = ROUND_S
                try:
                    self.round()
                except Exception:  # the shop sells on: the next round tries again
                    logger.exception("closing round stopped", extra={"dossier": self._dossier.slug})
                connection.close()

    def round(self) -> None:
        """One try. What is blocked waits; sums that differ are not tried again, or each round would tell it anew."""
        self._change_rates()
        due = close_due(skip=self._differing)
        self._differing |= {period.label for period, refusal in due.waiting if refusal.code == "sums_differ"}
        for closing in due.made:
            logger.info("closed %s", closing, extra={"dossier": self._dossier.slug})

    def _change_rates(self) -> None:
        """Articles follow the law; tills have done so at midnight by themselves."""
        place, today = main_establishment(), timezone.localdate()
        changes = vat_changes(place.country, zone=place.zone, since=today - timedelta(days=31))
        if moved := apply_rate_changes(changes, today=today):
            logger.info("VAT rates: %d articles follow the law", moved, extra={"dossier": self._dossier.slug})


def start_closing(dossier: Dossier) -> None:
    """Starts the worker of a dossier that this process now serves; once."""
    if dossier.uuid not in _workers:
        _workers[dossier.uuid] = ClosingWorker(dossier)
        _workers[dossier.uuid].start()


def stop_closing() -> None:
    for worker in _workers.values():
        worker.stop()
    _workers.clear()
