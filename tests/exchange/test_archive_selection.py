"""What an archive takes from each chain, and that finding it costs what its days cost."""

from datetime import date

import pytest
from django.db import connection

from comptoir.apps.fiscal.models import Record
from comptoir.apps.treasury.services.close_period import close_periods
from comptoir.exchange.archives import selection
from comptoir.exchange.archives.selection import chosen_parts
from tests.apps.till.shop import enrolled_till, send, set_up_shop
from tests.apps.treasury.months import BREAD, open_day, whole_day
from tests.exchange.archived import NOW
from tests.tampering import tamper

NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))
DECEMBER = (date(2026, 12, 1), date(2026, 12, 31))


@pytest.fixture
def tills(dossier):
    """C1 sold one ticket on 29 November, two on the 30th, one on 1 December, each day with its Z."""
    set_up_shop("C1", "C2")
    first, second = enrolled_till("C1"), enrolled_till("C2")
    for day, count in (("2026-11-29", 1), ("2026-11-30", 2), ("2026-12-01", 1)):
        whole_day(first, day, sales=[(BREAD, "cash")] * count)
    return first, second


def ranges(days: tuple[date, date]) -> dict[str, tuple[int, int]]:
    """What the tills' chains give to an archive of these days."""
    parts = chosen_parts(*days, scope="ALL")
    return {part.chain: (part.first, part.last) for part in parts if part.register != "S"}


def walked(days: tuple[date, date]) -> dict[str, tuple[int, int]]:
    """The same by reading every record."""
    found: dict[str, tuple[int, int]] = {}
    for chain, seq in (
        Record.objects.filter(business_date__range=days).exclude(register="S").values_list("chain", "seq")
    ):
        low, high = found.get(chain, (seq, seq))
        found[chain] = (min(low, seq), max(high, seq))
    return found


def test_each_chain_gives_the_numbers_of_the_days(tills) -> None:
    assert ranges(NOVEMBER) == {"C1-1-cash": (1, 4), "C1-1-ticket": (1, 3), "C1-1-z": (1, 2)} == walked(NOVEMBER)
    assert ranges(DECEMBER) == {"C1-1-cash": (5, 6), "C1-1-ticket": (4, 4), "C1-1-z": (3, 3)} == walked(DECEMBER)


def test_records_that_come_late_enter_the_days_they_name(tills) -> None:
    """C2 sold on 30 November without network; its records come when November is closed, and have no Z yet."""
    first, second = tills
    open_day(second, "2026-11-30")
    second.sell(BREAD)
    close_periods("month", now=NOW)
    before = ranges(NOVEMBER)
    assert not any(chain.startswith("C2") for chain in before)
    send(second)
    assert ranges(NOVEMBER) == before | {"C2-1-cash": (1, 1), "C2-1-ticket": (1, 1)} == walked(NOVEMBER)
    assert "C2-1-ticket" not in ranges(DECEMBER)


def test_a_clock_put_back_widens_the_range(tills) -> None:
    """After 1 December the till believes that it is 30 November: the range goes over what lies between."""
    first, _ = tills
    whole_day(first, "2026-11-30")
    open_day(first, "2026-12-02")
    first.soft.log_event(code=9010, label="Ouverture du tiroir")
    send(first)
    assert ranges(NOVEMBER)["C1-1-ticket"] == (1, 5)
    assert ranges(NOVEMBER) == walked(NOVEMBER)
    assert ranges(DECEMBER) == walked(DECEMBER)


def test_tickets_whose_rows_were_taken_away_are_found_by_their_z(dossier_copy) -> None:
    """Nothing but the sealed records is left of the tickets of 30 November: numbers 2 and 3."""
    set_up_shop("C1")
    till = enrolled_till("C1")
    for day, count in (("2026-11-29", 1), ("2026-11-30", 2)):
        whole_day(till, day, sales=[(BREAD, "cash")] * count)
    tamper("DELETE FROM till_ticket WHERE business_date = '2026-11-30'")
    assert ranges((NOVEMBER[1], NOVEMBER[1]))["C1-1-ticket"] == (2, 3)
    tamper("DELETE FROM fiscal_record WHERE chain = 'C1-1-ticket' AND seq = 3")
    assert ranges((NOVEMBER[1], NOVEMBER[1]))["C1-1-ticket"] == (2, 2)


STATEMENTS = {
    selection._OTHERS: "fiscal_record_day", selection._TICKETS: "till_ticket_day", selection._OF_Z: "treasury_closing_day",
}  # fmt: skip


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_days_are_found_by_their_indexes(dossier, statement) -> None:
    """PostgreSQL reads an empty table whole, or in the order of another index, unless it is told not to."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", DECEMBER)
            (step,) = [row[3] for row in cursor.fetchall() if row[3].startswith(("SEARCH", "SCAN"))]
            assert step.startswith("SEARCH") and STATEMENTS[statement] in step, step
            return
        for way in ("seqscan", "indexscan", "indexonlyscan"):  # what is left needs a condition that the index knows
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"EXPLAIN {statement}", DECEMBER)
        plan = "\n".join(row[0] for row in cursor.fetchall())
        assert f"{STATEMENTS[statement]}" in plan and "Index Cond: ((business_date >=" in plan, plan
