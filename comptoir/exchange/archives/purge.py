"""Purge of what a verified archive covers and the law does not ask to keep in the dossier: the papers sent to printers.

Sealed records, the rows that follow from them, the journal and closings are never purged: see the decision record."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from comptoir.apps.access.services.require_right import require_right
from comptoir.apps.fiscal.event_codes import PURGED
from comptoir.apps.fiscal.services.seal_on_server import log_event
from comptoir.apps.printing.models import PrintJob, PrintState

from .create import ALL, ArchiveRefused
from .shelf import Shelved, shelved_archive

AT_LEAST_DAYS = 35  # as long as tills keep what they sent: a late one may still ask for its paper


class Purged(NamedTuple):
    """How many papers went, and up to which instant."""

    papers: int
    before: datetime


def purge_covered(pk: UUID, *, by: Any, now: datetime | None = None) -> Purged:
    """Deletes the print jobs, and their states, older than the end of this archive, or than the archive itself when it was
    made before its last day was over; an event 9173 tells how many.

    Raises RightMissing without `archives.purge`; ArchiveRefused unless the archive covers every register, was found intact
    by a verification, was downloaded, and ended at least 35 days ago: nothing is deleted then."""
    require_right(by, right="archives.purge")
    one = shelved_archive(pk)
    if one is None:
        raise ArchiveRefused("Cette archive n’existe pas.")
    now = now or timezone.now()
    _check(one, now)
    before = min(_end_of(one), one.at)  # it holds nothing of what came after it was made
    with transaction.atomic():
        papers = _delete_papers(before)
        detail = {"archive": str(pk), "number": one.number, "papers": papers, "until": one.last.isoformat()}
        log_event(PURGED, detail=detail, operator={"id": str(by.pk), "name": by.name})
    return Purged(papers, before)


def purge_obstacle(one: Shelved, *, now: datetime | None = None) -> str:
    """Why this archive allows no purge, in words for people; empty when it does."""
    if one.scope != ALL:
        return "Une archive d’une seule caisse ne couvre pas le reste : faites-en une de toutes les caisses."
    if one.ruptures:
        return "Cette archive contient une rupture : rien ne se purge avant qu’elle soit expliquée."
    if one.verified_at is None or not one.intact:
        return "Vérifiez d’abord cette archive."
    if one.downloaded_at is None:
        return "Téléchargez d’abord cette archive et gardez-la hors de cet ordinateur."
    if _end_of(one) > (now or timezone.now()) - timedelta(days=AT_LEAST_DAYS):
        return f"Cette archive est trop récente : {AT_LEAST_DAYS} jours après son dernier jour au plus tôt."
    return ""


def _check(one: Shelved, now: datetime) -> None:
    obstacle = purge_obstacle(one, now=now)
    if obstacle:
        raise ArchiveRefused(obstacle)


def _end_of(one: Shelved) -> datetime:
    return timezone.make_aware(datetime(one.last.year, one.last.month, one.last.day)) + timedelta(days=1)


def _delete_papers(before: datetime) -> int:
    """Their tables refuse DELETE: the refusal is lifted and put back in this one transaction, for these two tables."""
    papers = PrintJob.objects.filter(at__lt=before)
    count = papers.count()
    tables = (PrintState._meta.db_table, PrintJob._meta.db_table)
    with settings.DELETION_ALLOWED(*tables), connection.cursor() as cursor:
        cursor.execute(
            f'DELETE FROM "{tables[0]}" WHERE job_id IN (SELECT id FROM "{tables[1]}" WHERE at < %s)',  # noqa: S608
            [before],
        )
        cursor.execute(f'DELETE FROM "{tables[1]}" WHERE at < %s', [before])  # noqa: S608 - names of models
    return count
