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
    labels = dict(TenderType.objects.values_list("code", "label"))
    several: list[Ticket] = []
    for ticket in found.iterator(chunk_size=STEP):
        several.append(ticket)
        if len(several) == STEP:
            yield from _some(several, rates, chart, labels)
            several = []
    yield from _some(several, rates, chart, labels)


def _some(tickets: list[Ticket], rates: Sequence[int | None], chart: Chart, labels: dict[str, str]) -> Iterator[Line]:
    ids = [ticket.pk for ticket in tickets]
    vat: dict[Any, dict[int | None, TicketVat]] = defaultdict(dict)
    for row in TicketVat.objects.filter(ticket__in=ids):
        vat[row.ticket_id][row.vat_e4] = row
    payments: dict[Any, list[TicketPayment]] = defaultdict(list)
    for payment in TicketPayment.objects.filter(ticket__in=ids).order_by("position"):
        payments[payment.ticket_id].append(payment)
    for ticket in tickets:
        mine, paid = vat[ticket.pk], payments[ticket.pk]
        yield Line([
            ticket.business_date, timezone.localtime(ticket.at), f"{ticket.register}-{ticket.generation}-{ticket.seq}",
            OPERATIONS.get(ticket.operation, ticket.operation), *[cell for rate in rates for cell in _cells(rate, mine.get(rate))],
            ticket.net_minor, ticket.vat_minor, ticket.gross_minor, ", ".join(labels.get(one.tender, one.tender) for one in paid),
            _accounts(mine, paid, chart),
        ])  # fmt: skip


def _cells(rate: int | None, row: TicketVat | None) -> tuple[int | None, ...]:
    if rate is None:
        return (row.gross_minor if row else None,)
    return (row.base_minor, row.vat_minor) if row else (None, None)


def _accounts(rates: dict[int | None, TicketVat], paid: list[TicketPayment], chart: Chart) -> str:
    """Debits, then credits, by number."""
    debit = dict.fromkeys(chart.tender(one.tender, kind=one.kind).number for one in paid)
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
