"""Months and years: which there are, which are closed, what the next one is. Reads only."""

import calendar
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Min, QuerySet
from django.utils import timezone

from comptoir.engine.calendar import MONTHS

from .models import AutomaticClosing, Closing, DrawerSession, FiscalYearStart, PeriodClosing

DAY, MONTH, YEAR = "day", "month", "year"
AUTOMATIC_AFTER_DAYS = 5


class Period(NamedTuple):
    """Whole civil months: one, or those of a year; or one day."""

    kind: str
    first: date
    last: date

    @property
    def label(self) -> str:
        """As a shopkeeper says it: `22/11/2026`, `novembre 2026`, `année 2026`, `exercice du 01/07/2026 au 30/06/2027`."""
        if self.kind == DAY:
            return f"{self.first:%d/%m/%Y}"
        if self.kind == MONTH:
            return f"{MONTHS[self.first.month - 1]} {self.first.year}"
        if (self.first.month, self.last.month) == (1, 12):
            return f"année {self.first.year}"
        return f"exercice du {self.first:%d/%m/%Y} au {self.last:%d/%m/%Y}"


def month_of(day: date) -> Period:
    """The civil month of a day."""
    return Period(MONTH, day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1]))


def months_in(period: Period) -> list[Period]:
    """Its months, in order."""
    months = [month_of(period.first)]
    while months[-1].last < period.last:
        months.append(month_of(months[-1].last + timedelta(days=1)))
    return months


def local_today(now: datetime | None = None) -> date:
    """Today in the shop's time zone."""
    return timezone.localdate(now)


def period_closings(kind: str) -> QuerySet[PeriodClosing]:
    """The closings of this kind, latest first."""
    return PeriodClosing.objects.filter(kind=kind).order_by("-first_date")


def closing_of_period(period: Period) -> PeriodClosing | None:
    return PeriodClosing.objects.filter(kind=period.kind, first_date=period.first).first()


def fiscal_first_month() -> int:
    """The month, 1 to 12, in which a fiscal year starts: the last decision, January without any."""
    last = FiscalYearStart.objects.order_by("-at", "-id").first()
    return last.first_month if last else 1


class Automatic(NamedTuple):
    """Whether finished periods close by themselves, and how many days after their end."""

    enabled: bool
    after_days: int


def automatic_closing() -> Automatic:
    """The last decision; without any, yes, after five days: late tills have sent by then."""
    last = AutomaticClosing.objects.order_by("-at", "-id").first()
    return Automatic(last.enabled, last.after_days) if last else Automatic(True, AUTOMATIC_AFTER_DAYS)


def first_day() -> date | None:
    """The first business date of the dossier; None before any register opened."""
    days = [
        model.objects.aggregate(first=Min("business_date"))["first"] for model in (Closing, DrawerSession)
    ]  # a Z may be here before its opening
    return min((day for day in days if day is not None), default=None)


def next_to_close(kind: str) -> Period | None:
    """The period that follows the last one closed, finished or not; None before any register opened.

    A year follows the year before and ends with the fiscal year: after a change of fiscal year it may be shorter."""
    last = period_closings(kind).first()
    if last is not None:
        start = last.last_date + timedelta(days=1)
        return month_of(start) if kind == MONTH else Period(YEAR, start, _end_of_year(start))
    day = first_day()
    if day is None:
        return None
    return month_of(day) if kind == MONTH else fiscal_year_of(day)


def fiscal_year_of(day: date) -> Period:
    """The fiscal year of a day, by the decision that holds now."""
    last = _end_of_year(day)
    first = date(last.year, 1, 1) if last.month == 12 else date(last.year - 1, last.month + 1, 1)
    return Period(YEAR, first, last)


def _end_of_year(day: date) -> date:
    last_month = (fiscal_first_month() - 2) % 12 + 1
    year = day.year if day.month <= last_month else day.year + 1
    return month_of(date(year, last_month, 1)).last
