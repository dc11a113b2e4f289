"""Which sealed records an archive holds: for each chain, the unbroken range that spans the period."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from django.db import connection
from django.db.models import Max, Min

from comptoir.apps.fiscal.chain_check import COLUMNS, Row
from comptoir.apps.fiscal.chains import SERVER
from comptoir.apps.fiscal.models import Record, SealingKey
from comptoir.apps.fiscal.queries import chain_names, heads_of
from comptoir.apps.fiscal.raw_rows import RawTable, fetch_rows
from comptoir.apps.treasury.models import PeriodClosing

STRETCH = 250
_RECORDS = RawTable(Record, *COLUMNS)
_OTHERS = (  # its first condition is, to the letter, that of the index
    "SELECT chain, MIN(seq), MAX(seq) FROM fiscal_record WHERE NOT (type = 'ticket') AND business_date BETWEEN %s AND %s"
    " GROUP BY chain"
)
_TICKETS = "SELECT chain, MIN(seq), MAX(seq) FROM till_ticket WHERE business_date BETWEEN %s AND %s GROUP BY chain"
_OF_Z = (
    "SELECT register || '-' || generation || '-ticket', MIN(first_seq), MAX(last_seq) FROM treasury_closing"
    " WHERE business_date BETWEEN %s AND %s AND first_seq > 0 GROUP BY register, generation"
)
_THERE = (  # of numbers that rows of other tables name: those whose records are still there
    "SELECT (SELECT seq FROM fiscal_record WHERE chain = %s AND seq BETWEEN %s AND %s ORDER BY seq LIMIT 1),"
    " (SELECT seq FROM fiscal_record WHERE chain = %s AND seq BETWEEN %s AND %s ORDER BY seq DESC LIMIT 1)"
)


class Part(NamedTuple):
    """Consecutive numbers of one chain; `previous` is the signature before the first one, empty at the beginning."""

    chain: str
    first: int
    last: int
    previous: str

    @property
    def type(self) -> str:
        return self.chain.rsplit("-", 1)[-1]

    @property
    def register(self) -> str:
        return self.chain.split("-", 1)[0]


def chosen_parts(first: date, last: date, *, scope: str) -> list[Part]:
    """Ranges that hold every record of these business dates, the server's chains included; Z first, so that a reader
    knows them when tickets come. Closings of the server enter by the days they close, not by the day they were sealed.
    Enrolments are whole: they say which keys may seal. `scope`: ALL or a register."""
    ranges = {chain: span for chain, span in _spans_of_days(first, last).items() if not _is_period(chain)}
    ranges |= {chain: (low, high) for chain, low, high in _periods_within(first, last)}
    enrolments = [name for name in chain_names() if name.startswith(f"{SERVER}-") and name.endswith("-enrolment")]
    ranges |= {name: (1, head.seq) for name, head in heads_of(enrolments).items()}
    parts = [
        Part(chain, low, high, _signature(chain, low - 1))
        for chain, (low, high) in ranges.items()
        if scope == "ALL" or chain.split("-", 1)[0] in (scope, SERVER)
    ]
    return sorted(parts, key=lambda part: (part.type != "z", part.chain))


def stretches(part: Part) -> Iterator[list[Row]]:
    """The stored rows of a part, in order, a few at a time."""
    sql = (
        f"SELECT {_RECORDS.list} FROM fiscal_record WHERE chain = %s AND seq BETWEEN %s AND %s"  # noqa: S608
        f" ORDER BY seq LIMIT {STRETCH}"
    )
    first = part.first
    while True:
        raw = fetch_rows(connection, sql, [part.chain, first, part.last])
        if not raw:
            return
        rows = [_RECORDS.read(row, vendor=connection.vendor) for row in raw]
        yield rows
        first = rows[-1][2] + 1


def keys_of(parts: list[Part]) -> list[SealingKey]:
    """The public keys of these chains' registers, all generations, and the server's."""
    registers = {part.register for part in parts} | {SERVER}
    return list(SealingKey.objects.filter(register__in=registers).order_by("register", "generation"))


def _spans_of_days(first: date, last: date) -> dict[str, tuple[int, int]]:
    """For each chain, the lowest and the highest number with a business date of these days.

    Three indexes by day are read, so that the cost follows the days: that of the records which are no tickets, that of
    the tickets' rows, and that of the Z, whose tickets belong here even when their rows were touched."""
    found: dict[str, tuple[int, int]] = {}
    days = [first.isoformat(), last.isoformat()]
    for statement in (_OTHERS, _TICKETS, _OF_Z):
        for chain, low, high in fetch_rows(connection, statement, days):
            known = found.get(chain, (low, high))
            found[chain] = (min(known[0], low), max(known[1], high))
    there = {chain: fetch_rows(connection, _THERE, [chain, *span, chain, *span])[0] for chain, span in found.items()}
    return {chain: (low, high) for chain, (low, high) in there.items() if low is not None}


def _is_period(chain: str) -> bool:
    return chain.startswith(f"{SERVER}-") and chain.rsplit("-", 1)[-1] in ("day", "month", "year")


def _periods_within(first: date, last: date) -> list[tuple[str, int, int]]:
    rows = PeriodClosing.objects.filter(first_date__gte=first, last_date__lte=last).order_by().values_list("chain")
    return list(rows.annotate(low=Min("seq"), high=Max("seq")))


def _signature(chain: str, seq: int) -> str:
    return Record.objects.filter(chain=chain, seq=seq).values_list("signature", flat=True).first() or ""
