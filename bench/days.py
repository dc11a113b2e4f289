"""Whole years quickly: days of genuine tickets, multiplied, each day opened, counted and closed by a Z that its register
seals. Openings, counts and Z are received by a real server, which sums every Z again over its tickets."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from comptoir.exchange.replay.clocks import SetClock, fresh_id
from comptoir.exchange.replay.connection import Enrolled, enrol
from comptoir.exchange.replay.memory import MemoryStorage
from comptoir.exchange.replay.softtill import SoftTill, ask_engine
from tests.faults.real_server import Server, enrolment_codes

from .bare import connect
from .multiply import CHUNK, Moment, Template, add_tickets, moment_at
from .place import Home, served
from .sending import sell_typical

FLOAT_MINOR = 10_000
OPEN_HOURS = 10
CASHIER = {"id": "u1", "name": "Zoé"}
NAMES = ("vat_e4", "code")  # numbers of a state that name something, and are never added
Day = tuple[date, int]  # and how many tickets each register seals that day


class Counter(NamedTuple):
    """A register that sells by template."""

    till: SoftTill
    clock: SetClock
    storage: MemoryStorage
    enrolled: Enrolled
    first: dict[str, Any]  # its only ticket that was really sold


def fill_days(place: Home, *, registers: int, days: Sequence[Day]) -> None:
    """A dossier whose registers opened, sold so many tickets, counted and closed on each of these days."""
    with served(place) as server:
        counters = [first_sale(server, code, days[0][0]) for code in enrolment_codes(place.folder, count=registers)]
        write_days(place, counters, days)
        send_closings(counters)


def first_sale(server: Server, code: str, day: date) -> Counter:
    """One ticket sold and received for real: the others take their rows from it."""
    enrolled = enrol(base_url=server.base_url, code=code)
    clock, storage = SetClock(), MemoryStorage(copies=False, strict=False)
    till = SoftTill(place=enrolled.place, storage=storage, clock=clock, signer=enrolled.key, new_id=fresh_id)
    _open(till, clock, day)
    counter = Counter(till, clock, storage, enrolled, sell_typical(till, number=1))
    send_closings([counter])
    return counter


def write_days(place: Home, counters: Sequence[Counter], days: Sequence[Day], *, last_stays_open: bool = False) -> None:
    """Writes the tickets of these days straight into the file; openings, counts and Z wait in their tills."""
    connection = connect(place)
    for pragma in ("synchronous = OFF", "cache_size = -400000", "wal_autocheckpoint = 20000"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    templates = [
        Template(till=one.till, key=one.enrolled.key, ticket=one.first, connection=connection) for one in counters
    ]
    for number, (day, tickets) in enumerate(days):
        for counter, template in zip(counters, templates, strict=True):
            if number:
                _open(counter.till, counter.clock, day)
            more = tickets - (0 if number else 1)  # the first one was really sold
            begin_day(template, counter.till, day, step_ms=OPEN_HOURS * 3_600_000 // max(1, more))
            for size in _chunks(more):
                add_tickets(connection, [template] * size)
            _fold(counter.till, template, tickets=more, first=number == 0)
            if not (last_stays_open and number == len(days) - 1):
                close_day(counter, day)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection.close()


def send_closings(counters: Sequence[Counter]) -> None:
    """Everything that waits in these tills; raises AssertionError when a record is not stored."""
    for counter in counters:
        while batch := counter.till.next_batch():
            answer = counter.enrolled.connection.post_records(batch)
            assert {row["status"] for row in answer["results"]} == {"stored"}, answer["results"][:3]
            counter.till.take_answer(answer)


def _chunks(tickets: int) -> Iterator[int]:
    for done in range(0, tickets, CHUNK):
        yield min(CHUNK, tickets - done)


def _open(till: SoftTill, clock: SetClock, day: date) -> None:
    clock.set_utc(_morning(day))
    till.open_session(business_date=day.isoformat(), operator=CASHIER, float_minor=FLOAT_MINOR)


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(7, 0), tzinfo=UTC)


def begin_day(template: Template, till: SoftTill, day: date, *, step_ms: int) -> None:
    """From here on the template's tickets are of this day and of the till's open session."""
    template.session = till.state["session"]["id"]
    opened, before = _morning(day), template.seq

    def moment(seq: int) -> Moment:
        return moment_at(opened + timedelta(milliseconds=(seq - before) * step_ms))

    template.moment = moment


def _fold(till: SoftTill, template: Template, *, tickets: int, first: bool) -> None:
    """What the till knows of a day after these tickets: the engine folds one, the rest is as many times the same. The
    server sums the rows themselves and would say so if this were wrong."""
    if not tickets:
        return
    before, last = till.state["fold"], template.moment(template.seq)
    one = {
        **template.ticket, "seq": template.seq, "at": last.at, "session": template.session, "business_date": last.date,
        **{f"perpetual_{key}": value for key, value in template.perpetual.items()},
    }  # fmt: skip
    copied = json.loads(json.dumps(before))
    after = ask_engine("fold_totals", {"state": before, "bodies": [one]})["state"]
    fold = _scaled(copied, after, tickets)
    low = template.seq - tickets + (0 if first else 1)
    fold["tickets"] |= {"first_seq": low, "last_seq": template.seq}
    for key in ("perpetual_seq", *(f"perpetual_{kind}_minor" for kind in ("algebraic", "absolute"))):
        fold[key] = after[key]
    fold["ranges"] = [
        {**row, "first": low, "last": template.seq} if row["chain"] == template.chain else row
        for row in after["ranges"]
    ]
    if not first:
        fold["first_at"] = template.moment(low).at
    heads = {**till.state["heads"], template.chain: {"seq": template.seq, "signature": template.signature}}
    till.state = {**till.state, "fold": fold, "heads": heads, "perpetual": dict(template.perpetual)}


def _scaled(before: Any, after: Any, times: int) -> Any:
    """`before` and so many times what one ticket added; rows that the ticket brought begin at nothing."""
    if isinstance(after, dict):
        old = before or {}
        return {
            key: value if key in NAMES else _scaled(old.get(key), value, times) for key, value in after.items()
        }  # fmt: skip
    if isinstance(after, list):
        olds = before if before and len(before) == len(after) else [None] * len(after)
        return [_scaled(old, new, times) for old, new in zip(olds, after, strict=True)]
    if isinstance(after, int) and not isinstance(after, bool):
        return (before or 0) + times * (after - (before or 0))
    return after


def close_day(counter: Counter, day: date) -> None:
    """The day's cash goes into the safe, the float stays; then the count and the Z."""
    till, clock = counter.till, counter.clock
    clock.set_utc(_morning(day) + timedelta(hours=OPEN_HOURS + 1))
    taken = till.report()["cash"]["expected_minor"] - FLOAT_MINOR
    if taken > 0:
        till.move_cash(kind="out", amount_minor=taken, reason="to_safe", label="Mise au coffre")
    till.close_session(counted=[{"tender": "cash", "amount_minor": FLOAT_MINOR, "pieces": []}])
