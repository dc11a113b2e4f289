"""The Z of a session of ten thousand tickets: sealed by the till, booked by the server, beside a bare SQL sum."""

import time
from collections.abc import Iterator

from comptoir.exchange.replay.memory import MemoryStorage
from comptoir.exchange.replay.softtill import SoftTill
from tests.faults.real_server import enrolled_tills

from .bare import connect
from .figures import Figure, at_most, ratio
from .place import Home, home, served
from .sending import sell_typical

TICKETS = 10_000
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
        ((till, storage, enrolled),) = enrolled_tills(server, count=1)
        _sell(till, storage, enrolled.connection)
        began = time.perf_counter_ns()
        expected = till.report()["cash"]["expected_minor"]
        till.close_session(counted=[{"tender": "cash", "amount_minor": expected, "pieces": []}])
        sealed = time.perf_counter_ns() - began
        began = time.perf_counter_ns()
        answer = enrolled.connection.post_records(till.next_batch())
        booked = time.perf_counter_ns() - began
        assert {row["status"] for row in answer["results"]} == {"stored"}
        _check_booked(place)
        bare = min(_bare_sum(place) for _ in range(5))
    yield Figure(section, "X, count and Z sealed by the till", sealed // 1_000_000, "ms")
    yield at_most(section, "Z received, summed again and booked by the server", booked // 1_000_000, unit="ms", limit=2_000,
                  note="a peer: 23 s")  # fmt: skip
    yield Figure(section, "bare SQL sums over the same rows", bare // 1_000_000, "ms", note="best of 5")
    yield ratio(section, "bare SQL sums to the server's Z", bare, booked, limit_percent=50)


def _sell(till: SoftTill, storage: MemoryStorage, connection) -> None:
    for number in range(TICKETS):
        sell_typical(till, number=number)
        if storage.count() >= 200:
            till.take_answer(connection.post_records(till.next_batch()))
    while storage.count():
        till.take_answer(connection.post_records(till.next_batch()))


def _bare_sum(place: Home) -> int:
    connection = connect(place)
    ((chain,),) = connection.execute("SELECT DISTINCT chain FROM till_ticket").fetchall()
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
    assert [(count, bool(agrees)) for count, agrees in rows] == [(TICKETS, True)], rows
