"""Cash that entered a drawer or left it without a sale: the list, and one movement with the photo of its expense."""

import hashlib
import json
from typing import Any
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _
from django.views import View

from comptoir.apps.fiscal.models import Record
from comptoir.apps.settings.models import CashReason
from comptoir.apps.settings.queries import registers
from comptoir.apps.treasury.models import Attachment, CashEntry
from comptoir.apps.treasury.money_moves import drawer_moves

from ..kit.columns import AmountColumn, InstantColumn, LinkColumn, OfficeColumn
from ..kit.listing import OfficeTable
from ..kit.page import OfficePage
from ..kit.papers import paper_of
from ..tickets.pages import seal_state
from .moves import ROOM, MoveFilters, MoveList, ZColumn, till_ends
from .words import KIND_WORDS, TILL_WORDS, account_words


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


class DrawerMoveList(MoveList):
    title = _("Entrées et sorties des caisses")
    table_class, filterset_class, here = DrawerMoveTable, DrawerMoveFilters, "drawers"
    nothing_yet = _(
        "Aucune entrée ni sortie pour l’instant. Elles se font à la caisse : monnaie, petit achat, mise au coffre."
    )

    def get_queryset(self) -> QuerySet[CashEntry]:
        return drawer_moves()


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
