"""The lists of movements: safe and bank (office and tills together), drawers, and the page of one drawer movement with
the photo of its expense."""

import hashlib
import json
from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from django.views import View

from comptoir.apps.fiscal.models import Record
from comptoir.apps.settings.models import CashReason
from comptoir.apps.settings.queries import registers
from comptoir.apps.treasury.accounts import drawer, other_side
from comptoir.apps.treasury.models import Attachment, CashEntry
from comptoir.apps.treasury.money_moves import drawer_moves, money_moves

from ..kit.columns import AmountColumn, InstantColumn, LinkColumn, OfficeColumn
from ..kit.listing import ListPage, OfficeFilters, OfficeTable
from ..kit.page import OfficePage
from ..kit.papers import paper_of
from ..tickets.pages import DATE, seal_state
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
    table_class = MoveTable
    filterset_class = MoveFilters

    def get_queryset(self) -> QuerySet[Record]:
        return money_moves()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tabs=tabs("moves"), **kwargs)


class DrawerMoveTable(OfficeTable):
    label = LinkColumn(_("Libellé"), route="drawer_move_detail", orderable=False)
    at = InstantColumn(_("Date"))
    register = OfficeColumn(_("Caisse"))
    kind = OfficeColumn(_("Sens"))
    reason = OfficeColumn(_("Motif"), orderable=False)
    z = ZColumn(_("Z"), orderable=False)
    operator_name = OfficeColumn(_("Par"))
    photo = OfficeColumn(_("Justificatif"), orderable=False)
    amount_minor = AmountColumn(_("Montant"), card="amount")

    class Meta(OfficeTable.Meta):
        model = CashEntry
        fields = ("label", "at", "register", "kind", "reason", "z", "operator_name", "photo", "amount_minor")
        empty_text = _("Aucun mouvement pour ces jours.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.reasons = dict(CashReason.objects.values_list("code", "label"))
        super().__init__(*args, **kwargs)

    def render_kind(self, value: str) -> str:
        return TILL_WORDS[value]

    def render_reason(self, value: str | None) -> str:
        return self.reasons.get(value or "", value or "")

    def render_photo(self, value: Any) -> str:
        return gettext_now("photo") if value else ""

    value_kind, value_reason, value_photo = render_kind, render_reason, render_photo


class DrawerMoveFilters(MoveFilters):
    nature = django_filters.ChoiceFilter(
        field_name="kind", label=_("Sens"), empty_label=_("Tous"), choices=list(TILL_WORDS.items())
    )
    caisse = django_filters.ChoiceFilter(field_name="register", label=_("Caisse"), empty_label=_("Toutes"), choices=[])
    motif = django_filters.ChoiceFilter(field_name="reason", label=_("Motif"), empty_label=_("Tous"), choices=[])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["caisse"].extra["choices"] = [(register.code, register.name) for register in registers()]
        self.filters["motif"].extra["choices"] = list(CashReason.objects.values_list("code", "label"))


class DrawerMoveList(ListPage):
    required_right = "treasury.view"
    room = ROOM
    title = _("Entrées et sorties des caisses")
    table_class = DrawerMoveTable
    filterset_class = DrawerMoveFilters

    def get_queryset(self) -> QuerySet[CashEntry]:
        return drawer_moves()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tabs=tabs("drawers"), **kwargs)


class DrawerMoveDetail(OfficePage):
    """One movement of a drawer as it was sealed, with its expense's VAT and photo, and the Z that covers it."""

    required_right = "treasury.view"
    room, back = ROOM, "drawer_move_list"
    template_name = "office/drawer_move.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        move = drawer_moves().select_related("record").filter(pk=self.kwargs["pk"]).first()
        if move is None:
            raise Http404
        self.title = move.label or KIND_WORDS[move.kind]
        body = json.loads(move.record.body)
        ends = till_ends(move.register, kind=move.kind, reason=move.reason)
        reasons = dict(CashReason.objects.values_list("code", "label"))
        return super().get_context_data(
            move=move, kind=KIND_WORDS[move.kind], ends=[account_words(one) for one in ends],
            reason=reasons.get(move.reason, move.reason), vat_e4=body.get("vat_e4"), named=body.get("attachment"),
            approved=(body.get("approved_by") or {}).get("name"), receipt=paper_of(move.record, kind="cash"),
            seal=seal_state(move.record), **kwargs,
        )  # fmt: skip


class DrawerMovePhoto(View):
    """The photo of a petty expense, only as long as it is the very picture that the sealed record names.

    It is always said to be a JPEG and never guessed (nosniff), so that no content can act as a page."""

    required_right = "treasury.view"

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        kept = Attachment.objects.filter(record=pk, media_type="image/jpeg").first()
        record = Record.objects.filter(pk=pk).first()
        if kept is None or record is None:
            raise Http404
        content = bytes(kept.content)
        if not content.startswith(b"\xff\xd8\xff") or hashlib.sha256(content).hexdigest() != _named(record):
            raise Http404  # changed since it was kept: it proves nothing any more
        answer = HttpResponse(content, content_type="image/jpeg")
        answer["Content-Disposition"] = f'inline; filename="justificatif-{record.chain}-{record.seq}.jpg"'
        answer["Cache-Control"] = "private, no-store"
        return answer


def _named(record: Record) -> str | None:
    found: str | None = json.loads(record.body).get("attachment")
    return found
