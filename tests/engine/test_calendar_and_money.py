"""Civil dates against the standard library, and the way amounts are written for French readers."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from comptoir.engine.calendar import civil_date, day_number, long_date, stamp, summer_minutes
from comptoir.engine.checks import Refusal
from comptoir.engine.money import format_euro, format_minor, format_quantity, format_rate, format_unit_price

EPOCH = date(1900, 1, 1)
MINUTE = timedelta(minutes=1)


def test_every_day_of_two_centuries():
    start = day_number(1900, 1, 1)
    for offset in range(73049):
        day = EPOCH + timedelta(days=offset)
        assert civil_date(start + offset) == (day.year, day.month, day.day)
        assert day_number(day.year, day.month, day.day) == start + offset


@pytest.mark.parametrize("offset", [-720, -60, 0, 60, 120, 345, 840])
@pytest.mark.parametrize(
    "at", ["2026-11-22T09:11:12Z", "2024-02-29T23:59:59Z", "2027-01-01T00:00:00Z", "2000-03-01T00:00:00Z"]
)
def test_local_stamp(at, offset):
    moment = datetime.fromisoformat(at[:-1]) + timedelta(minutes=offset)
    assert stamp(at, offset, "at") == moment.strftime("%Y%m%d%H%M%S")


@pytest.mark.parametrize(
    "at",
    ["", "2026-11-22", "2026-11-22T09:11:12", "2026-11-22 09:11:12Z", "2026-13-01T00:00:00Z", "2025-02-29T00:00:00Z"],
)
def test_what_is_not_an_instant(at):
    with pytest.raises(Refusal):
        stamp(at, 0, "at")


def test_days_are_named():
    assert long_date("2026-11-20", "d") == "vendredi 20 novembre 2026"
    assert long_date("2026-08-01", "d") == "samedi 1er août 2026"


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "0,00"),
        (5, "0,05"),
        (-5, "−0,05"),
        (123456, "1\u202f234,56"),
        (-100000000, "−1\u202f000\u202f000,00"),
        (99999, "999,99"),
    ],
)
def test_amounts(amount, text):
    assert format_minor(amount) == text
    assert format_euro(amount) == text + "\u00a0€"


def test_quantities_prices_and_rates():
    assert [format_quantity(q, False) for q in (1000, 2500, -3000, 1234567000)] == [
        "1",
        "2,5",
        "−3",
        "1\u202f234\u202f567",
    ]
    assert [format_quantity(q, True) for q in (440, 1000, -5)] == ["0,440", "1,000", "−0,005"]
    assert [format_unit_price(p) for p in (34500, 3333, 100, 12345678)] == ["3,45", "0,3333", "0,01", "1\u202f234,5678"]
    assert [format_rate(r) for r in (550, 2000, 210, 0)] == ["5,5\u00a0%", "20\u00a0%", "2,1\u00a0%", "0\u00a0%"]


def test_summer_time_of_the_union_for_thirty_years():
    """Against the time zone database, at both sides of each change."""
    paris = ZoneInfo("Europe/Paris")
    for year in range(2010, 2040):
        for month in range(1, 13):
            for day, hour in [(1, 0), (24, 23), (25, 0), (25, 1), (28, 0), (28, 1), (31, 0), (31, 1)]:
                at = datetime(year, month, min(day, 28 if month == 2 else 30 if month in (4, 6, 9, 11) else 31), hour)
                text = at.strftime("%Y-%m-%dT%H:%M:%SZ")
                assert summer_minutes(text, "at") == at.replace(tzinfo=UTC).astimezone(paris).dst() // MINUTE, text
        for change in (f"{year}-03", f"{year}-10"):
            sunday = max(date(year, int(change[5:]), day) for day in range(25, 32)
                         if date(year, int(change[5:]), day).weekday() == 6)  # fmt: skip
            before, after = summer_minutes(f"{sunday}T00:59:59Z", "at"), summer_minutes(f"{sunday}T01:00:00Z", "at")
            assert (before, after) == ((0, 60) if change.endswith("03") else (60, 0))
