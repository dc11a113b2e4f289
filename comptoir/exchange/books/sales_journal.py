"""The sales journal: a row a ticket, with its VAT by rate, its tenders and the accounts they are booked on."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from itertools import islice
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet, Sum, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from comptoir.apps.fiscal.raw_rows import fetch_rows
from comptoir.apps.settings.models import TenderType
from comptoir.apps.till.models import Ticket
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
_VAT = (
    "SELECT CAST(ticket_id AS TEXT), vat_e4, base_minor, vat_minor, gross_minor FROM till_ticketvat"
    " WHERE ticket_id IN ({})"
)
_PAID = "SELECT CAST(ticket_id AS TEXT), tender, kind FROM till_ticketpayment WHERE ticket_id IN ({}) ORDER BY position"


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
    by_rate = _by_rate(found)
    rates = sorted(by_rate, key=lambda rate: 1 if rate is None else -1 - rate)
    columns = [
        Column("Date", DAY, 3), Column("Heure", CLOCK, 2, "hidden"), Column("Pièce", weight=3, card="title"), Column("Opération", weight=4),
        *[Column(f"{word} {rate_name(rate)}", MONEY, 3, "hidden") for rate in rates for word in _words(rate)],
        Column("HT", MONEY, 3), Column("TVA", MONEY, 3), Column("TTC", MONEY, 3, "amount"), Column("Règlements", weight=5),
        Column("Comptes", weight=6, card="hidden"),
    ]  # fmt: skip
    chosen = found if part is None else found[part[0] : part[1]]
    lines = list(_lines(chosen, rates, Chart(country)))
    lines.append(_total(found, [cell for rate in rates for cell in _cells(rate, by_rate[rate])], span))
    notes = ("Une ligne par ticket ; les remboursements et annulations sont négatifs.",)
    return Book("journal-des-ventes", "Journal des ventes", _filters(wanted), span, columns, lines, notes)


def _words(rate: int | None) -> tuple[str, ...]:
    return ("Montant",) if rate is None else ("HT", "TVA")


def _by_rate(found: QuerySet[Ticket]) -> dict[int | None, tuple[int, int, int]]:
    """Base, VAT and total of each rate met in these tickets, in one pass over their rows."""
    chosen = found.order_by()
    if found.query.distinct:  # a filter joined rows of theirs: its join would be taken for the one that is summed
        chosen = Ticket.objects.filter(pk__in=chosen.values("pk"))
    sums = (
        chosen.filter(vat__isnull=False)
        .values_list("vat__vat_e4")
        .annotate(  # one join: it comes before the values
            base=Sum("vat__base_minor"), tax=Sum("vat__vat_minor"), gross=Sum("vat__gross_minor")
        )
    )
    return {rate: (int(base), int(tax), int(gross)) for rate, base, tax, gross in sums}


def _lines(found: QuerySet[Ticket], rates: Sequence[int | None], chart: Chart) -> Iterator[Line]:
    words, zone = _Words(chart), timezone.get_current_timezone()
    sealed = found.annotate(key=Cast("pk", TextField()), sealed_at=Cast("at", TextField()))
    rows = sealed.values_list(*_Sealed._fields).iterator(chunk_size=STEP)
    while several := [_Sealed(*row) for row in islice(rows, STEP)]:
        yield from _some(several, rates, words, zone)


class _Sealed(NamedTuple):
    """What the journal says of a ticket; its id and its instant as the database spells them: objects of each would cost
    more than all the rest."""

    key: str
    business_date: Any
    sealed_at: str
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


def _some(tickets: list[_Sealed], rates: Sequence[int | None], words: _Words, zone: tzinfo) -> Iterator[Line]:
    ids = [ticket.key for ticket in tickets]
    marks = ", ".join(["%s"] * len(ids))
    vat: dict[str, dict[int | None, tuple[int, ...]]] = {one: {} for one in ids}
    for ticket, rate, *parts in fetch_rows(connection, _VAT.format(marks), ids):
        vat[ticket][rate] = tuple(parts)
    paid: dict[str, list[tuple[str, str]]] = {one: [] for one in ids}
    for ticket, code, kind in fetch_rows(connection, _PAID.format(marks), ids):
        paid[ticket].append((code, kind))
    for key, day, at, register, generation, seq, operation, *amounts in tickets:
        mine = vat[key]
        when = datetime.fromisoformat(at[:19]).replace(tzinfo=UTC).astimezone(zone)
        yield Line([
            day, when, f"{register}-{generation}-{seq}", OPERATIONS.get(operation, operation),
            *[cell for rate in rates for cell in _cells(rate, mine.get(rate))], *amounts,
            *words.of(tuple(mine), tuple(paid[key])),
        ])  # fmt: skip


def _cells(rate: int | None, parts: tuple[int, ...] | None) -> tuple[int | None, ...]:
    if rate is None:
        return (parts[2] if parts else None,)
    return parts[:2] if parts else (None, None)


def _accounts(rates: Sequence[int | None], paid: Sequence[tuple[str, str]], chart: Chart) -> str:
    """Debits, then credits, by number."""
    debit = dict.fromkeys(chart.tender(code, kind=kind).number for code, kind in paid)
    credit = dict.fromkeys(chart.sales(rate).number for rate in rates)
    tax = dict.fromkeys(chart.vat(rate).number for rate in rates if rate)
    return f"{' '.join(debit) or '—'} / {' '.join([*credit, *tax]) or '—'}"


def _total(found: QuerySet[Ticket], by_rate: Sequence[int | None], span: Span) -> Line:
    whole = found.order_by().aggregate(
        net=Sum("net_minor", default=0), vat=Sum("vat_minor", default=0), gross=Sum("gross_minor", default=0)
    )
    amounts = [int(whole[key]) for key in ("net", "vat", "gross")]
    return Line([span.last, None, "Total", "", *by_rate, *amounts, "", ""], "total")


def _filters(wanted: Wanted) -> str:
    parts = [
        f"caisse {wanted.register}" if wanted.register else "", OPERATIONS.get(wanted.operation, "").lower(),
        f"règlement {wanted.tender}" if wanted.tender else "",
        "" if not wanted.vat_e4 else f"taux {rate_name(None if wanted.vat_e4 == 'none' else int(wanted.vat_e4))}",
    ]  # fmt: skip
    return ", ".join(part for part in parts if part)
