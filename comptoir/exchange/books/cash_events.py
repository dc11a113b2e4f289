"""What happened to the shop's cash, in order: the ledger's transfers, the counted openings and the Z of some days.

Within a day events follow their instants; of those of the same second openings come first, then sales, then movements,
then the Z, as a till seals them."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from comptoir.apps.fiscal.raw_rows import date_text, instant_text
from comptoir.apps.treasury.models import Closing, DrawerSession

from .ledger import Sale, moves_between, openings

RANKS = {"opening": 0, "ticket": 1, "cash": 2, "z": 3}
PIECES = {"cash": "Mvt", "z": "Z"}  # a ticket is its number alone
CLOSED = "closed"  # the Z itself, after what it moved


class Event(NamedTuple):
    """`code` is the transfer's, or `opening` and `closed`. Instants in UTC."""

    day: date
    at: datetime
    rank: int
    chain: str
    seq: int
    place: str  # id of the transfer, for a stable order
    code: str
    source: str
    target: str
    amount_minor: int
    label: str

    @property
    def register(self) -> str:
        return self.chain.partition("-")[0]

    @property
    def number(self) -> str:
        """Register, generation and number, as papers print them: of a ticket, or of a Z."""
        register, generation, _ = self.chain.split("-")
        return f"{register}-{generation}-{self.seq}"

    @property
    def piece(self) -> str:
        """The paper that proves it."""
        kind = self.chain.rsplit("-", 1)[1]
        if self.register == "S":
            return f"Bureau {self.number}"
        return f"{PIECES[kind]} {self.number}" if kind in PIECES else self.number


def cash_events(first: date, last: date) -> list[Event]:
    """Every event of these business dates but plain sales (ledger.py), in order."""
    events = [*_transfers(first, last), *_openings(first, last), *_closings(first, last)]
    return sorted(events, key=lambda one: (one.day, one.at, one.rank, one.chain, one.seq, one.place))


def sale_event(sale: Sale) -> Event:
    """A plain sale as an event."""
    day, at, rank, chain, seq, amount, target = sale
    return Event(
        date.fromisoformat(date_text(day)), _instant(at), rank, chain, seq, "", "sale", "sales", target, amount, ""
    )


def _transfers(first: date, last: date) -> Iterator[Event]:
    opened = openings(first, last)
    for place, source, target, amount, code, at, chain, seq, kind, day, label in moves_between(first, last):
        if code != "opening":
            on, when = date.fromisoformat(date_text(day)), _instant(at)
            yield Event(
                on, max(when, opened.get((on, chain.partition("-")[0]), when)), RANKS.get(kind, 2), chain, seq, str(place), code, source,
                target, int(amount), label,
            )  # fmt: skip


def _instant(value: Any) -> datetime:
    return datetime.fromisoformat(instant_text(value).replace("Z", "+00:00"))


def _openings(first: date, last: date) -> Iterator[Event]:
    rows = DrawerSession.objects.filter(business_date__range=(first, last)).select_related("record")
    for row in rows.iterator(chunk_size=500):
        yield Event(
            row.business_date, row.opened_at, RANKS["opening"], row.record.chain, row.record.seq, "", "opening",
            f"float/{row.register}", f"drawer/{row.register}", row.opening_minor, "",
        )  # fmt: skip


def _closings(first: date, last: date) -> Iterator[Event]:
    for row in Closing.objects.filter(business_date__range=(first, last)).iterator(chunk_size=500):
        yield Event(row.business_date, row.at, RANKS["z"], row.chain, row.seq, "~", CLOSED, "", "", 0, "")
