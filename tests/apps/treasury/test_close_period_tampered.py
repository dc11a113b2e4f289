"""A month whose closings were touched is refused and told; a month that was touched is found by `verify`."""

import json
import threading
from datetime import UTC, date, datetime

import pytest
from django.db import connection, connections

from comptoir.apps.fiscal.models import Event, Record
from comptoir.apps.till.services.verify_dossier import verify_dossier
from comptoir.apps.treasury.models import PeriodClosing
from comptoir.apps.treasury.periods import MONTH, YEAR, month_of
from comptoir.apps.treasury.services.close_period import PeriodRefused, close_periods
from comptoir.dossiers.binding import bound
from tests.apps.till.shop import enrolled_till, set_up_shop
from tests.apps.treasury.months import whole_day
from tests.tampering import tamper

NOVEMBER = month_of(date(2026, 11, 1))
JANUARY_5 = datetime(2027, 1, 5, 8, 0, tzinfo=UTC)


@pytest.fixture
def two_months(dossier_copy):
    set_up_shop("C1")
    till = enrolled_till()
    whole_day(till, "2026-11-03")
    whole_day(till, "2026-11-04")
    whole_day(till, "2026-12-04")
    return dossier_copy


BEFORE = {
    "the total of a Z": ("UPDATE treasury_closing SET total_minor = 100 WHERE seq = 2", "registers/C1-1-z/"),
    "a count": (
        "UPDATE treasury_closingtender SET counted_minor = counted_minor - 1, difference_minor = difference_minor - 1",
        "counted/0/"),
    "where a Z stands": (
        "UPDATE treasury_closing SET perpetual_algebraic_minor = 1 WHERE seq = 2", "registers/C1-1-z/perpetual"),
    "a sealed Z": (
        "UPDATE fiscal_record SET body = REPLACE(body, '\"gross_minor\":120', '\"gross_minor\":110')"
        " WHERE chain = 'C1-1-z' AND seq = 1", "C1-1-z-1"),
}  # fmt: skip


@pytest.mark.parametrize("what", BEFORE)
def test_a_month_whose_closings_were_touched_is_refused(two_months, what) -> None:
    statement, path = BEFORE[what]
    tamper(statement)
    with pytest.raises(PeriodRefused, match="n’a pas été clôturé") as refusal:
        close_periods(MONTH, through=NOVEMBER, now=JANUARY_5)
    assert refusal.value.code == "sums_differ"
    assert not PeriodClosing.objects.exists() and not Record.objects.filter(type="month").exists()
    told = json.loads(Event.objects.get(code=90).detail)
    assert told["period"] == "novembre 2026" and told["differences"][0]["path"].startswith(path)


def test_a_year_whose_months_were_touched_is_refused(two_months) -> None:
    close_periods(MONTH, now=JANUARY_5)
    tamper("UPDATE treasury_periodclosing SET total_minor = total_minor + 1 WHERE seq = 2")
    with pytest.raises(PeriodRefused):
        close_periods(YEAR, now=JANUARY_5)
    assert json.loads(Event.objects.get(code=90).detail)["differences"] == [
        {"path": "totals/total_minor", "sealed": 360, "computed": 361}
    ]
    assert PeriodClosing.objects.filter(kind="year").count() == 0


AFTER = {
    "a total": ("UPDATE treasury_periodclosing SET total_minor = 1 WHERE kind = 'month' AND seq = 1",
                ("S-1-month", 1, "rows_differ")),
    "a range": ("UPDATE treasury_periodrange SET last = 3 WHERE chain = 'C1-1-z' AND first = 1",
                ("S-1-month", 1, "rows_differ")),
    "a row taken out": ("DELETE FROM treasury_periodrange WHERE chain = 'S-1-month'", ("S-1-year", 1, "rows_differ")),
    "the sealed month": ("UPDATE fiscal_record SET body = REPLACE(body, '\"total_minor\":240', '\"total_minor\":230')"
                         " WHERE chain = 'S-1-month' AND seq = 1", ("S-1-month", 1, "body_changed")),
}  # fmt: skip


@pytest.mark.parametrize("what", AFTER)
def test_a_period_that_was_touched_is_found(two_months, what) -> None:
    close_periods(YEAR, now=JANUARY_5)
    assert verify_dossier().findings == []
    statement, expected = AFTER[what]
    tamper(statement)
    assert [(one.chain, one.seq, one.code) for one in verify_dossier().findings] == [expected]


def test_a_cut_chain_of_z_is_known_from_the_month(two_months) -> None:
    close_periods(MONTH, through=NOVEMBER, now=JANUARY_5)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM fiscal_record WHERE chain = 'C1-1-z' AND seq >= 2")
        ids = ", ".join(f"'{row[0]}'" for row in cursor.fetchall())
    tamper(
        f"DELETE FROM treasury_closingtender WHERE closing_id IN ({ids})",  # noqa: S608
        f"DELETE FROM treasury_closingsession WHERE closing_id IN ({ids})",  # noqa: S608
        f"DELETE FROM treasury_cashtransfer WHERE source IN ({ids})",  # noqa: S608
        f"DELETE FROM treasury_closing WHERE id IN ({ids})",  # noqa: S608
        f"DELETE FROM fiscal_record WHERE id IN ({ids})",  # noqa: S608
    )
    assert [(one.chain, one.seq, one.code) for one in verify_dossier().findings] == [
        ("S-1-month", 1, "closing_differs")
    ]


def test_two_at_once_seal_one_month(two_months) -> None:
    """Four threads ask for the same months: each is sealed once, and every thread comes back content."""
    answers: list[int] = []

    def ask() -> None:
        with bound(two_months):
            try:
                answers.append(len(close_periods(YEAR, now=JANUARY_5)))
            finally:
                connections["default"].close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(answers) == 3 and len(answers) == 4
    assert sorted(PeriodClosing.objects.exclude(kind="day").values_list("kind", "seq")) == [
        ("month", 1),
        ("month", 2),
        ("year", 1),
    ]
    assert verify_dossier().findings == []
