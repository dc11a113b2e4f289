"""Credit notes: what each was issued for, what is left on it, and every ticket that moved it."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import F, Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comptoir.apps.parties.queries import customer_by_id, customers
from comptoir.apps.till.queries import tickets
from comptoir.apps.wallets.models import CreditNote
from comptoir.apps.wallets.queries import credit_notes, moves

from ..kit.columns import AmountColumn, DayColumn, InstantColumn, LinkColumn, OfficeColumn, WordColumn
from ..kit.listing import ListPage, OfficeFilters, OfficeTable
from ..kit.page import OfficePage
from ..tickets.pages import DATE, OPERATIONS, number_of

STATES = {
    "open": (_("À utiliser"), "info"), "part": (_("Entamé"), "info"), "spent": (_("Utilisé"), "ok"),
    "expired": (_("Date passée"), "warn"), "over": (_("Dépensé deux fois"), "warn"),
}  # fmt: skip
MOVES = {"issue": _("Émis"), "spend": _("Utilisé"), "restore": _("Remis")}


def state_of(note: Any, *, today: date) -> str:
    """The one word that says where a note stands; `balance_minor` is its annotation."""
    if note.balance_minor < 0:
        return "over"
    if note.balance_minor == 0:
        return "spent"
    if note.valid_until is not None and note.valid_until < today:
        return "expired"
    return "open" if note.balance_minor >= note.issued_minor else "part"


def in_state(queryset: QuerySet, state: str, *, today: date) -> QuerySet:
    """The notes that `state_of` gives this state."""
    late = Q(balance_minor__gt=0, valid_until__lt=today)
    held = Q(balance_minor__gt=0) & (Q(valid_until=None) | Q(valid_until__gte=today))
    wanted = {
        "over": Q(balance_minor__lt=0), "spent": Q(balance_minor=0), "expired": late,
        "open": held & Q(balance_minor__gte=F("issued_minor")), "part": held & Q(balance_minor__lt=F("issued_minor")),
    }  # fmt: skip
    return queryset.filter(wanted[state])


class CreditNoteTable(OfficeTable):
    reference = LinkColumn(_("Avoir"), route="credit_note_detail")
    at = InstantColumn(_("Émis le"))
    customer = OfficeColumn(_("Client"), card="hidden", orderable=False)
    operator_name = OfficeColumn(_("Vendeur"), card="hidden")
    valid_until = DayColumn(_("Valable jusqu’au"))
    state = WordColumn(_("État"), words=STATES, orderable=False)
    issued_minor = AmountColumn(_("Montant"))
    balance_minor = AmountColumn(_("Reste"), card="amount")

    class Meta(OfficeTable.Meta):
        model = CreditNote
        fields = (
            "reference", "at", "customer", "operator_name", "valid_until", "state", "issued_minor", "balance_minor",
        )  # fmt: skip
        empty_text = _("Aucun avoir. Un retour peut finir en avoir, à la caisse.")

    def __init__(self, data: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.today = timezone.localdate()
        self.names = {str(one.pk): str(one) for one in customers()}

    def render_customer(self, value: str | None) -> str:
        return self.names.get(value or "", "")

    value_customer = render_customer

    def render_state(self, record: CreditNote, column: Any) -> Any:
        return column.render(state_of(record, today=self.today))

    def value_state(self, record: CreditNote) -> str:
        return str(STATES[state_of(record, today=self.today)][0])


class CreditNoteFilters(OfficeFilters):
    du = django_filters.DateFilter(field_name="at", lookup_expr="date__gte", label=_("Du"), widget=DATE)
    au = django_filters.DateFilter(field_name="at", lookup_expr="date__lte", label=_("Au"), widget=DATE)
    etat = django_filters.ChoiceFilter(
        method="standing",
        label=_("État"),
        empty_label=_("Tous"),
        choices=[(code, word) for code, (word, _tone) in STATES.items()],
    )

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(reference__icontains=value) if value else queryset

    def standing(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return in_state(queryset, value, today=timezone.localdate())


class CreditNoteList(ListPage):
    required_right = "tickets.view"
    room = "credit_notes"
    title = _("Avoirs")
    table_class = CreditNoteTable
    filterset_class = CreditNoteFilters
    summed = ("issued_minor", "balance_minor")

    def get_queryset(self) -> QuerySet[CreditNote]:
        return credit_notes()


class CreditNoteDetail(OfficePage):
    required_right = "tickets.view"
    room, back = "credit_notes", "credit_note_list"
    template_name = "office/credit_note.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        note = credit_notes().filter(pk=self.kwargs["pk"]).first()
        if note is None:
            raise Http404
        self.title = _("Avoir %s") % note.reference
        found = moves(note.reference)
        by_id = {ticket.pk: ticket for ticket in tickets().filter(pk__in=[move.source for move in found])}
        rows, left = [], 0
        for move in found:
            left += move.amount_minor
            ticket = by_id.get(move.source)
            rows.append({
                "word": MOVES[move.code], "move": move, "left_minor": left, "ticket": ticket,
                "number": number_of(ticket) if ticket else "", "operation": OPERATIONS[ticket.operation][0] if ticket else "",
            })  # fmt: skip
        return super().get_context_data(
            note=note, moves=rows, state=STATES[state_of(note, today=timezone.localdate())],
            spent_minor=note.issued_minor - note.balance_minor,
            customer=customer_by_id(note.customer) if note.customer else None, **kwargs,
        )  # fmt: skip
