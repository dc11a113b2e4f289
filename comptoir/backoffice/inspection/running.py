"""An inspection: the chains verified, the period archived, and both told in the journal under code 280."""

import json
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _

from comptoir.apps.access.services.require_right import require_right
from comptoir.apps.fiscal.event_codes import INSPECTION
from comptoir.apps.fiscal.models import Event, Record
from comptoir.apps.fiscal.services.seal_on_server import log_event
from comptoir.apps.till.services.verify_dossier import verify_dossier
from comptoir.exchange.archives.create import ALL, create_archive
from comptoir.exchange.archives.shelf import shelved_archive

from ..kit.work import Progress

MOST_TOLD = 20


class Inspection(NamedTuple):
    """What an inspection found, as its second event keeps it."""

    pk: UUID
    at: Any
    by: str
    first: date
    last: date
    scope: str
    records: int
    findings: list[dict[str, Any]]
    archive: Any


def open_inspection(first: date, last: date, *, scope: str, by: Any) -> None:
    """Tells the journal that an inspection begins: who, which days. Raises RightMissing without `audit.view` and
    `exports.create`."""
    for right in ("audit.view", "exports.create"):
        require_right(by, right=right)
    detail = {"step": "opened", "first": first.isoformat(), "last": last.isoformat(), "scope": scope or ALL}
    log_event(INSPECTION, detail=detail, operator=_operator(by))


def run_inspection(first: date, last: date, *, scope: str, by: Any, progress: Progress) -> UUID:
    """Verifies every chain against the anchors, archives the days, and keeps both answers in an event 280; returns its id.

    A rupture stops neither. Raises ArchiveRefused for days that cannot be archived."""
    step = progress(max(1, Record.objects.count() * 3))
    checked = verify_dossier(anchors=True, progress=step)
    made = create_archive(first, last, scope=scope or ALL, actor=by, progress=lambda total: step)
    archive = Record.objects.filter(type="archive").order_by("-received_at", "-seq").values_list("id", flat=True)[0]
    told = [one._asdict() for one in checked.findings[:MOST_TOLD]]
    detail = {
        "step": "done", "first": first.isoformat(), "last": last.isoformat(), "scope": scope or ALL,
        "records": checked.records, "findings": told, "count": len(checked.findings), "archive": str(archive),
        "number": made.number,
    }  # fmt: skip
    log_event(INSPECTION, detail=detail, operator=_operator(by))
    return inspections()[0].pk


def inspections() -> list[Inspection]:
    """Those that came to their end, latest first."""
    events = Event.objects.filter(code=INSPECTION).order_by("-at", "-record_id")[:100]
    return [_read(event) for event in events if json.loads(event.detail).get("step") == "done"]


def inspection(pk: UUID) -> Inspection | None:
    event = Event.objects.filter(code=INSPECTION, record=pk).first()
    return _read(event) if event is not None and json.loads(event.detail).get("step") == "done" else None


def _read(event: Event) -> Inspection:
    said = json.loads(event.detail)
    return Inspection(
        event.pk, event.at, event.operator_name, date.fromisoformat(said["first"]), date.fromisoformat(said["last"]),
        said["scope"], said["records"], said["findings"], shelved_archive(UUID(said["archive"])),
    )  # fmt: skip


def _operator(by: Any) -> dict[str, str]:
    return {"id": str(by.pk), "name": by.name}


def verdict(one: Inspection) -> str:
    """One sentence for people."""
    if one.findings:
        return _("%d anomalie(s) constatée(s) : elles sont nommées ci-dessous et dans l’archive.") % len(one.findings)
    return _("Tout est intact : %d enregistrements relus, chaînes, sommes et ancrages compris.") % one.records
