"""What the journal must know when a dossier begins to be served: another version of the software, a clock gone back."""

import json
from datetime import datetime, timedelta

from django.utils import timezone

from comptoir import __version__
from comptoir.apps.fiscal.event_codes import DATA_INITIALISED, SERVER_CLOCK_BACK, VERSION_INSTALLED
from comptoir.apps.fiscal.models import Event
from comptoir.apps.fiscal.services.seal_on_server import log_event

TOLERATED = timedelta(seconds=90)  # two machines of one shop are rarely closer


def tell_creation() -> None:
    """The first events of a dossier: its data were initialised, by this version."""
    log_event(DATA_INITIALISED, detail={"version": __version__})
    log_event(VERSION_INSTALLED, detail={"version": __version__, "before": ""})


def tell_start(*, now: datetime | None = None) -> None:
    """An event 250 when this version is not the last one told; an event 9125 when the server's own journal is ahead of its
    clock. Otherwise nothing is written."""
    known = Event.objects.filter(code=VERSION_INSTALLED, register="S").order_by("-record__seq").first()
    before = json.loads(known.detail).get("version", "") if known else ""
    if before != __version__:
        log_event(VERSION_INSTALLED, detail={"version": __version__, "before": before})
    now = now or timezone.now()
    last = Event.objects.filter(register="S").order_by("-at").values_list("at", flat=True).first()
    if last is not None and last - now > TOLERATED:
        detail = {"seconds": int((last - now).total_seconds()), "last": f"{last:%Y-%m-%dT%H:%M:%SZ}"}
        log_event(SERVER_CLOCK_BACK, detail=detail)
