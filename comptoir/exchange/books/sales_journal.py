"""The sales journal: a row a ticket, with its VAT by rate, its tenders and the accounts they are booked on."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.db.models import QuerySet, Sum
from django.utils import timezone

from comptoir.apps.settings.models import TenderType
from comptoir.apps.till.models import Ticket, TicketPayment, TicketVat
from comptoir.apps.treasury.book_accounts import Chart

from .receipts_book import rate_name
from .table import CLOCK, DAY, MONEY, Book, Column, Line, Span

OPERATIONS = {
    "sale": "Vente",
    "refund": "Remboursement",
    "cancel": "Annulation",
    "correction": "Correction de règlement",
}
STEP = 400


class Wanted(NamedTuple):
    """Which tickets the reader asks for; empty: all."""

    register: str = ""
    operation: str = ""
    tender: str = ""
    vat_e4: str = ""  # a rate, or "none"


def tickets_wanted(span: Span, wanted: Wanted) -> QuerySet[Ticket]:
    """The tickets of these business dates, in the order in which they were sealed."""
    found = Ticket.objects.filter(business_date__range=span)
    if wanted.register:
        found = found.filter(register=wanted.register)
    if wanted.operation:
        found = found.filter(operation=wanted.operation)
    if wanted.tender:
        found = found.filter(payments__tender=wanted.tender).distinct()
    if wanted.vat_e4 == "none":
        found = found.filter(vat__vat_e4__isnull=True).distinct()
    elif wanted.vat_e4:
        found = found.filter(vat__vat_e4=int(wanted.vat_e4)).distinct()
    return found.order_by("business_date", "register", "generation", "seq")


def sales_journal(span: Span, *, country: str, wanted: Wanted = Wanted(), part: tuple[int, int] | None = None) -> Book:  # noqa: B008 - frozen
    """The journal of these days; `part` (first row, row after the last) for a page of it: the total is that of all."""
    found = tickets_wanted(span, wanted)
    rates = _rates(found)
    columns = [
        Column("Date", DAY, 3), Column("Heure", CLOCK, 2, "hidden"), Column("Pièce", weight=3, card="title"), Column("Opération", weight=4),
        *[Column(f"{word} {rate_name(rate)}", MONEY, 3, "hidden") for rate in rates for word in _words(rate)],
        Column("HT", MONEY, 3), Column("TVA", MONEY, 3), Column("TTC", MONEY, 3, "amount"), Column("Règlements", weight=5),
        Column("Comptes", weight=6, card="hidden"),
    ]  # fmt: skip
    chosen = found if part is None else found[part[0] : part[1]]
    lines = list(_lines(chosen, rates, Chart(country)))
    lines.append(_total(found, rates, span))
    notes = ("Une ligne par ticket ; les remboursements et annulations sont négatifs.",)
    return Book("journal-des-ventes", "Journal des ventes", _filters(wanted), span, columns, lines, notes)


def _words(rate: int | None) -> tuple[str, ...]:
    return ("Montant",) if rate is None else ("HT", "TVA")


def _rates(found: QuerySet[Ticket]) -> list[int | None]:
    met = set(
        TicketVat.objects.filter(ticket__in=found.order_by().values("pk")).values_list("vat_e4", flat=True).distinct()
    )
    return sorted(met, key=lambda rate: 1 if rate is None else -1 - rate)


def _lines(found: QuerySet[Ticket], rates: Sequence[int | None], chart: Chart) -> Iterator[Line]:
    words = _Words(chart)
    several: list[_Sealed] = []
    for row in found.values_list(*_Sealed._fields).iterator(chunk_size=STEP):
        several.append(_Sealed(*row))
        if len(several) == STEP:
            yield from _some(several, rates, words)
            several = []
    yield from _some(several, rates, words)


class _Sealed(NamedTuple):
    """What the journal says of a ticket."""

    pk: Any
    business_date: Any
    at: Any
    register: str
    generation: int
    seq: int
    operation: str
    net_minor: int
    vat_minor: int
    gross_minor: int


class _Words:
    """Tenders and accounts of a ticket, spelled once for all tickets that were paid and taxed alike."""

    def __init__(self, chart: Chart) -> None:
        self.chart = chart
        self.labels = dict(TenderType.objects.values_list("code", "label"))
        self._known: dict[Any, tuple[str, str]] = {}

    def of(self, rates: tuple[int | None, ...], paid: tuple[tuple[str, str], ...]) -> tuple[str, str]:
        """`rates` of a ticket and its tenders, code and kind, in order."""
        found = self._known.get((rates, paid))
        if found is None:
            tenders = ", ".join(self.labels.get(code, code) for code, _ in paid)
            found = self._known[rates, paid] = (tenders, _accounts(rates, paid, self.chart))
        return found


def _some(tickets: list[_Sealed], rates: Sequence[int | None], words: _Words) -> Iterator[Line]:
    ids = [ticket.pk for ticket in tickets]
    vat: dict[Any, dict[int | None, tuple[int, int, int]]] = defaultdict(dict)
    amounts = TicketVat.objects.filter(ticket__in=ids).values_list(
        "ticket", "vat_e4", "base_minor", "vat_minor", "gross_minor"
    )
    for ticket, rate, *parts in amounts:
        vat[ticket][rate] = tuple(parts)
    paid: dict[Any, list[tuple[str, str]]] = defaultdict(list)
    tenders = TicketPayment.objects.filter(ticket__in=ids).order_by("position").values_list("ticket", "tender", "kind")
    for ticket, code, kind in tenders:
        paid[ticket].append((code, kind))
    for one in tickets:
        mine = vat[one.pk]
        yield Line([
            one.business_date, timezone.localtime(one.at), f"{one.register}-{one.generation}-{one.seq}",
            OPERATIONS.get(one.operation, one.operation), *[cell for rate in rates for cell in _cells(rate, mine.get(rate))],
            one.net_minor, one.vat_minor, one.gross_minor, *words.of(tuple(mine), tuple(paid[one.pk])),
        ])  # fmt: skip


def _cells(rate: int | None, parts: tuple[int, int, int] | None) -> tuple[int | None, ...]:
    if rate is None:
        return (parts[2] if parts else None,)
    return parts[:2] if parts else (None, None)


def _accounts(rates: Sequence[int | None], paid: Sequence[tuple[str, str]], chart: Chart) -> str:
    """Debits, then credits, by number."""
    debit = dict.fromkeys(chart.tender(code, kind=kind).number for code, kind in paid)
    credit = dict.fromkeys(chart.sales(rate).number for rate in rates)
    tax = dict.fromkeys(chart.vat(rate).number for rate in rates if rate)
    return f"{' '.join(debit) or '—'} / {' '.join([*credit, *tax]) or '—'}"


def _total(found: QuerySet[Ticket], rates: Sequence[int | None], span: Span) -> Line:
    ids = found.order_by().values("pk")
    whole = Ticket.objects.filter(pk__in=ids).aggregate(
        net=Sum("net_minor", default=0), vat=Sum("vat_minor", default=0), gross=Sum("gross_minor", default=0)
    )
    by_rate = {
        rate: (base, tax, gross)
        for rate, base, tax, gross in TicketVat.objects.filter(ticket__in=ids).order_by().values_list("vat_e4").annotate(
            a=Sum("base_minor"), b=Sum("vat_minor"), c=Sum("gross_minor")
        )
    }  # fmt: skip
    cells = [cell for rate in rates for cell in ((by_rate[rate][2],) if rate is None else by_rate[rate][:2])]
    return Line(
        [span.last, None, "Total", "", *map(int, cells), *(int(whole[key]) for key in ("net", "vat", "gross")), "", ""],
        "total",
    )


def _filters(wanted: Wanted) -> str:
    parts = [
        f"caisse {wanted.register}" if wanted.register else "", OPERATIONS.get(wanted.operation, "").lower(),
        f"règlement {wanted.tender}" if wanted.tender else "",
        "" if not wanted.vat_e4 else f"taux {rate_name(None if wanted.vat_e4 == 'none' else int(wanted.vat_e4))}",
    ]  # fmt: skip
    return ", ".join(part for part in parts if part)
