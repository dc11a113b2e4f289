"""The Z of a session of ten thousand tickets: sealed by the till, booked by the server, beside a bare SQL sum."""

import os
import time
from collections.abc import Iterator
from datetime import date

from tests.faults.real_server import enrolment_codes

from .bare import connect
from .days import close_day, first_sale, send_closings, write_days
from .figures import Figure, at_most, ratio
from .place import Home, home, served

TICKETS = 10_000
ROUNDS = int(os.environ.get("COMPTOIR_BENCH_ROUNDS", "3"))
DAY = date(2025, 6, 2)
_RANGE = "JOIN till_ticket t ON t.id = x.ticket_id WHERE t.chain = ? AND t.seq BETWEEN ? AND ?"
SUMS = (  # what a Z holds, one plain statement a table, over the rows of this Z and no others
    "SELECT t.operation, t.operator_id, COUNT(*), SUM(t.gross_minor), SUM(t.net_minor), SUM(t.vat_minor),"
    " SUM(t.rounding_minor), SUM(t.articles), SUM(t.deleted_lines), SUM(t.deleted_minor) FROM till_ticket t"
    " WHERE t.chain = ? AND t.seq BETWEEN ? AND ? GROUP BY 1, 2",
    f"SELECT x.vat_e4, SUM(x.base_minor), SUM(x.vat_minor), SUM(x.gross_minor) FROM till_ticketvat x {_RANGE} GROUP BY 1",  # noqa: S608
    "SELECT x.tender, COUNT(*), SUM(x.amount_minor), SUM(x.tendered_minor), SUM(x.change_minor)"  # noqa: S608
    f" FROM till_ticketpayment x {_RANGE} GROUP BY 1",
    "SELECT x.family, COUNT(*), SUM(x.gross_minor), SUM(x.net_minor), COUNT(NULLIF(x.discount_minor, 0)),"  # noqa: S608
    f" SUM(x.discount_minor) FROM till_ticketline x {_RANGE} GROUP BY 1",
)


def run() -> Iterator[Figure]:
    section = f"Z of {TICKETS} tickets"
    with home("sqlite") as place, served(place) as server:
        codes = enrolment_codes(place.folder, count=ROUNDS)
        counters = [first_sale(server, code, DAY) for code in codes]
        write_days(place, counters, [(DAY, TICKETS)], last_stays_open=True)
        sealed = booked = bare = 1 << 62
        for counter in counters:  # ours and the bare sums in turns, so that a noisy moment hurts both
            began = time.perf_counter_ns()
            close_day(counter, DAY)
            sealed = min(sealed, time.perf_counter_ns() - began)
            began = time.perf_counter_ns()
            send_closings([counter])
            booked = min(booked, time.perf_counter_ns() - began)
            bare = min(bare, *(_bare_sum(place, f"{counter.till.place.register}-1-ticket") for _ in range(3)))
        _check_booked(place)
    yield Figure(section, "X, count and Z sealed by the till", sealed // 1_000_000, "ms")
    yield at_most(section, "Z received, summed again and booked by the server", booked // 1_000_000, unit="ms", limit=2_000,
                  note=f"best of {ROUNDS} registers; a peer: 23 s")  # fmt: skip
    yield Figure(section, "bare SQL sums over the same rows", bare // 1_000_000, "ms", note="best of as many")
    yield ratio(section, "bare SQL sums to the server's Z", bare, booked, limit_percent=50)


def _bare_sum(place: Home, chain: str) -> int:
    connection = connect(place)
    began = time.perf_counter_ns()
    summed = [connection.execute(statement, (chain, 1, TICKETS)).fetchall() for statement in SUMS]
    took = time.perf_counter_ns() - began
    connection.close()
    assert sum(row[2] for row in summed[0]) == TICKETS, "the bare sums must be over the very rows of the Z"
    return took


def _check_booked(place: Home) -> None:
    connection = connect(place)
    rows = connection.execute("SELECT ticket_count, agrees FROM treasury_closing").fetchall()
    connection.close()
    assert [(count, bool(agrees)) for count, agrees in rows] == [(TICKETS, True)] * ROUNDS, rows
