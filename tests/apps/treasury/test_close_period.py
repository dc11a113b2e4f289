"""Months and years: exact sums by hand, what blocks them, cascade, empty months, crashes, late closings."""

import json
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from comptoir.apps.fiscal.models import Event, Record
from comptoir.apps.fiscal.server_key import server_key_path
from comptoir.apps.till.services.verify_dossier import verify_dossier
from comptoir.apps.treasury.models import PeriodClosing, PeriodRange
from comptoir.apps.treasury.periods import MONTH, YEAR, Period, fiscal_year_of, month_of
from comptoir.apps.treasury.services import close_period
from comptoir.apps.treasury.services.close_period import PeriodRefused, close_periods, start_fiscal_year_in
from tests.apps.till.shop import enrolled_till, line, send, set_up_shop
from tests.apps.treasury.months import BREAD, SOAP, open_day, whole_day

NOVEMBER = month_of(date(2026, 11, 1))
JANUARY_5 = datetime(2027, 1, 5, 8, 0, tzinfo=UTC)


def body_of(closing: PeriodClosing) -> dict:
    return json.loads(Record.objects.get(id=closing.record_id).body)


@pytest.mark.feature("FISC-03")
def test_a_month_and_a_year_to_the_cent(dossier) -> None:
    """November: C1 sells 1,20 + 4,50 by card, then takes 1,20 back; C2 sells 1,20, its drawer 0,05 short. December: C1
    sells 4,50. The year holds all of it: 1,20 + 4,50 − 1,20 + 1,20 + 4,50 = 10,20."""
    set_up_shop("C1", "C2")
    first, second = enrolled_till("C1"), enrolled_till("C2")
    whole_day(first, "2026-11-03", sales=[(BREAD, "cash"), (SOAP, "card")])
    back = line("Pain", price_e4=12_000, quantity_milli=-1000)
    whole_day(first, "2026-11-30", sales=[(back, "cash")])
    whole_day(second, "2026-11-30", counted=10_115)
    whole_day(first, "2026-12-24", sales=[(SOAP, "cash")])
    made = close_periods(YEAR, now=JANUARY_5)
    assert [(one.kind, str(one.first_date), one.closings, one.total_minor) for one in made] == [
        ("month", "2026-11-01", 3, 570), ("month", "2026-12-01", 1, 450), ("year", "2026-01-01", 4, 1020),
    ]  # fmt: skip
    november, december, year = made
    # 120 + 450 − 120 + 120 = 570; absolute 120 + 450 + 120 + 120 = 810
    assert (november.perpetual_algebraic_minor, november.perpetual_absolute_minor) == (570, 810)
    assert (year.perpetual_algebraic_minor, year.perpetual_absolute_minor) == (1020, 1260)
    assert (november.net_minor, november.vat_minor, november.difference_minor) == (375 + 114, 75 + 6, -5)
    totals = body_of(november)["totals"]
    assert totals["vat"] == [
        {"vat_e4": 2000, "base_minor": 375, "vat_minor": 75, "gross_minor": 450},
        {"vat_e4": 550, "base_minor": 114, "vat_minor": 6, "gross_minor": 120},
    ]
    assert [(row["code"], row["count"], row["amount_minor"]) for row in totals["tenders"]] == [
        ("card", 1, 450), ("cash", 3, 120),
    ]  # fmt: skip
    # floats 3 × 100,00; sales in cash 1,20 − 1,20 + 1,20; counted 101,20 + 98,80 + 101,15
    assert totals["cash"] == {
        "opening_minor": 30_000, "moves_minor": 0, "sales_minor": 120, "change_for_others_minor": 0,
        "expected_minor": 30_120, "uncounted_minor": 0, "counted_minor": 30_115, "difference_minor": -5,
    }  # fmt: skip
    assert totals["operators"][0]["count"] == 4 and totals["tickets"] == 4
    yearly = body_of(year)["totals"]
    assert yearly["vat"][0] == {"vat_e4": 2000, "base_minor": 750, "vat_minor": 150, "gross_minor": 900}
    assert yearly["cash"]["counted_minor"] == 30_115 + 10_450
    assert body_of(year)["ranges"] == [{"chain": "S-1-month", "first": 1, "last": 2}]
    assert [one.total_minor for one in (december, year)] == [450, 1020]
    assert Event.objects.filter(code=50).count() == 2 + 2 and Event.objects.filter(code=60).count() == 1
    assert verify_dossier().findings == []


