"""The list of movements of safe and bank, office and tills together."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from comptoir.apps.fiscal.models import Record
from comptoir.apps.treasury.accounts import drawer, other_side
from comptoir.apps.treasury.money_moves import money_moves

from ..kit.columns import AmountColumn, InstantColumn, LinkColumn, OfficeColumn
from ..kit.listing import ListPage, OfficeFilters, OfficeTable
from ..tickets.pages import DATE
from .words import KIND_WORDS, TILL_WORDS, account_words, tabs

ROOM = "safe"


class ZColumn(OfficeColumn):
    """The Z that covers the movement, leading to it; empty for the office's own and while the session is open."""

    def render(self, value: Any, record: Any) -> Any:
        return z_link(record) if value else ""


def z_link(record: Any) -> Any:
    return format_html('<a class="link" href="{}">Z {}</a>', reverse("closing_detail", args=[record.z_id]), record.z)


def ends_of(move: Any) -> tuple[str, str]:
    """Where the money came from and where it went, as ledger accounts."""
    if move.from_account is not None:
        return move.from_account, move.to_account
    return till_ends(move.register, kind=move.kind, reason=move.reason)


def till_ends(register: str, *, kind: str, reason: str | None) -> tuple[str, str]:
    here, there = drawer(register), other_side(register, reason=reason)
    return (here, there) if kind == "out" else (there, here)


def move_address(move: Any) -> str:
    """The page of a row of `money_moves`."""
    return reverse("drawer_move_detail" if move.kind in TILL_WORDS else "office_move_detail", args=[move.pk])


class MoveLinkColumn(LinkColumn):
    def render(self, value: Any, record: Any) -> Any:
        return format_html(
            '<a class="row-link" href="{}">{}</a>', move_address(record), value or KIND_WORDS[record.kind]
        )


class MoveTable(OfficeTable):
    label = MoveLinkColumn(_("Libellé"), route="", orderable=False)
    at = InstantColumn(_("Date"))
    kind = OfficeColumn(_("Nature"))
    z = ZColumn(_("Z"), orderable=False)
    from_account = OfficeColumn(_("De"), orderable=False)
    to_account = OfficeColumn(_("Vers"), orderable=False)
    reference = OfficeColumn(_("Référence"), card="hidden", orderable=False)
    operator_name = OfficeColumn(_("Par"), card="hidden")
    amount_minor = AmountColumn(_("Montant"), card="amount")

    class Meta(OfficeTable.Meta):
        model = Record
        fields = (
            "label",
            "at",
            "kind",
            "z",
            "from_account",
            "to_account",
            "reference",
            "operator_name",
            "amount_minor",
        )
        empty_text = _("Aucun mouvement pour ces jours.")

    def render_kind(self, value: str) -> str:
        return KIND_WORDS[value]

    value_kind = render_kind

    def render_from_account(self, record: Any) -> str:
        return account_words(ends_of(record)[0])

    def render_to_account(self, record: Any) -> str:
        return account_words(ends_of(record)[1])

    value_from_account, value_to_account = render_from_account, render_to_account


class MoveFilters(OfficeFilters):
    recherche = None
    du = django_filters.DateFilter(field_name="business_date", lookup_expr="gte", label=_("Du"), widget=DATE)
    au = django_filters.DateFilter(field_name="business_date", lookup_expr="lte", label=_("Au"), widget=DATE)
    nature = django_filters.ChoiceFilter(
        field_name="kind", label=_("Nature"), empty_label=_("Toutes"), choices=list(KIND_WORDS.items())
    )


class MoveList(ListPage):
    required_right = "treasury.view"
    room = ROOM
    title = _("Mouvements du coffre et de la banque")
    table_class: type[OfficeTable] = MoveTable
    filterset_class: type[MoveFilters] = MoveFilters
    nothing_yet = _(
        "Rien n’est encore entré au coffre ni sorti. Ce que les caisses y mettent à leur Z s’inscrit ici tout seul."
    )
    here = "moves"

    def get_queryset(self) -> QuerySet[Any]:
        return money_moves()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tabs=tabs(self.here), **kwargs)
