"""Days on which no register opened get a sealed closing of zero, so that no day of a closed month is without one."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from comptoir.apps.fiscal.chains import parse_chain
from comptoir.apps.fiscal.queries import chain_names
from comptoir.apps.fiscal.raw_rows import insert_rows
from comptoir.apps.fiscal.services.seal_on_server import Operator, lock_chain, log_events, seal_on_server
from comptoir.apps.settings.queries import main_establishment
from comptoir.engine.period import empty_period, perpetual_after

from ..models import Closing, DrawerSession, PeriodClosing
from ..periods import DAY, first_day
from ..projection import period_row
from ..tables import PERIODS

CLOSED_DAY = 50


def days_without_opening(first: date, *, last: date) -> list[date]:
    """The days of this span, both included, from the dossier's first one on, on which nothing was opened nor closed and
    that have no closing of their own yet."""
    begun = first_day()
    if begun is None:
        return []
    span = (max(first, begun), last)
    taken = set(Closing.objects.filter(business_date__range=span).values_list("business_date", flat=True))
    taken |= set(DrawerSession.objects.filter(business_date__range=span).values_list("business_date", flat=True))
    taken |= set(PeriodClosing.objects.filter(kind=DAY, first_date__range=span).values_list("first_date", flat=True))
    days = (span[0] + timedelta(days=number) for number in range((last - span[0]).days + 1))
    return [day for day in days if day not in taken]


def close_empty_days(
    first: date, *, last: date, operator: Operator | None = None, now: datetime | None = None
) -> list[date]:
    """Seals `day/1`, total zero, for each day without opening of this span; returns them. One event 50 tells them all.

    A Z that arrives later for such a day is booked all the same, and the month that takes it says so. Must be called
    once nothing blocks the span. Idempotent: a day has one closing (constraint). Source: compliance notes, closings."""
    with transaction.atomic():
        lock_chain("period-closings")
        days = days_without_opening(first, last=last)
        for day in days:
            sealed = seal_on_server(
                DAY, fields=_fields(day), operator=operator, establishment=main_establishment().number, now=now
            )
            insert_rows(connection, [(PERIODS, [period_row(sealed)])])
        if days:
            detail = {"days": [day.isoformat() for day in days], "total_minor": 0}
            log_events([{"code": CLOSED_DAY, "detail": detail, "operator": operator}], now=now)
    return days


def _fields(day: date) -> dict[str, Any]:
    span = {"first": day.isoformat(), "last": day.isoformat()}
    return {
        "period": span, "totals": empty_period(), "total_minor": 0, "ranges": [], "uncovered": [], "outside": [],
        "heads": [], **perpetual_after({"before": [], "registers": _standing_at(day)}),
    }  # fmt: skip


def _standing_at(day: date) -> list[dict[str, Any]]:
    """Where each enrolment stood after its last Z up to this day."""
    rows: list[dict[str, Any]] = []
    for name in chain_names():
        chain = parse_chain(name)
        if chain is None or chain.type != "z":
            continue
        last = Closing.objects.filter(chain=name, business_date__lte=day).order_by("-seq").first()
        if last is not None:
            rows.append({
                "register": chain.register, "generation": chain.generation,
                "perpetual_algebraic_minor": last.perpetual_algebraic_minor,
                "perpetual_absolute_minor": last.perpetual_absolute_minor,
            })  # fmt: skip
    return rows