def test_asking_again_gives_the_same_closing(dossier) -> None:
    set_up_shop("C1")
    whole_day(enrolled_till(), "2026-11-03")
    assert len(close_periods(MONTH, through=NOVEMBER, now=JANUARY_5)) == 1
    before = Record.objects.count()
    assert close_periods(MONTH, through=NOVEMBER, now=JANUARY_5) == []
    assert (Record.objects.count(), PeriodClosing.objects.exclude(kind="day").count()) == (before, 1)


def test_a_month_that_is_not_over_is_refused(dossier) -> None:
    set_up_shop("C1")
    whole_day(enrolled_till(), "2026-11-03")
    before = Record.objects.count()
    for now in (datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 11, 30, 22, 59, tzinfo=UTC)):
        with pytest.raises(PeriodRefused, match="n’est pas terminée") as refusal:
            close_periods(MONTH, through=NOVEMBER, now=now)
        assert refusal.value.code == "not_over"
    assert (Record.objects.count(), PeriodClosing.objects.count()) == (before, 0)
    midnight_in_the_shop = datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
    assert len(close_periods(MONTH, through=NOVEMBER, now=midnight_in_the_shop)) == 1


def test_a_month_before_the_first_opening_is_refused(dossier) -> None:
    set_up_shop("C1")
    with pytest.raises(PeriodRefused, match="Aucune caisse") as refusal:
        close_periods(MONTH, through=NOVEMBER, now=JANUARY_5)
    assert refusal.value.code == "before_first"
    assert close_periods(MONTH, now=JANUARY_5) == [] and not PeriodClosing.objects.exists()


def test_each_blocker_is_named(dossier) -> None:
    """C1 has not made its Z, C2's Z came before its tickets, C3 sent tickets without their opening."""
    set_up_shop("C1", "C2", "C3")
    first, second, third = (enrolled_till(code) for code in ("C1", "C2", "C3"))
    open_day(first, "2026-11-29")
    send(first)
    whole_day(second, "2026-11-28", sent=False)
    send(second, [one for one in second.waiting() if one["type"] != "ticket"])
    open_day(third, "2026-11-27")
    send(third, [third.sell(BREAD)])
    before = Record.objects.count()
    with pytest.raises(PeriodRefused) as refusal:
        close_periods(MONTH, through=NOVEMBER, now=JANUARY_5)
    assert [(one.code, one.register) for one in refusal.value.blockers] == [
        ("session_open", "C2"), ("session_open", "C1"), ("closing_waits", "C2"), ("tickets_without_closing", "C3"),
    ]  # fmt: skip
    assert "La caisse C1 n’a pas fait son Z du 29/11/2026 (ouverte par Léa)" in str(refusal.value)
    assert "attend des tickets" in str(refusal.value)
    assert (Record.objects.count(), PeriodClosing.objects.count()) == (before, 0)
    first.close()
    third.close()
    for till in (first, second, third):
        send(till, till.waiting())
    assert close_periods(MONTH, through=NOVEMBER, now=JANUARY_5)[0].total_minor == 240


def test_a_number_that_is_missing_blocks(dossier) -> None:
    set_up_shop("C1")
    till = enrolled_till()
    whole_day(till, "2026-11-03")
    open_day(till, "2026-11-04")
    till.sell(BREAD)
    lost, late = till.sell(BREAD), till.sell(BREAD)
    send(till, [late])
    with pytest.raises(PeriodRefused, match="n° 4 de sa suite « C1-1-ticket »") as refusal:
        close_periods(MONTH, through=NOVEMBER, now=JANUARY_5)
    assert [one.code for one in refusal.value.blockers] == ["number_missing"]
    assert lost["seq"] == 3 and not PeriodClosing.objects.exists()


def test_a_session_of_the_next_month_does_not_block(dossier) -> None:
    set_up_shop("C1")
    till = enrolled_till()
    whole_day(till, "2026-11-30")
    open_day(till, "2026-12-01")
    till.sell(SOAP)
    send(till)
    assert close_periods(MONTH, through=NOVEMBER, now=JANUARY_5)[0].total_minor == 120


def test_months_without_activity_are_sealed_empty(dossier) -> None:
    set_up_shop("C1")
    till = enrolled_till()
    whole_day(till, "2026-09-15")
    whole_day(till, "2026-12-15", sales=[])
    made = close_periods(MONTH, now=JANUARY_5)
    assert [(one.first_date.month, one.closings, one.ticket_count, one.total_minor) for one in made] == [
        (9, 1, 1, 120), (10, 0, 0, 0), (11, 0, 0, 0), (12, 1, 0, 0),
    ]  # fmt: skip
    assert [one.perpetual_algebraic_minor for one in made] == [120] * 4
    assert [one.seq for one in made] == [1, 2, 3, 4]
    assert verify_dossier().findings == []


