"""What the journal must know when a dossier begins to be served: another version of the software, a clock gone back."""

import json
from datetime import datetime

from comptoir import __version__
from comptoir.apps.fiscal.event_codes import DATA_INITIALISED, VERSION_INSTALLED
from comptoir.apps.fiscal.models import Event
from comptoir.apps.fiscal.services.seal_on_server import log_event
from comptoir.dossiers.copies import Copy

from .server_clock import tell_clock_at_start


def tell_creation() -> None:
    """The first events of a dossier: its data were initialised, by this version."""
    log_event(DATA_INITIALISED, detail={"version": __version__})
    log_event(VERSION_INSTALLED, detail={"version": __version__, "before": ""})


def tell_update(*, steps: int, copy: Copy) -> None:
    """An event 250: the tables were brought up to date, and in which copy the dossier is kept as it was before."""
    known = {"file": copy.path.name, "sha256": copy.manifest.sha256}
    log_event(VERSION_INSTALLED, detail={"version": __version__, "before": _version_told(), "steps": steps, **known})


def tell_start(*, now: datetime | None = None) -> None:
    """An event 250 when this version is not the last one told; an event 9125 when the clock is behind what the dossier has seen
    of it. Otherwise nothing is written."""
    before = _version_told()
    if before != __version__:
        log_event(VERSION_INSTALLED, detail={"version": __version__, "before": before})
    tell_clock_at_start(now=now)


def _version_told() -> str:
    """The version of the last event 250; empty when there is none."""
    told = Event.objects.filter(code=VERSION_INSTALLED, register="S")
    known = told.order_by("-record__generation", "-record__seq").first()
    return json.loads(known.detail).get("version", "") if known else ""
