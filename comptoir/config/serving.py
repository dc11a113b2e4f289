"""Which dossiers this server process holds: each is locked and checked before its first request is answered."""

import logging
import os
import threading
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connections

from comptoir.apps.till.services.prepare_apart import start_preparing, stop_preparing
from comptoir.config.anchor_worker import AnchorWorker
from comptoir.config.closing_worker import ClosingWorker
from comptoir.config.copy_worker import CopyWorker
from comptoir.config.mail_worker import MailWorker
from comptoir.config.print_worker import PrintWorker
from comptoir.config.rounds import Crew
from comptoir.config.server_clock import ClockWorker
from comptoir.config.start_events import tell_start
from comptoir.dossiers.backends.unsafe import UnsafeDatabase
from comptoir.dossiers.binding import Dossier, bound
from comptoir.dossiers.checking import Finding, serving_obstacles, unreadable
from comptoir.dossiers.lock import DossierBusy, DossierLock
from comptoir.dossiers.registry import dossiers

logger = logging.getLogger("comptoir.serving")

MOST_PREPARERS = 2  # one keeps up with what one process can book; a second serves many tills that catch up together
PURPOSE = "le serveur Comptoir"
_crews = [Crew(kind) for kind in (PrintWorker, MailWorker, AnchorWorker, ClosingWorker, CopyWorker, ClockWorker)]
_held: dict[UUID, DossierLock] = {}
_one_at_a_time = threading.Lock()


def take_all() -> None:
    """At the start of a worker: hold every dossier, while the process it may replace finishes dying."""
    start_preparing(processes=min(MOST_PREPARERS, (os.cpu_count() or 1) - 1))
    for dossier in dossiers():
        obstacles(dossier, patience_s=3)


def obstacles(dossier: Dossier, *, patience_s: int = 0) -> list[Finding]:
    """Why this process must not serve a dossier; empty once it holds it."""
    if not settings.COMPTOIR_SERVING or dossier.uuid in _held:
        return []
    with _one_at_a_time:
        if dossier.uuid in _held:
            return []
        found = _take(dossier, patience_s)
    for finding in found:
        logger.error("dossier refused: %s", finding.message, extra={"dossier": dossier.slug, "code": finding.check})
    return found


def _take(dossier: Dossier, patience_s: int) -> list[Finding]:
    lock = DossierLock(dossier)
    try:
        lock.acquire(purpose=PURPOSE, patience_s=patience_s)
    except DossierBusy as busy:
        return [Finding("busy", str(busy))]
    except UnsafeDatabase as unsafe:
        return [Finding("durability", str(unsafe))]
    found = _looked_at(dossier)
    if found:
        lock.release()
    else:
        _held[dossier.uuid] = lock
        for crew in _crews:
            crew.start(dossier)
    return found


def _looked_at(dossier: Dossier) -> list[Finding]:
    """What forbids serving; a database that does not answer is asked again at the next request."""
    try:
        with bound(dossier):
            found = serving_obstacles()
            if not found:
                tell_start()
        return found
    except DatabaseError as problem:
        connections.forget(dossier)
        return [Finding("unreachable", unreadable(dossier, problem))]


def release_all() -> None:
    """Give every dossier back."""
    for crew in _crews:
        crew.stop()
    stop_preparing()
    for lock in _held.values():
        lock.release()
    _held.clear()