@pytest.mark.feature("FISC-03")
def test_a_fiscal_year_from_july(dossier) -> None:
    set_up_shop("C1")
    till = enrolled_till()
    start_fiscal_year_in(7)
    whole_day(till, "2025-08-02")
    whole_day(till, "2026-06-30", sales=[(SOAP, "card")])
    whole_day(till, "2026-07-01")
    made = [one for one in close_periods(YEAR, now=JANUARY_5) if one.kind == "year"]
    assert [(str(one.first_date), str(one.last_date), one.total_minor) for one in made] == [
        ("2025-07-01", "2026-06-30", 570)
    ]
    assert PeriodClosing.objects.filter(kind="month").count() == 11  # August 2025 to June 2026
    assert json.loads(Event.objects.get(code=270).detail) == {"setting": "fiscal_year_first_month", "value": 7}
    start_fiscal_year_in(1)
    short = close_periods(YEAR, now=JANUARY_5)[-1]
    assert (str(short.first_date), str(short.last_date), short.total_minor) == ("2026-07-01", "2026-12-31", 120)


def test_labels_of_periods() -> None:
    assert NOVEMBER.label == "novembre 2026"
    assert Period(YEAR, date(2026, 1, 1), date(2026, 12, 31)).label == "année 2026"
    assert Period(YEAR, date(2025, 7, 1), date(2026, 6, 30)).label == "exercice du 01/07/2025 au 30/06/2026"


def test_the_civil_year_without_a_decision(sqlite_dossier) -> None:
    assert fiscal_year_of(date(2026, 11, 22)) == Period(YEAR, date(2026, 1, 1), date(2026, 12, 31))


def test_a_crash_between_two_months_is_gone_on_from(dossier_copy, monkeypatch) -> None:
    """The third month dies while it is being sealed: two are there whole, nothing of the third; asking again ends it."""
    set_up_shop("C1")
    till = enrolled_till()
    for month in ("09", "10", "11", "12"):
        whole_day(till, f"2026-{month}-15")
    real, count = close_period.log_events, []

    def dies(events, **more):
        count.append(events[0]["code"])
        if len(count) == 3:
            raise ConnectionError("power cut")
        real(events, **more)

    monkeypatch.setattr(close_period, "log_events", dies)
    with pytest.raises(ConnectionError):
        close_periods(YEAR, now=JANUARY_5)
    assert PeriodClosing.objects.exclude(kind="day").count() == 2 and Record.objects.filter(type="month").count() == 2
    monkeypatch.undo()
    assert [one.kind for one in close_periods(YEAR, now=JANUARY_5)] == ["month", "month", "year"]
    assert PeriodClosing.objects.get(kind="year").total_minor == 480
    assert verify_dossier().findings == []


def test_a_z_that_comes_late_enters_the_next_month(dossier) -> None:
    """C2 was never heard of when November was closed: its Z of November is in December, and December says so."""
    set_up_shop("C1", "C2")
    first, second = enrolled_till("C1"), enrolled_till("C2")
    whole_day(first, "2026-11-03")
    whole_day(second, "2026-11-04", sales=[(SOAP, "card")], sent=False)
    close_periods(MONTH, through=NOVEMBER, now=JANUARY_5)
    send(second)
    december = close_periods(MONTH, now=JANUARY_5)[0]
    assert (december.total_minor, december.perpetual_algebraic_minor) == (450, 570)
    assert body_of(december)["outside"] == [{"chain": "C2-1-z", "seq": 1, "business_date": "2026-11-04"}]
    assert list(PeriodRange.objects.order_by("chain").values_list("chain", "first", "last")) == [
        ("C1-1-z", 1, 1), ("C2-1-z", 1, 1),
    ]  # fmt: skip


