"""The days that the home page speaks of, and the days it compares them with: the same weekdays, or the same dates, before."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from ..kit.days import NamedDays, named_days

WEEK = timedelta(days=7)


class Compared(NamedTuple):
    """`until` cuts the earlier days at the same moment, when the days shown are not over."""

    days: NamedDays
    first: date
    last: date
    until: datetime | None
    words: Any


def compared_days(code: str, *, now: datetime) -> Compared:
    """The named days asked for (today when there are none of that name), with what they are compared with; `now` is local."""
    today = now.date()
    known = {days.code: days for days in named_days(today)}
    days = known.get(code, known["jour"])
    if days.code == "mois":
        return _month_so_far(days, now=now)
    if days.code == "mois-dernier":
        last = days.first - timedelta(days=1)
        return Compared(days, last.replace(day=1), last, None, _("le mois d’avant"))
    until = now - WEEK if days.last == today else None
    words = {
        "jour": _("il y a 7 jours, même heure"),
        "hier": _("7 jours plus tôt"),
        "semaine": _("la semaine passée, même moment"),
    }
    return Compared(days, days.first - WEEK, days.last - WEEK, until, words[days.code])


def _month_so_far(days: NamedDays, *, now: datetime) -> Compared:
    """The same dates of the month before; on the 31st, all of a shorter month."""
    end = days.first - timedelta(days=1)
    first = end.replace(day=1)
    last = min(end, first + (days.last - days.first))
    until = now - (days.last - last) if last.day == days.last.day else None
    return Compared(days, first, last, until, _("le mois passé, mêmes dates"))
