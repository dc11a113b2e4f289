"""Months and years close by themselves once they are over for some days, catch up, leave what is blocked, tell it once."""

from datetime import UTC, date, datetime

import pytest

from comptoir.apps.access.refusals import RightMissing
from comptoir.apps.fiscal.models import Event, Record
from comptoir.apps.treasury.models import AutomaticClosing, PeriodClosing
from comptoir.apps.treasury.periods import DAY
from comptoir.apps.treasury.services.close_due import close_due, set_automatic_closing
from comptoir.apps.treasury.services.close_empty_days import days_without_opening
from tests.apps.access.people import one_of_each
from tests.apps.till.shop import enrolled_till, send, set_up_shop
from tests.apps.treasury.months import open_day, whole_day


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T08:00:00+00:00").astimezone(UTC)


def sealed() -> list[tuple[str, str]]:
    rows = PeriodClosing.objects.exclude(kind=DAY).order_by("last_date", "kind")
    return [(row.kind, str(row.first_date)) for row in rows]


@pytest.mark.feature("FISC-03")
def test_five_days_after_the_end_then_catching_up(dossier) -> None:
    set_up_shop("C1")
    till = enrolled_till()
    whole_day(till, "2026-10-30")
    whole_day(till, "2026-12-31")
    assert close_due(now=at("2026-11-05")).made == []
    assert [one.total_minor for one in close_due(now=at("2026-11-06")).made] == [120]
    assert close_due(now=at("2026-11-06")).made == []
    close_due(now=at("2027-03-01"))
    assert sealed() == [
        ("month", "2026-10-01"), ("month", "2026-11-01"), ("month", "2026-12-01"), ("year", "2026-01-01"),
        ("month", "2027-01-01"),
    ]  # fmt: skip
    empty = PeriodClosing.objects.filter(kind=DAY).order_by("first_date")
    assert [str(day.first_date) for day in empty[:2]] == ["2026-10-31", "2026-11-01"]
    assert empty.count() == 1 + 30 + 30 + 31
    assert days_without_opening(date(2026, 10, 1), last=date(2027, 1, 31)) == []


def test_what_is_blocked_waits_and_is_given_back(dossier) -> None:
    set_up_shop("C1")
    till = enrolled_till()
    open_day(till, "2026-10-30")
    send(till)
    before = Record.objects.count()
    due = close_due(now=at("2026-12-10"))
    assert due.made == [] and [(one.label, why.code) for one, why in due.waiting] == [
        ("octobre 2026", "blocked"),
    ]  # fmt: skip
    assert Record.objects.count() == before
    assert close_due(now=at("2026-12-10"), skip=frozenset({"octobre 2026"})).waiting == []


def test_turned_off_by_the_owner_alone(dossier) -> None:
    set_up_shop("C1")
    people = one_of_each()
    whole_day(enrolled_till(), "2026-10-30")
    with pytest.raises(RightMissing):
        set_automatic_closing(enabled=False, after_days=5, by=people["manager"])
    for days in (0, 32):
        with pytest.raises(ValueError, match="Entre 1 et 31"):
            set_automatic_closing(enabled=True, after_days=days, by=people["owner"])
    assert not AutomaticClosing.objects.exists() and not Event.objects.filter(code=270).exists()
    set_automatic_closing(enabled=False, after_days=5, by=people["owner"])
    assert close_due(now=at("2026-12-10")).made == []
    set_automatic_closing(enabled=True, after_days=30, by=people["owner"])
    assert close_due(now=at("2026-11-30")).made == []
    assert len(close_due(now=at("2026-12-01")).made) == 1
