"""What the stored tickets say of each Z of some days: totals by VAT rate and by tender, and what no Z covers.

Summed by the database over the rows of tickets, never read from the Z itself: the cross-check compares both."""

from collections import defaultdict
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from comptoir.apps.fiscal.queries import chain_names
from comptoir.apps.fiscal.raw_rows import date_text
from comptoir.apps.treasury.models import Closing

from .table import Span

_IN_RANGE = (
    "treasury_closing c JOIN till_ticket t ON t.chain = c.register || '-' || c.generation || '-ticket'"
    " AND t.seq BETWEEN c.first_seq AND c.last_seq"
)
ENDLESS = (1 << 63) - 1
_DAYS = "c.business_date BETWEEN %s AND %s"


class Rate(NamedTuple):
    """Amounts of one VAT rate, in cents."""

    base_minor: int
    vat_minor: int
    gross_minor: int


class Sold(NamedTuple):
    """The tickets of a Z, or of a day that no Z covers (`number` empty)."""

    day: date
    register: str
    number: str
    first_seq: int
    last_seq: int
    count: int
    gross_minor: int
    net_minor: int
    vat_minor: int
    rounding_minor: int
    rates: dict[int | None, Rate]
    tenders: dict[str, int]
    closing: Closing | None


def closed_sales(span: Span) -> list[Sold]:
    """One row a Z, in the order of days and registers; a Z without ticket has a row of zeros."""
    days = [span.first.isoformat(), span.last.isoformat()]
    sums = _by_closing(
        f"SELECT c.id, COUNT(*), SUM(t.gross_minor), SUM(t.net_minor), SUM(t.vat_minor), SUM(t.rounding_minor) FROM {_IN_RANGE}"  # noqa: S608
        f" WHERE {_DAYS} GROUP BY c.id",
        days,
    )
    vat = _by_closing(
        f"SELECT c.id, v.vat_e4, SUM(v.base_minor), SUM(v.vat_minor), SUM(v.gross_minor) FROM {_IN_RANGE}"  # noqa: S608
        f" JOIN till_ticketvat v ON v.ticket_id = t.id WHERE {_DAYS} GROUP BY c.id, v.vat_e4",
        days,
    )
    tenders = _by_closing(
        f"SELECT c.id, p.tender, SUM(p.amount_minor) FROM {_IN_RANGE}"  # noqa: S608
        f" JOIN till_ticketpayment p ON p.ticket_id = t.id WHERE {_DAYS} GROUP BY c.id, p.tender",
        days,
    )
    closings = Closing.objects.filter(business_date__range=span).order_by(
        "business_date", "register", "generation", "seq"
    )
    return [
        Sold(
            row.business_date, row.register, f"{row.register}-{row.generation}-{row.seq}", row.first_seq, row.last_seq,
            *(sums.get(_key(row.pk)) or [(0, 0, 0, 0, 0)])[0],
            {one[0]: Rate(*one[1:]) for one in vat.get(_key(row.pk), [])},
            {one[0]: one[1] for one in tenders.get(_key(row.pk), [])}, row,
        )
        for row in closings
    ]  # fmt: skip


def sales_without_closing(span: Span) -> list[Sold]:
    """Tickets of these days that no booked Z covers, one row a day and register: a session still open, or a till that
    was lost before its Z."""
    gaps = _gaps()
    if not gaps:
        return []
    numbers = " OR ".join(["(t.chain = %s AND t.seq BETWEEN %s AND %s)"] * len(gaps))
    alone = f"till_ticket t WHERE ({numbers}) AND t.business_date BETWEEN %s AND %s"
    parameters = [*(part for gap in gaps for part in gap), span.first.isoformat(), span.last.isoformat()]
    rows = _ask(
        "SELECT t.business_date, t.register, MIN(t.seq), MAX(t.seq), COUNT(*), SUM(t.gross_minor), SUM(t.net_minor),"  # noqa: S608
        f" SUM(t.vat_minor), SUM(t.rounding_minor) FROM {alone} GROUP BY t.business_date, t.register"
        " ORDER BY t.business_date, t.register",
        parameters,
    )
    if not rows:
        return []
    rates: dict[Any, dict[int | None, Rate]] = defaultdict(dict)
    tenders: dict[Any, dict[str, int]] = defaultdict(dict)
    chosen = f"(SELECT t.id AS id, t.business_date, t.register FROM {alone}) a"  # noqa: S608
    for day, register, rate, *parts in _ask(
        "SELECT a.business_date, a.register, v.vat_e4, SUM(v.base_minor), SUM(v.vat_minor), SUM(v.gross_minor)"  # noqa: S608
        f" FROM {chosen} JOIN till_ticketvat v ON v.ticket_id = a.id GROUP BY a.business_date, a.register, v.vat_e4",
        parameters,
    ):
        rates[day, register][rate] = Rate(*parts)
    for day, register, tender, amount in _ask(
        "SELECT a.business_date, a.register, p.tender, SUM(p.amount_minor)"  # noqa: S608
        f" FROM {chosen} JOIN till_ticketpayment p ON p.ticket_id = a.id GROUP BY a.business_date, a.register, p.tender",
        parameters,
    ):
        tenders[day, register][tender] = amount
    return [
        Sold(date.fromisoformat(date_text(row[0])), row[1], "", *row[2:], rates[row[0], row[1]], tenders[row[0], row[1]], None)
        for row in rows
    ]  # fmt: skip


def _gaps() -> list[tuple[str, int, int]]:
    """Chains of tickets with the numbers between which no Z covers them; after the last Z there is no end."""
    chains = [name for name in chain_names() if name.endswith("-ticket")]
    covered: dict[str, list[tuple[int, int]]] = {name: [] for name in chains}
    closings = Closing.objects.filter(first_seq__gt=0).order_by("first_seq")
    for register, generation, first, last in closings.values_list("register", "generation", "first_seq", "last_seq"):
        covered.setdefault(f"{register}-{generation}-ticket", []).append((first, last))
    found: list[tuple[str, int, int]] = []
    for chain, ranges in covered.items():
        following = 1
        for first, last in ranges:
            if first > following:
                found.append((chain, following, first - 1))
            following = max(following, last + 1)
        found.append((chain, following, ENDLESS))
    return found


def _by_closing(sql: str, parameters: list[Any]) -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for one, *rest in _ask(sql, parameters):
        found[_key(one)].append(tuple(rest))
    return found


def _key(value: Any) -> str:
    return str(value).replace("-", "")


def _ask(sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [tuple(_whole(value) for value in row) for row in cursor.fetchall()]


def _whole(value: Any) -> Any:
    """PostgreSQL sums big integers as numeric, which arrives as Decimal."""
    return int(value) if type(value).__name__ == "Decimal" else value
