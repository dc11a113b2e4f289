"""The calendar of closings: each day of a month, each month of a year, with where it stands. Reads only."""

import calendar
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils.translation import gettext as _

from comptoir.apps.treasury.models import Closing, PeriodClosing
from comptoir.apps.treasury.periods import (
    DAY,
    MONTH,
    YEAR,
    Period,
    closing_of_period,
    first_day,
    fiscal_year_of,
    local_today,
    month_of,
    months_in,
    next_to_close,
)
from comptoir.apps.treasury.queries import sessions

KNOWN_YEARS = range(2000, 2200)  # a calendar shows the months around it too: none may lie beyond what dates can say


def shown_month(text: str) -> Period:
    """The month asked for as `2026-11`; when it is none, the oldest one that is over and not closed, or this month."""
    try:
        year, month = text.split("-")
        asked = month_of(date(int(year), int(month), 1))
        if asked.first.year in KNOWN_YEARS:
            return asked
    except (ValueError, OverflowError):
        pass
    today, following = local_today(), next_to_close(MONTH)
    return following if following is not None and following.last < today else month_of(today)


def weeks_of(month: Period) -> list[list[dict[str, Any] | None]]:
    """Weeks from Monday; None outside the month."""
    days = {row["day"]: row for row in days_of(month)}
    weeks = calendar.Calendar().monthdatescalendar(month.first.year, month.first.month)
    return [[days.get(day) for day in week] for week in weeks]


def days_of(month: Period) -> list[dict[str, Any]]:
    """Each day: its Z, drawers still open, and the words that say where it stands."""
    span = (month.first, month.last)
    closed = {
        row["business_date"]: row
        for row in Closing.objects.filter(business_date__range=span)
        .values("business_date")
        .annotate(n=Count("pk"), total_minor=Sum("total_minor"))
    }
    opened: dict[date, list[str]] = {}
    for session in sessions().filter(closed=False, business_date__range=span):
        opened.setdefault(session.business_date, []).append(session.register)
    empty = set(PeriodClosing.objects.filter(kind=DAY, first_date__range=span).values_list("first_date", flat=True))
    begun, today = first_day(), local_today()
    days = [month.first + timedelta(days=number) for number in range((month.last - month.first).days + 1)]
    return [
        _day(day, closed=closed.get(day), opened=sorted(opened.get(day, [])), empty=day in empty, begun=begun, today=today)
        for day in days
    ]  # fmt: skip


def _day(
    day: date, *, closed: dict[str, Any] | None, opened: list[str], empty: bool, begun: date | None, today: date
) -> dict[str, Any]:
    n = closed["n"] if closed else 0
    if opened:
        words, tone = _("%s à clôturer") % ", ".join(opened), "info" if day == today else "bad"
    elif n:
        words, tone = (_("%d Z") % n), "ok"
    elif empty:
        words, tone = _("Fermé, scellé"), "quiet"
    elif begun is None or day < begun or day > today:
        words, tone = "", ""
    else:
        words, tone = (_("Pas encore ouvert") if day == today else _("Fermé")), "quiet"
    address = f"{reverse('closing_list')}?du={day}&au={day}" if n else ""
    if opened:  # the drawer that waits comes first; the day's Z stand beside it in that list
        address = f"{reverse('session_list')}?du={day}&au={day}"
    return {
        "day": day, "words": words, "tone": tone, "url": address, "today": day == today,
        "total_minor": closed["total_minor"] if closed else None,
    }  # fmt: skip


def year_shown(month: Period) -> Period:
    """The fiscal year that holds a month: as it was closed, as it is next to close (shorter after a change of rule), or as
    the current rule says."""
    row = PeriodClosing.objects.filter(kind=YEAR, first_date__lte=month.first, last_date__gte=month.last).first()
    if row is not None:
        return Period(YEAR, row.first_date, row.last_date)
    following = next_to_close(YEAR)
    if following is not None and following.first <= month.first and month.last <= following.last:
        return following
    return fiscal_year_of(month.first)


def months_of(year: Period) -> list[dict[str, Any]]:
    """The months of a year with their closing or where they stand, and what their Z make so far; the months before the shop
    opened stand together in one row."""
    rows = [standing_of(month) for month in months_in(year)]
    sums = _sums_by_month(year)
    for row in rows:
        closing = row["closing"]
        row["so_far"] = None if closing else sums.get(row["period"].first)
        row["sums"] = {"n": closing.ticket_count, "total_minor": closing.total_minor} if closing else row["so_far"]
    early = [row for row in rows if row.get("before_opening")]
    if len(early) < 2:
        return rows
    words = _("%(first)s à %(last)s") % {"first": early[0]["label"].split()[0], "last": early[-1]["label"]}
    return [early[0] | {"label": words}, *rows[len(early) :]]


def _sums_by_month(year: Period) -> dict[date, dict[str, Any]]:
    """Tickets and total of the Z of each month, by its first day."""
    rows = (
        Closing.objects.filter(business_date__range=(year.first, year.last))
        .annotate(month=TruncMonth("business_date")).order_by().values("month")
        .annotate(n=Sum("ticket_count"), total_minor=Sum("total_minor"))
    )  # fmt: skip
    return {row["month"]: row for row in rows}


def year_sums(rows: list[dict[str, Any]]) -> dict[str, int]:
    """Tickets and total of a year, from its months."""
    known = [row["sums"] for row in rows if row["sums"]]
    return {"n": sum(row["n"] for row in known), "total_minor": sum(row["total_minor"] for row in known)}


def standing_of(period: Period) -> dict[str, Any]:
    """One period with its closing or where it stands."""
    closing = closing_of_period(period)
    begun, today = first_day(), local_today()
    row: dict[str, Any] = {"period": period, "label": period.label, "closing": closing, "can_close": False}
    if closing is not None:
        return row | {"words": _("Clôturé"), "tone": "ok"}
    if begun is None or period.last < begun:
        return row | {"words": _("Avant l’ouverture"), "tone": "", "before_opening": True}
    if period.last >= today:
        return row | {"words": _("En cours") if period.first <= today else _("À venir"), "tone": ""}
    following = next_to_close(period.kind)
    return row | {"words": _("À clôturer"), "tone": "warn", "can_close": following is not None}


def around(month: Period) -> dict[str, str]:
    """The months before and after, as the address writes them."""
    before, after = month.first - timedelta(days=1), month.last + timedelta(days=1)
    return {"before": f"{before:%Y-%m}", "after": f"{after:%Y-%m}"}
