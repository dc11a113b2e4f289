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
    spans = fetch_rows(
        connection,
        "SELECT chain, MIN(seq), MAX(seq) FROM fiscal_record WHERE business_date BETWEEN %s AND %s GROUP BY chain",
        [first.isoformat(), last.isoformat()],
    )
    ranges = {chain: (low, high) for chain, low, high in spans if not _is_period(chain)}
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


def _is_period(chain: str) -> bool:
    return chain.startswith(f"{SERVER}-") and chain.rsplit("-", 1)[-1] in ("day", "month", "year")


def _periods_within(first: date, last: date) -> list[tuple[str, int, int]]:
    rows = PeriodClosing.objects.filter(first_date__gte=first, last_date__lte=last).order_by().values_list("chain")
    return list(rows.annotate(low=Min("seq"), high=Max("seq")))


def _signature(chain: str, seq: int) -> str:
    return Record.objects.filter(chain=chain, seq=seq).values_list("signature", flat=True).first() or ""
