"""The cash ledger of some days, found without reading the rest of it.

A transfer says when, not for which business date: a session that crosses midnight, or a clock put back, lets the two
differ. The instants between which the records of these days were sealed bound the search in the index by account; the
business date of each record then decides. What stands in that stretch under no known day is read from its sealed record."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection

from comptoir.apps.fiscal.raw_rows import fetch_rows
from comptoir.apps.treasury.models import DrawerSession

SEALED = ("till_ticket", "treasury_cashentry", "treasury_officemove", "treasury_closing")  # each cause of a transfer
# A session that crosses midnight keeps its business date; only a record without row of its own must be opened for it.
DAY = "COALESCE(k.business_date, e.business_date, o.business_date, r.business_date)"
SOURCES = (  # a transfer with the record that caused it, and the small rows that know its business date
    "treasury_cashtransfer t JOIN fiscal_record r ON r.id = t.source LEFT JOIN till_ticket k ON k.id = t.source"
    " LEFT JOIN treasury_cashentry e ON e.id = t.source LEFT JOIN treasury_officemove o ON o.id = t.source"
)
PLAIN = "t.code = 'sale' AND t.from_account = 'sales' AND t.to_account LIKE 'drawer/%%'"
_MOVES = (
    f"SELECT t.id, t.from_account, t.to_account, t.amount, t.code, t.at, r.chain, r.seq, r.type, {DAY},"  # noqa: S608
    f" COALESCE(e.label, o.label, '') FROM {SOURCES} WHERE NOT ({PLAIN})"
)
_SALE_DAY = "COALESCE(k.business_date, r.business_date)"
_SALES = (  # COALESCE leaves instants as they are stored: SQLite's driver would make an object of each
    f"SELECT {_SALE_DAY}, COALESCE(t.at, t.recorded_at), 1, r.chain, r.seq, t.amount, t.to_account"  # noqa: S608
    " FROM treasury_cashtransfer t JOIN fiscal_record r ON r.id = t.source LEFT JOIN till_ticket k ON k.id = t.source"
    f" WHERE {PLAIN}"
)
Rows = list[tuple[Any, ...]]
Sale = tuple[Any, Any, int, str, int, int, str]  # business date, instant, rank, chain, number, amount, drawer


def moves_between(first: date, last: date) -> Rows:
    """The transfers that records of these business dates caused, sales apart, in no order: id, from, to, amount, code,
    instant, chain, number and type of the record, business date, label; values as the database gives them."""
    return _found(_MOVES, DAY, first, last)


def sales_between(first: date, last: date) -> list[Sale]:
    """The cash that sales of these business dates brought into a drawer, in order of day, instant, chain and number. They
    are nearly everything there is: tuples with days and instants as the database spells them (`spelled`)."""
    opened = {
        (spelled_day(day), register): spelled(day, at)[1] for (day, register), at in openings(first, last).items()
    }
    rows: list[Sale] = []
    for row in _found(_SALES, _SALE_DAY, first, last):
        low = opened.get((row[0], row[3].partition("-")[0]))
        rows.append((row[0], low, *row[2:]) if low is not None and row[1] < low else row)  # type: ignore[arg-type]
    return sorted(rows)


def openings(first: date, last: date) -> dict[tuple[date, str], datetime]:
    """When each register was first opened on each of these business dates. What it did that day comes after, whatever its
    clock said: who puts a clock back does not sell before the float is there."""
    found: dict[tuple[date, str], datetime] = {}
    rows = DrawerSession.objects.filter(business_date__range=(first, last)).order_by("-opened_at")
    for day, register, at in rows.values_list("business_date", "register", "opened_at"):
        found[day, register] = at
    return found


def spelled(day: date, at: datetime) -> tuple[Any, Any]:
    """A business date and an instant as this database gives them, to compare with those of `sales_between`."""
    return spelled_day(day), connection.ops.adapt_datetimefield_value(at)


def spelled_day(day: date) -> Any:
    return connection.ops.adapt_datefield_value(day)


def _found(sql: str, day: str, first: date, last: date) -> Rows:
    stretch, accounts = instants_of(first, last), credited_accounts()
    if stretch is None or not accounts:
        return []
    marks = ", ".join(["%s"] * len(accounts))
    sql += f" AND t.to_account IN ({marks}) AND t.at BETWEEN %s AND %s AND {day} BETWEEN %s AND %s"
    return fetch_rows(connection, sql.replace("%%", "%") if connection.vendor == "sqlite" else sql, [
        *accounts, *stretch, first.isoformat(), last.isoformat(),
    ])  # fmt: skip


def instants_of(first: date, last: date) -> tuple[Any, Any] | None:
    """The earliest and the latest instant of the records of these business dates; None when there is none."""
    days = [first.isoformat(), last.isoformat()]
    union = " UNION ALL ".join(
        f"SELECT MIN(at) AS low, MAX(at) AS high FROM {table} WHERE business_date BETWEEN %s AND %s"  # noqa: S608
        for table in SEALED
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT MIN(low), MAX(high) FROM ({union}) AS found", days * len(SEALED))  # noqa: S608
        low, high = cursor.fetchone()
    return None if low is None else (low, high)


def credited_accounts() -> list[str]:
    """Every account that something ever went to: the index is walked from one to the next, not row by row."""
    found: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT MIN(to_account) FROM treasury_cashtransfer")
        while (account := cursor.fetchone()[0]) is not None:
            found.append(account)
            cursor.execute("SELECT MIN(to_account) FROM treasury_cashtransfer WHERE to_account > %s", [account])
    return found


def written_on(first: date, last: date) -> tuple[Any, Any]:
    """The first instant of a day and the last of another, as a transfer's own instant tells them (UTC)."""
    low = datetime(first.year, first.month, first.day, tzinfo=UTC)
    high = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1, microseconds=-1)
    return connection.ops.adapt_datetimefield_value(low), connection.ops.adapt_datetimefield_value(high)
