"""The days that a shopkeeper asks for by name: today, yesterday, this week, this month, last month."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _


class NamedDays(NamedTuple):
    """Business dates under a name, both included; `code` stands in addresses."""

    code: str
    label: Any
    first: date
    last: date


def named_days(today: date) -> list[NamedDays]:
    """The five spans, each ending today at the latest; a week begins on Monday."""
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    return [
        NamedDays("jour", _("Aujourd’hui"), today, today),
        NamedDays("hier", _("Hier"), today - timedelta(days=1), today - timedelta(days=1)),
        NamedDays("semaine", _("Cette semaine"), today - timedelta(days=today.weekday()), today),
        NamedDays("mois", _("Ce mois"), month, today),
        NamedDays("mois-dernier", _("Mois dernier"), before.replace(day=1), before),
    ]
