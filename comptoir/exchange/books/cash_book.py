"""The cash book (livre de caisse): what came in and went out of the shop's cash, with the balance after each line.

Sales stand together between two other events, so that the balance of a line is that of the drawer at that moment. A line
after which a place would hold less than nothing is shown with the record that causes it: what a till sealed is a fact, and
somebody must say what is missing. The office's own moves are refused before (treasury, services/move_money.py)."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils import timezone

from comptoir.apps.treasury.models import CashPlace, Closing
from comptoir.engine.money import format_euro

from .cash_events import CLOSED, Event, cash_events, sale_event
from .cash_states import CashStates, states_before
from .ledger import Sale, sales_between, spelled
from .table import CLOCK, COUNT, DAY, MONEY, Book, Column, Line, Span

COLUMNS = (
    Column("N°", COUNT, 1, "hidden"), Column("Date", DAY, 2), Column("Heure", CLOCK, 1, "hidden"), Column("Pièce", weight=3),
    Column("Libellé", weight=7, card="title"), Column("Z", weight=2, card="hidden"), Column("Entrée", MONEY), Column("Sortie", MONEY),
    Column("Solde", MONEY, 2, "amount"),
)  # fmt: skip
WORDS = {
    "in": "Entrée de caisse", "out": "Sortie de caisse", "move": "Mouvement du bureau", "sent": "Envoi",
    "received": "Réception", "difference": "Écart constaté",
}  # fmt: skip


class _Pending(NamedTuple):
    """Sales of a register since the last line."""

    first: Event
    last: Event
    count: int
    amount_minor: int


class CashBook:
    """Builds the lines of one book: all cash, or the places named."""

    def __init__(self, span: Span, *, places: frozenset[str] | None) -> None:
        self.span, self.places = span, places
        self.states: CashStates = states_before(span.first)
        self.balance = self._held()
        self.carried = self.balance
        self.totals = [0, 0]
        self.number = 0
        self.lines: list[Line] = []
        self.warnings: list[str] = []
        self.pending: dict[str, _Pending] = {}
        self.covers = _covering(span)
        self.names = {place.account: place.name for place in CashPlace.objects.all()}
        self._left = defaultdict(int, self.states.held)

    def build(self, sales: Sequence[Sale]) -> list[Line]:
        first = self.span.first
        self.lines.append(Line((None, first, None, "", "Report", "", None, None, self.balance), "carried"))
        place = 0
        for event in cash_events(*self.span):
            key = (*spelled(event.day, event.at), event.rank, event.chain, event.seq)
            until = bisect_left(sales, key, lo=place)
            self._take_sales(sales[place:until])
            place = until
            self._take(event)
        self._take_sales(sales[place:])
        self._flush()
        self.lines.append(
            Line((None, self.span.last, None, "", "Total et solde", "", *self.totals, self.balance), "total")
        )
        return self.lines

    def _take(self, event: Event) -> None:
        effect = self.states.take(event)
        mine = sum(amount for place, amount in effect.changes.items() if self._mine(place))
        if event.code == "sale":
            if mine:
                self._wait(event, event, 1, mine)
        elif mine or (event.code == CLOSED and self._mine(f"drawer/{event.register}")):
            self._flush()
            self._write(event, mine)
        self._watch(event, effect.changes)

    def _take_sales(self, sales: Sequence[Sale]) -> None:
        """Sales between two other events: they only add, so that nothing has to be watched between them."""
        together: dict[tuple[str, str], list[Sale]] = {}
        for sale in sales:
            together.setdefault((sale[3], sale[6]), []).append(sale)
        for (_, drawer), some in together.items():
            amount_minor = sum(sale[5] for sale in some)
            self.states.held[drawer] = self.states.held.get(drawer, 0) + amount_minor
            self._left[drawer] += amount_minor
            if self._mine(drawer):
                self._wait(sale_event(some[0]), sale_event(some[-1]), len(some), amount_minor)

    def _wait(self, first: Event, last: Event, count: int, amount_minor: int) -> None:
        """Keeps sales until something else happens."""
        known = self.pending.get(first.chain, _Pending(first, last, 0, 0))
        self.pending[first.chain] = _Pending(known.first, last, known.count + count, known.amount_minor + amount_minor)

    def _held(self) -> int:
        return sum(amount for place, amount in self.states.held.items() if self._mine(place))

    def _mine(self, place: str) -> bool:
        return self.places is None or place in self.places

    def _flush(self) -> None:
        for one in self.pending.values():
            first, last = one.first, one.last
            piece = first.piece if one.count == 1 else f"{first.piece} à {last.seq}"
            label = "Vente en espèces" if one.count == 1 else f"Ventes en espèces ({one.count} tickets)"
            self._line(first, piece, label, one.amount_minor, z=self.covers(last))
        self.pending = {}

    def _write(self, event: Event, amount_minor: int) -> None:
        if event.code == CLOSED:
            held = self.states.held.get(f"drawer/{event.register}", 0)
            label = f"Z {event.number} · reste en caisse {event.register} : {format_euro(held)}"
            when = timezone.localtime(event.at)
            cells = (None, event.day, when, event.piece, label, event.number, None, None, self.balance)
            self.lines.append(Line(cells, "z"))
            return
        self._line(event, event.piece, self._label(event), amount_minor, z=event.number if event.rank == 3 else "")

    def _label(self, event: Event) -> str:
        if event.code == "opening":
            known = Closing.objects.filter(register=event.register, at__lte=event.at).exists()
            return f"Écart à l’ouverture de {event.register}" if known else f"Premier fond de caisse, {event.register}"
        if event.code == "difference":
            return f"Écart constaté · {event.label or 'clôture de ' + event.register}"
        return event.label or WORDS.get(event.code, event.code)

    def _line(self, event: Event, piece: str, label: str, amount_minor: int, *, z: str) -> None:
        came, went = max(amount_minor, 0), max(-amount_minor, 0)
        self.balance += amount_minor
        self.totals[0] += came
        self.totals[1] += went
        self.number += 1
        tone = "bad" if self.balance < 0 else ""
        when = timezone.localtime(event.at)
        self.lines.append(
            Line((self.number, event.day, when, piece, label, z, came or None, went or None, self.balance), tone)
        )

    def _watch(self, event: Event, changes: dict[str, int]) -> None:
        """Names the record that takes more from a place than it held."""
        for place, amount_minor in changes.items():
            before, after = self._left[place], self._left[place] + amount_minor
            self._left[place] = after
            if after < 0 and amount_minor < 0 and self._mine(place):
                kind, _, code = place.partition("/")
                name = f"la caisse {code}" if kind == "drawer" else self.names.get(place, place)
                self.warnings.append(
                    f"{event.day:%d/%m/%Y}, {event.piece} ({self._label(event)}) : {format_euro(-amount_minor)} sortis de"
                    f" « {name} » qui n’avait que {format_euro(before)}. Il manque une entrée, ou la sortie est de trop."
                )


def cash_book(
    span: Span, *, places: frozenset[str] | None = None, name: str = "Toutes les espèces",
    sales: Sequence[Sale] | None = None,
) -> Book:  # fmt: skip
    """The book of these days. `places`: `drawer/<register>`, `safe/<code>`; None for all the cash of the shop. `sales`:
    those of these days, by a caller that has them (ledger.py)."""
    made = CashBook(span, places=places)
    lines = made.build(sales_between(*span) if sales is None else sales)
    notes = (
        "Les ventes sont réunies entre deux autres opérations ; chaque Z dit ce qui reste en caisse.",
        "Un passage de la caisse au coffre ne change pas les espèces du magasin : il est dans le livre de chaque lieu.",
    )
    return Book("livre-de-caisse", "Livre de caisse", name, span, COLUMNS, lines, notes, tuple(made.warnings))


def closing_balance(book: Book) -> int:
    """The balance under the last line of a cash book."""
    balance: int = book.lines[-1].cells[-1]
    return balance


def _covering(span: Span) -> Any:
    """A function event -> number of the Z that covers this ticket, or nothing."""
    ranges: dict[tuple[str, int], list[tuple[int, int, str]]] = defaultdict(list)
    for row in Closing.objects.filter(business_date__gte=span.first, first_seq__gt=0).iterator(chunk_size=500):
        ranges[row.register, row.generation].append(
            (row.first_seq, row.last_seq, f"{row.register}-{row.generation}-{row.seq}")
        )

    def number(event: Event) -> str:
        register, generation, _ = event.chain.split("-")
        found = (z for first, last, z in ranges[register, int(generation)] if first <= event.seq <= last)
        return next(found, "")

    return number
