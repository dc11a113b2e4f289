"""The safe's room: what each place holds, what is on its way, everything that the office sealed, deposit slips on paper."""

import json
from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views import View

from comptoir.apps.settings.queries import registers
from comptoir.apps.treasury.balances import balances, on_the_way_to_registers, safes, sent_not_received
from comptoir.apps.treasury.models import OfficeMove
from comptoir.apps.treasury.money_moves import money_moves
from comptoir.engine.money import format_euro
from comptoir.exchange.books.cash_states import states_before
from comptoir.exchange.books.cheques import cheques_to_deposit
from comptoir.exchange.books.slip import slip_pdf

from ..kit.page import OfficePage
from ..tickets.pages import seal_state
from .moves import ROOM, ends_of, move_address, z_link
from .words import KIND_WORDS, account_words, tabs

LATEST = 12  # movements shown with the holdings


class SafeHome(OfficePage):
    """Where the money is, and what waits for somebody."""

    required_right = "treasury.view"
    room = ROOM
    title = _("Coffre et banque")
    template_name = "office/safe.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        held = balances()
        cheques = cheques_to_deposit()
        waiting = [{"move": one, "kind": KIND_WORDS[one.kind]} for one in sent_not_received()]
        states = states_before(date.max).held  # a till whose clock runs ahead has counted all the same
        drawers = [{"name": row.name, "held_minor": states.get(f"drawer/{row.code}", 0)} for row in registers()]
        return super().get_context_data(
            tabs=tabs("home"), safes=safes(), drawers=drawers, waiting=waiting, cheques=cheques,
            cheques_minor=sum(one.amount_minor for one in cheques), on_the_way_minor=held.get("transit/bank", 0),
            change=[{"one": one, "missing_minor": -one.held_minor} for one in on_the_way_to_registers()],
            latest=[_line(one) for one in money_moves()[:LATEST]], may_move=self.may("treasury.move"), **kwargs,
        )  # fmt: skip


def _line(move: Any) -> dict[str, Any]:
    """A row of `money_moves` for the list of the latest."""
    ends = ends_of(move)
    return {
        "move": move, "label": move.label or KIND_WORDS[move.kind], "url": move_address(move), "from": account_words(ends[0]),
        "to": "" if move.kind == "count" else account_words(ends[1]), "z": z_link(move) if move.z_id else "",
    }  # fmt: skip


def _drawn(move: OfficeMove) -> dict[str, Any]:
    """A move with its words, for a template."""
    return {
        "move": move, "kind": KIND_WORDS[move.kind], "from": account_words(move.from_account), "to": account_words(move.to_account),
        "gap_minor": None if move.expected_minor is None else move.amount_minor - move.expected_minor,
    }  # fmt: skip


def move_or_404(pk: UUID) -> OfficeMove:
    found = OfficeMove.objects.select_related("record").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


class MoveDetail(OfficePage):
    required_right = "treasury.view"
    room, back = ROOM, "office_move_list"
    template_name = "office/safe_move.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        move = move_or_404(self.kwargs["pk"])
        self.title = move.label or KIND_WORDS[move.kind]
        pieces = [
            {
                "value": format_euro(one["value_minor"]),
                "count": one["count"],
                "amount_minor": one["value_minor"] * one["count"],
            }
            for one in sorted(json.loads(move.pieces), key=lambda one: -one["value_minor"])
        ]
        answer = OfficeMove.objects.filter(origin=move.pk).first()
        origin = OfficeMove.objects.filter(pk=move.origin).first() if move.origin else None
        return super().get_context_data(
            **_drawn(move), pieces=pieces, cheques=list(move.cheques.order_by("id")), answer=answer, origin=origin,
            seal=seal_state(move.record), is_deposit=move.to_account == "transit/bank", may_move=self.may("treasury.move"), **kwargs,
        )  # fmt: skip


class MoveSlip(View):
    """The deposit slip on paper, from the sealed record alone."""

    required_right = "treasury.view"

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        move = move_or_404(pk)
        if move.to_account != "transit/bank":
            raise Http404
        answer = HttpResponse(slip_pdf(move), content_type="application/pdf")
        answer["Content-Disposition"] = f'inline; filename="remise-{move.chain}-{move.seq}.pdf"'
        return answer
