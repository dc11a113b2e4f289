"""The cash ledger of some days, found without reading the rest of it.

A transfer says when, not for which business date: a session that crosses midnight, or a clock put back, lets the two
differ. The instants between which the records of these days were sealed bound the search in the index by account; the
business date of each record then decides. What stands in that stretch under no known day is read from its sealed record."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection

SEALED = ("till_ticket", "treasury_cashentry", "treasury_officemove", "treasury_closing")  # each cause of a transfer
STEP = 2_000
DAY = "COALESCE(k.business_date, e.business_date, o.business_date, r.business_date)"
SOURCES = (  # a transfer with the record that caused it, and the small rows that know its business date
    "treasury_cashtransfer t JOIN fiscal_record r ON r.id = t.source LEFT JOIN till_ticket k ON k.id = t.source"
    " LEFT JOIN treasury_cashentry e ON e.id = t.source LEFT JOIN treasury_officemove o ON o.id = t.source"
)
_SQL = (
    f"SELECT t.id, t.from_account, t.to_account, t.amount, t.code, t.at, r.chain, r.seq, r.type, {DAY},"  # noqa: S608
    f" COALESCE(e.label, o.label, '') FROM {SOURCES}"
    f" WHERE t.to_account IN (%s) AND t.at BETWEEN %s AND %s AND {DAY} BETWEEN %s AND %s"
)
Rows = list[tuple[Any, ...]]


def moved_between(first: date, last: date) -> Iterator[Rows]:
    """The transfers that records of these business dates caused, some at a time, in no order: id, from, to, amount, code,
    instant, chain, number and type of the record, business date, label; values as the database gives them."""
    stretch, accounts = instants_of(first, last), credited_accounts()
    if stretch is None or not accounts:
        return
    sql = _SQL.replace("IN (%s)", f"IN ({', '.join(['%s'] * len(accounts))})")
    with connection.cursor() as cursor:
        cursor.execute(sql, [*accounts, *stretch, first.isoformat(), last.isoformat()])
        while rows := cursor.fetchmany(STEP):
            yield rows


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
