"""The books of a month of 300,000 tickets in a year of a million, and the cross-check that must find no difference."""

from collections.abc import Iterator

from .apart import apart
from .figures import Figure, at_most
from .on_a_year import EVERY_TICKET
from .years import TICKETS, year_of

LIMITS = {EVERY_TICKET: 60_000}  # an export of 300,000 lines; the others are pages
PAGE_MS = 6_000


def run() -> Iterator[Figure]:
    for tickets in (TICKETS // 10, TICKETS):
        made = year_of(tickets)
        section = f"books of {made.june} tickets in a year of {made.tickets}"
        done = apart(made.place, "on_a_year:books_of_june")
        for name, (ms, processor_ms) in done.told.items():
            yield at_most(
                section,
                name,
                ms,
                unit="ms",
                limit=LIMITS.get(name, PAGE_MS),
                note=f"{processor_ms} ms of the processor",
            )
        yield Figure(section, "memory of the process, at most", done.peak_mb, "MB")
