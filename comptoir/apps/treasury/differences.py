"""What counts found different, Z after Z: by tender, by the person who closed, with the words that explain it."""

from datetime import date
from typing import NamedTuple

from django.db.models import QuerySet, Sum

from .models import ClosingTender


class Gap(NamedTuple):
    """A person's differences: how many Z, how many of them not right, what they sum to, what is too much, what misses."""

    operator: str
    closings: int
    wrong: int
    sum_minor: int
    over_minor: int
    under_minor: int


def counted_tenders(first: date, last: date, *, tender: str = "") -> QuerySet[ClosingTender]:
    """Every tender counted in the Z of these days, latest first."""
    rows = ClosingTender.objects.filter(closing__business_date__range=(first, last)).select_related("closing")
    if tender:
        rows = rows.filter(tender=tender)
    return rows.order_by("-closing__business_date", "-closing__at", "tender")


def gaps_by_person(first: date, last: date, *, tender: str = "") -> list[Gap]:
    """One row a person, the largest sum of differences first whatever its sign."""
    found: dict[str, list[ClosingTender]] = {}
    for row in counted_tenders(first, last, tender=tender):
        found.setdefault(row.closing.operator_name, []).append(row)
    gaps = [
        Gap(
            name, len({row.closing_id for row in rows}), len({row.closing_id for row in rows if row.difference_minor}),
            sum(row.difference_minor for row in rows), sum(max(row.difference_minor, 0) for row in rows),
            sum(min(row.difference_minor, 0) for row in rows),
        )
        for name, rows in found.items()
    ]  # fmt: skip
    return sorted(gaps, key=lambda gap: (-abs(gap.sum_minor), gap.operator))


def gaps_by_month(last: date, *, months: int = 12, tender: str = "") -> list[tuple[str, int]]:
    """The sum of differences of each of the last months, oldest first: ("11/2026", −20)."""
    found: list[tuple[str, int]] = []
    for back in range(months - 1, -1, -1):
        count = last.year * 12 + last.month - 1 - back
        rows = ClosingTender.objects.filter(
            closing__business_date__year=count // 12, closing__business_date__month=count % 12 + 1
        )
        if tender:
            rows = rows.filter(tender=tender)
        found.append(
            (f"{count % 12 + 1:02}/{count // 12}", rows.aggregate(total=Sum("difference_minor"))["total"] or 0)
        )
    return found
