"""Tickets: the list, and one ticket with its paper, its lines, its payments and the state of its seal."""

from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from comptoir.apps.access.queries import users
from comptoir.apps.fiscal.models import Record
from comptoir.apps.fiscal.queries import envelope_of, record_by_number, sealing_key
from comptoir.apps.fiscal.sealed import Fault, read_sealed
from comptoir.apps.fiscal.signatures import signature_holds
from comptoir.apps.parties.queries import customer_by_id
from comptoir.apps.settings.models import TenderType
from comptoir.apps.settings.queries import registers
from comptoir.apps.till.models import Ticket, TicketPayment
from comptoir.apps.till.queries import by_number, tickets
from comptoir.apps.treasury.models import Closing
from comptoir.apps.treasury.queries import closings

from ..kit.amounts import ScaledField
from ..kit.columns import AmountColumn, CountColumn, InstantColumn, LinkColumn, OfficeColumn, WordColumn
from ..kit.listing import ListPage, OfficeFilters, OfficeTable
from ..kit.page import OfficePage
from ..kit.papers import paper_of
from .aftermath import aftermath, lines_with_returns

OPERATIONS = {
    "sale": (_("Vente"), ""), "refund": (_("Remboursement"), "warn"), "cancel": (_("Annulation"), "warn"),
    "correction": (_("Correction"), "info"),
}  # fmt: skip
DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class TicketTable(OfficeTable):
    seq = LinkColumn(_("Ticket"), route="ticket_detail")
    at = InstantColumn(_("Date"))
    register = OfficeColumn(_("Caisse"), card="hidden", shown=False)  # the number begins with it
    operation = WordColumn(_("Opération"), words=OPERATIONS)
    operator_name = OfficeColumn(_("Vendeur"))
    articles = CountColumn(_("Articles"), card="hidden")
    payments = OfficeColumn(_("Règlements"), orderable=False, card="hidden")
    discount_minor = AmountColumn(_("Remise"), card="hidden", shown=False)
    net_minor = AmountColumn(_("HT"), card="hidden", shown=False)
    vat_minor = AmountColumn(_("TVA"), card="hidden", shown=False)
    gross_minor = AmountColumn(_("Total TTC"), card="amount")

    class Meta(OfficeTable.Meta):
        model = Ticket
        fields = (
            "seq", "at", "register", "operation", "operator_name", "articles", "payments", "discount_minor", "net_minor", "vat_minor", "gross_minor",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tender_labels = dict(TenderType.objects.values_list("code", "label"))

    def render_seq(self, value: int, record: Ticket, column: Any) -> Any:
        return column.render(number_of(record), record)

    def value_seq(self, value: int, record: Ticket) -> str:
        return number_of(record)

    def render_payments(self, value: Any) -> str:
        return ", ".join(self.tender_labels.get(payment.tender, payment.tender) for payment in value.all())

    def value_payments(self, value: Any) -> str:
        return self.render_payments(value)


def number_of(ticket: Ticket) -> str:
    """A ticket's printed number."""
    return f"{ticket.register}-{ticket.generation}-{ticket.seq}"


def tickets_of(closing: Closing) -> QuerySet[Ticket]:
    """The tickets that a Z sums."""
    chain = f"{closing.register}-{closing.generation}-ticket"
    return tickets().filter(chain=chain, seq__gte=closing.first_seq, seq__lte=closing.last_seq)


def z_of(ticket: Ticket) -> Closing | None:
    """The Z that sums a ticket; None while its session is open."""
    mine = closings().filter(register=ticket.register, generation=ticket.generation)
    return mine.filter(first_seq__lte=ticket.seq, last_seq__gte=ticket.seq).first()


class _ScaledFilter(django_filters.Filter):
    field_class = ScaledField


class TicketFilters(OfficeFilters):
    du = django_filters.DateFilter(field_name="business_date", lookup_expr="gte", label=_("Du"), widget=DATE)
    au = django_filters.DateFilter(field_name="business_date", lookup_expr="lte", label=_("Au"), widget=DATE)
    caisse = django_filters.ChoiceFilter(field_name="register", label=_("Caisse"), empty_label=_("Toutes"), choices=[])
    vendeur = django_filters.ChoiceFilter(
        field_name="operator_id", label=_("Vendeur"), empty_label=_("Tous"), choices=[]
    )
    reglement = django_filters.ChoiceFilter(method="paid_with", label=_("Règlement"), empty_label=_("Tous"), choices=[])
    operation = django_filters.ChoiceFilter(
        field_name="operation",
        label=_("Opération"),
        empty_label=_("Toutes"),
        choices=[(code, word) for code, (word, _tone) in OPERATIONS.items()],
    )
    montant = _ScaledFilter(field_name="gross_minor", label=_("Montant TTC"), digits=2)
    session = django_filters.UUIDFilter(field_name="session", widget=forms.HiddenInput)
    z = django_filters.UUIDFilter(method="of_closing", widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["caisse"].extra["choices"] = [(register.code, register.name) for register in registers()]
        self.filters["vendeur"].extra["choices"] = [(str(user.pk), user.name) for user in users()]
        self.filters["reglement"].extra["choices"] = list(TenderType.objects.values_list("code", "label"))

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return by_number(queryset, value) if value else queryset

    def of_closing(self, queryset: QuerySet, name: str, value: UUID) -> QuerySet:
        closing = closings().filter(pk=value).first()
        return queryset.none() if closing is None else queryset.filter(pk__in=tickets_of(closing).values("pk"))

    def paid_with(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(Exists(TicketPayment.objects.filter(ticket=OuterRef("pk"), tender=value)))


class TicketList(ListPage):
    required_right = "tickets.view"
    room = "tickets"
    title = _("Tickets")
    table_class = TicketTable
    filterset_class = TicketFilters
    nothing_yet = _("Aucun ticket pour l’instant. Le premier arrive ici avec la première vente.")
    begin = (_("Ouvrir la caisse"), "till")
    summed = ("articles", "discount_minor", "net_minor", "vat_minor", "gross_minor")

    def get_queryset(self) -> QuerySet[Ticket]:
        return tickets().prefetch_related("payments")


def seal_state(record: Record) -> list[dict[str, Any]]:
    """What can be said of one record's seal, checked now: its text, its signature, its place in the chain."""
    try:
        sealed = read_sealed(envelope_of(record))
    except Fault as fault:
        return [{"what": _("Contenu scellé"), "state": str(fault), "good": False}]
    key = sealing_key(record.register, generation=record.generation)
    signed = (
        key is not None
        and key[0] == record.key
        and signature_holds(key[1], text=sealed.to_sign, signature=sealed.signature)
    )
    before = record_by_number(record.chain, seq=record.seq - 1) if record.seq > 1 else None
    follows = sealed.previous == (before.signature if before else "") and (record.seq == 1 or before is not None)
    return [
        {"what": _("Contenu scellé"), "state": _("intact"), "good": True},
        {
            "what": _("Signature de la caisse"),
            "state": _("vérifiée") if signed else _("ne correspond pas"),
            "good": signed,
        },
        {"what": _("Suite du précédent"), "state": _("sans rupture") if follows else _("rupture"), "good": follows},
    ]


class TicketDetail(OfficePage):
    required_right = "tickets.view"
    room, back = "tickets", "ticket_list"
    template_name = "office/ticket.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = tickets().select_related("record").filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        self.title = _("Ticket %s") % number_of(found)
        labels = dict(TenderType.objects.values_list("code", "label"))
        payments = [
            (labels.get(payment.tender, payment.tender), payment) for payment in found.payments.order_by("position")
        ]
        return super().get_context_data(
            ticket=found, lines=lines_with_returns(found), payments=payments, vat=found.vat.order_by("position"),
            seal=seal_state(found.record), record=found.record, receipt=paper_of(found.record, kind="ticket"),
            operation=OPERATIONS.get(found.operation, (found.operation, "")),
            customer=customer_by_id(found.customer) if found.customer else None,
            origin=tickets().filter(pk=found.origin).first() if found.origin else None,
            z=z_of(found), **aftermath(found), **kwargs,
        )  # fmt: skip
