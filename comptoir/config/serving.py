"""Which dossiers this server process holds: each is locked and checked before its first request is answered."""

import logging
import threading
from uuid import UUID

from django.conf import settings

from comptoir.config.print_worker import start_printing, stop_printing
from comptoir.dossiers.binding import Dossier, bound
from comptoir.dossiers.checking import Finding, serving_obstacles
from comptoir.dossiers.lock import DossierBusy, DossierLock

logger = logging.getLogger("comptoir.serving")

PURPOSE = "le serveur Comptoir"
_held: dict[UUID, DossierLock] = {}
_one_at_a_time = threading.Lock()


def obstacles(dossier: Dossier) -> list[Finding]:
    """Why this process must not serve a dossier; empty once it holds it."""
    if not settings.COMPTOIR_SERVING or dossier.uuid in _held:
        return []
    with _one_at_a_time:
        if dossier.uuid in _held:
            return []
        found = _take(dossier)
    for finding in found:
        logger.error("dossier refused: %s", finding.message, extra={"dossier": dossier.slug, "code": finding.check})
    return found


def _take(dossier: Dossier) -> list[Finding]:
    lock = DossierLock(dossier)
    try:
        lock.acquire(purpose=PURPOSE)
    except DossierBusy as busy:
        return [Finding("busy", str(busy))]
    with bound(dossier):
        found = serving_obstacles()
    if found:
        lock.release()
    else:
        _held[dossier.uuid] = lock
        start_printing(dossier)
    return found


def release_all() -> None:
    """Give every dossier back."""
    stop_printing()
    for lock in _held.values():
        lock.release()
    _held.clear()