def test_a_wiped_till_does_not_hold_the_month_for_ever(dossier) -> None:
    """C1 sold 1,20 and was wiped before its Z; enrolled again, it sells 4,50. The month has both, and says which part
    no Z covers."""
    set_up_shop("C1")
    till = enrolled_till()
    whole_day(till, "2026-11-03")
    open_day(till, "2026-11-04")
    till.sell(BREAD)
    send(till)
    again = enrolled_till()
    whole_day(again, "2026-11-04", sales=[(SOAP, "cash")])
    november = close_periods(MONTH, through=NOVEMBER, now=JANUARY_5)[0]
    assert (november.total_minor, november.closings, november.ticket_count) == (690, 2, 3)
    assert (november.perpetual_algebraic_minor, november.perpetual_absolute_minor) == (690, 690)
    body = body_of(november)
    assert body["uncovered"] == [
        {"chain": "C1-1-cash", "first": 3, "last": 3}, {"chain": "C1-1-ticket", "first": 2, "last": 2},
    ]  # fmt: skip
    assert body["totals"]["cash"]["uncounted_minor"] == 10_120
    assert verify_dossier().findings == []
    whole_day(again, "2026-12-02")
    assert close_periods(MONTH, now=JANUARY_5)[0].total_minor == 120  # nothing is counted twice


def test_rows_of_periods_cannot_be_changed_or_doubled(dossier) -> None:
    set_up_shop("C1")
    whole_day(enrolled_till(), "2026-11-03")
    made = close_periods(MONTH, through=NOVEMBER, now=JANUARY_5)[0]
    for statement in (
        "UPDATE treasury_periodclosing SET total_minor = 0",
        "DELETE FROM treasury_periodrange",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    twin = {
        field.attname: getattr(made, field.attname) for field in PeriodClosing._meta.concrete_fields
    } | {"record_id": Record.objects.exclude(id=made.record_id).first().id, "seq": 99}  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        PeriodClosing.objects.create(**twin)
    assert PeriodClosing.objects.get(kind="month").total_minor == 120


def test_a_new_server_key_goes_on_from_the_months_before(dossier) -> None:
    set_up_shop("C1")
    till = enrolled_till()
    whole_day(till, "2026-11-03")
    close_periods(MONTH, through=NOVEMBER, now=JANUARY_5)
    server_key_path(1).rename(server_key_path(1).with_suffix(".lost"))
    whole_day(till, "2026-12-03")
    december, year = close_periods(YEAR, now=JANUARY_5)
    assert (december.chain, december.seq, december.perpetual_algebraic_minor) == ("S-2-month", 1, 240)
    assert [(one["chain"], one["first"], one["last"]) for one in body_of(year)["ranges"]] == [
        ("S-1-month", 1, 1), ("S-2-month", 1, 1),
    ]  # fmt: skip


def queries_of_a_month(tickets: int) -> list[str]:
    """The queries that close a month of one Z with this many tickets, without their parameters."""
    asked: list[str] = []

    def note(execute, sql, params, many, context):
        if "SAVEPOINT" not in sql:  # their names count up
            asked.append(sql)
        return execute(sql, params, many, context)

    with transaction.atomic():
        set_up_shop("C1")
        whole_day(enrolled_till(), "2026-11-03", sales=[(BREAD, "cash")] * tickets)
        with connection.execute_wrapper(note):
            assert close_periods(MONTH, through=NOVEMBER, now=JANUARY_5)[0].ticket_count == tickets
        transaction.set_rollback(True)
    return asked


def test_the_work_of_a_month_does_not_follow_its_tickets(dossier) -> None:
    few, many = queries_of_a_month(1), queries_of_a_month(60)
    assert few == many and few != []
    assert not [sql for sql in few if "till_" in sql]


def test_closing_reads_no_ticket_and_asks_the_same_of_thirty_as_of_three(dossier) -> None:
    """A month costs what its Z cost: the same statements, none of which names the rows of tickets, whatever was sold."""
    set_up_shop("C1")
    till = enrolled_till()
    for month, tickets in (("07", 3), ("08", 30), ("10", 3)):
        whole_day(till, f"2026-{month}-03", sales=[(BREAD, "cash")] * tickets)
    asked = []
    for month, tickets in ((7, 3), (8, 30), (10, 3)):  # 31 days each; the first one reads what a process reads once
        if month == 10:
            close_periods(MONTH, through=month_of(date(2026, 9, 1)), now=JANUARY_5)
        with CaptureQueriesContext(connection) as statements:
            (made,) = close_periods(MONTH, through=month_of(date(2026, month, 1)), now=JANUARY_5)
        assert (made.ticket_count, made.total_minor) == (tickets, tickets * 120)
        asked.append(statements.captured_queries)
    assert len(asked[1]) == len(asked[2])
    tables = ("till_ticket", "treasury_cashtransfer")
    assert not [one["sql"] for one in asked[1] if any(table in one["sql"] for table in tables)], asked
