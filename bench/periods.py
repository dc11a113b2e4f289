"""A month of 300,000 tickets and its year, closed by summing their sealed closings: the time follows the closings, not
the tickets. The same year with a tenth of the tickets stands beside it."""

from collections.abc import Iterator

from .figures import Figure, at_most, ratio
from .years import JUNE, TICKETS, Made, year_of


def run() -> Iterator[Figure]:
    small, large = year_of(TICKETS // 10), year_of(TICKETS)
    section = "months and years"
    for made in (small, large):
        yield Figure(section, f"year of {made.tickets} tickets, 730 Z (made in {made.seconds} s)", _size(made), "MB")
        yield at_most(
            section, f"month of {made.june} tickets closed, 60 Z", made.months[JUNE - 1], unit="ms", limit=2_000
        )
        yield Figure(section, "the eleven other months, median", sorted(_others(made))[5], "ms")
        yield at_most(
            section, f"year of {made.tickets} tickets closed, 12 months", made.year_ms, unit="ms", limit=2_000
        )
    for name, before, after in (
        ("month", small.months[JUNE - 1], large.months[JUNE - 1]), ("year", small.year_ms, large.year_ms),
    ):  # fmt: skip
        yield ratio(section, f"{name} of a tenth of the tickets to it", before, after, limit_percent=75)


def _others(made: Made) -> list[int]:
    return made.months[: JUNE - 1] + made.months[JUNE:]


def _size(made: Made) -> int:
    assert made.place.sqlite is not None
    return made.place.sqlite.stat().st_size // 1_000_000
