"""Copies as people and the server's worker ask for them; the files themselves are the business of dossiers/copies.py."""

import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils import timezone

from comptoir import __version__
from comptoir.apps.access.services.require_right import require_right
from comptoir.apps.fiscal.event_codes import EXPORTED
from comptoir.apps.fiscal.services.seal_on_server import log_event
from comptoir.dossiers.binding import required_dossier
from comptoir.dossiers.copies import Copy, CopyRefused, copies_of, forget_old, write_copy

TOO_OLD = timedelta(days=2)
_one_at_a_time = threading.Lock()
_problems: dict[UUID, str] = {}


def make_copy(*, by: Any, folder: Path | None = None, now: datetime | None = None) -> Copy:
    """A copy that a person asks for, in the data folder or elsewhere.

    Raises RightMissing without `dossier.maintain`, CopyRefused when nothing could be written."""
    require_right(by, right="dossier.maintain")
    with _one_at_a_time:
        copy = write_copy(required_dossier(), folder=folder, reason="demand", version=__version__, now=now)
    if folder is None:
        forget_old(required_dossier())
    return copy


def make_daily_copy(*, now: datetime | None = None) -> Copy | None:
    """The day's copy of the bound dossier, unless this local day has one; raises CopyRefused."""
    now = now or timezone.now()
    with _one_at_a_time:
        day = timezone.localtime(now).date()
        if any(timezone.localtime(copy.manifest.made).date() == day for copy in present_copies() if _daily(copy)):
            return None
        copy = write_copy(required_dossier(), reason="daily", version=__version__, now=now)
    forget_old(required_dossier())
    return copy


def present_copies() -> list[Copy]:
    """The copies in the data folder whose file is there, latest first."""
    return [copy for copy in copies_of(required_dossier()) if copy.here]


def copy_age(*, now: datetime | None = None) -> timedelta | None:
    """How old the last copy is; None when there is none."""
    copies = present_copies()
    return (now or timezone.now()) - copies[0].manifest.made if copies else None


def is_too_old(age: timedelta | None) -> bool:
    return age is None or age > TOO_OLD


def take_copy(name: str, *, by: Any) -> Path:
    """The file of a copy, to be downloaded; who takes it is told first by an event 110.

    Raises RightMissing without `dossier.maintain`, CopyRefused for a name that is no copy of this dossier."""
    require_right(by, right="dossier.maintain")
    chosen = next((copy for copy in present_copies() if copy.path.name == name), None)
    if chosen is None:
        raise CopyRefused("Cette copie n’est plus sur ce serveur.")
    log_event(
        EXPORTED, detail={"kind": "copie du dossier", "file": name, "sha256": chosen.manifest.sha256},
        operator={"id": str(by.pk), "name": by.name},
    )  # fmt: skip
    return chosen.path


def note_problem(sentence: str) -> None:
    """Keeps why the last daily copy was not made; empty once one is. As long as the server runs."""
    _problems[required_dossier().uuid] = sentence


def last_problem() -> str:
    return _problems.get(required_dossier().uuid, "")


def _daily(copy: Copy) -> bool:
    return copy.manifest.reason == "daily"
