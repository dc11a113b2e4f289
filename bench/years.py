"""The years that several sections measure: made once a run, closed month by month, removed at its end.

A year of n tickets on two registers, 365 days, 730 Z: three tenths of its tickets are sold in June (300,000 of a
million), the rest evenly. A year of any other size has the very same closings."""

import atexit
import os
import time
from contextlib import ExitStack
from datetime import date, timedelta
from typing import Any, NamedTuple

from .apart import apart
from .days import Day, fill_days
from .place import Home, home

TICKETS = int(os.environ.get("COMPTOIR_BENCH_TICKETS", "1000000"))
REGISTERS = 2
YEAR, JUNE = 2025, 6
_kept: dict[int, "Made"] = {}
_stack = ExitStack()
atexit.register(_stack.close)


class Made(NamedTuple):
    """A dossier with its year closed, and what closing cost: milliseconds of each month, then of the year."""

    place: Home
    tickets: int
    months: list[int]
    year_ms: int
    june: int  # tickets of June
    seconds: int


def days_of(tickets: int) -> list[Day]:
    """The days of the year, each with the tickets of one register."""
    june, others = tickets * 3 // 10 // (30 * REGISTERS), -(-tickets * 7 // 10 // (335 * REGISTERS))
    days = [date(YEAR, 1, 1) + timedelta(days=number) for number in range(365)]
    return [(day, max(1, june if day.month == JUNE else others)) for day in days]


def year_of(tickets: int) -> Made:
    """The year of so many tickets: made when it is first asked for."""
    if tickets not in _kept:
        began = time.monotonic()
        place = _stack.enter_context(home("sqlite"))
        days = days_of(tickets)
        fill_days(place, registers=REGISTERS, days=days)
        seconds = round(time.monotonic() - began)
        closed = apart(place, "years:close_all").told
        sold = sum(count for _, count in days) * REGISTERS
        june = sum(count for day, count in days if day.month == JUNE) * REGISTERS
        _kept[tickets] = Made(place, sold, closed["months"], closed["year"], june, seconds)
    return _kept[tickets]


def forget_all() -> None:
    """Removes the years: no section asks for them any more."""
    _kept.clear()
    _stack.close()


def close_all() -> dict[str, Any]:
    """Closes the twelve months one by one, then the year; milliseconds of each."""
    from comptoir.apps.treasury.periods import MONTH, Period, fiscal_year_of, month_of, next_to_close
    from comptoir.apps.treasury.services.close_period import close_periods

    def timed(period: Period) -> int:
        began = time.monotonic()
        assert len(close_periods(period.kind, through=period)) == 1
        return round((time.monotonic() - began) * 1000)

    opened = next_to_close(MONTH)
    assert opened is not None
    months = [timed(month_of(date(YEAR, number, 1))) for number in range(opened.first.month, 13)]
    return {"months": months, "year": timed(fiscal_year_of(date(YEAR, 12, 31)))}
