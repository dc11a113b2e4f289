"""Closing without being asked: what is over since some days and that nothing blocks. The server's clock work calls it."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction

from comptoir.apps.access.services.require_right import require_right
from comptoir.apps.fiscal.event_codes import COMPLIANCE_SETTING
from comptoir.apps.fiscal.identifiers import uuid7
from comptoir.apps.fiscal.services.seal_on_server import log_events, now_text

from ..models import AutomaticClosing, PeriodClosing
from ..periods import MONTH, YEAR, Period, automatic_closing, local_today, next_to_close
from .close_period import PeriodRefused, close_periods


class Due(NamedTuple):
    """What was sealed, and what waits with the refusal that says why."""

    made: list[PeriodClosing]
    waiting: list[tuple[Period, PeriodRefused]]


def close_due(*, now: datetime | None = None, skip: frozenset[str] = frozenset()) -> Due:
    """Closes months, then years, whose end is more than the chosen number of days ago, oldest first, with catch-up.

    What is blocked is left, with its refusal. Labels in `skip` are not tried (their sums already differed: an event told
    it once). Does nothing when automatic closing is off. Never raises PeriodRefused."""
    rule = automatic_closing()
    made: list[PeriodClosing] = []
    waiting: list[tuple[Period, PeriodRefused]] = []
    if not rule.enabled:
        return Due(made, waiting)
    limit = local_today(now) - timedelta(days=rule.after_days)
    for kind in (MONTH, YEAR):
        while (period := next_to_close(kind)) is not None and period.last < limit and period.label not in skip:
            try:
                made += close_periods(kind, through=period, now=now)
            except PeriodRefused as refusal:
                waiting.append((period, refusal))
                break
    return Due(made, waiting)


def set_automatic_closing(*, enabled: bool, after_days: int, by: Any, now: datetime | None = None) -> None:
    """From now on finished periods are closed by themselves, or not. The change is an event 270.

    Raises RightMissing without `settings.edit`; ValueError for days out of 1 to 31: nothing is written then."""
    require_right(by, right="settings.edit")
    if not 1 <= after_days <= 31:
        raise ValueError("Entre 1 et 31 jours après la fin de la période.")
    operator = {"id": str(by.pk), "name": by.name}
    with transaction.atomic():
        AutomaticClosing.objects.create(
            id=uuid7(), enabled=enabled, after_days=after_days, operator_id=operator["id"],
            operator_name=operator["name"], at=now_text(now),
        )  # fmt: skip
        value = after_days if enabled else 0
        detail = {"setting": "automatic_closing_after_days", "value": value}
        log_events([{"code": COMPLIANCE_SETTING, "detail": detail, "operator": operator}], now=now)
