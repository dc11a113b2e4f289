"""Notices that the server's clock went back, and tells it once (event 9125): at the start against what the dossier has seen of it,
while running against what it showed a moment ago. Sales go on: numbers rule, not instants."""

import json
from datetime import datetime, timedelta

from django.utils import timezone

from comptoir.apps.fiscal.event_codes import SERVER_CLOCK_BACK
from comptoir.apps.fiscal.models import Event
from comptoir.apps.fiscal.queries import last_received
from comptoir.apps.fiscal.services.seal_on_server import log_events, now_text
from comptoir.config.rounds import Rounds
from comptoir.dossiers.binding import Dossier

TOLERATED = timedelta(
    seconds=90
)  # machines of one shop are rarely closer; set right by the network, a clock moves less


def tell_clock_back(seen: datetime, *, now: datetime) -> bool:
    """An event 9125 when the clock shows `now` after it had shown `seen`, more than 90 seconds later; whether it was told."""
    if seen - now <= TOLERATED:
        return False
    detail = {"seconds": int((seen - now).total_seconds()), "last": now_text(seen)}
    log_events([{"code": SERVER_CLOCK_BACK, "detail": detail}], now=now)
    return True


def tell_clock_at_start(*, now: datetime | None = None) -> bool:
    """Holds the clock against the last thing that the bound dossier received; against the last event of the server when an
    earlier event 9125 already says why records are ahead of the clock."""
    received = last_received()
    if received is None:
        return False
    seen = datetime.fromisoformat(received)
    told = Event.objects.filter(code=SERVER_CLOCK_BACK, register="S")
    if any(one.at - TOLERATED <= seen <= _shown_before(one) + TOLERATED for one in told):
        last = Event.objects.filter(register="S").order_by("-record__generation", "-record__seq").first()
        assert last is not None, "one of them told it"
        seen = last.at
    return tell_clock_back(seen, now=now or timezone.now())


def _shown_before(told: Event) -> datetime:
    return datetime.fromisoformat(json.loads(told.detail)["last"])


class ClockWorker(Rounds):
    """Looks at the clock for one dossier until stopped."""

    work = "clock"
    first_round_s = round_s = 5.0

    def __init__(self, dossier: Dossier) -> None:
        super().__init__(dossier)
        self._seen = timezone.now()

    def round(self) -> None:
        """One look. What could not be told is told at the next: the clock is still behind what was seen."""
        now = timezone.now()
        if not tell_clock_back(self._seen, now=now):
            now = max(self._seen, now)
        self._seen = now
