"""Every movement of the safes and of the bank in one list, whoever sealed it; and the movements of the drawers."""

from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, TextField, UUIDField, Value
from django.db.models.functions import Cast, Coalesce, Concat

from comptoir.apps.fiscal.models import Record

from .accounts import TILL_REASONS
from .models import Attachment, CashEntry, Closing, ClosingSession, OfficeMove

IN_OR_OUT = ("in", "out")


def money_moves() -> QuerySet[Record]:
    """The office's sealed moves and what the tills put into the safe or took from it (their reasons that the ledger
    knows), latest first: sealed records with `kind` (a kind of the office, or `in`, `out` of a till), `label`, `reason`,
    `reference`, `amount_minor`, `operator_name`, `from_account` and `to_account` (office only), and of a till's move the
    Z of its session: `z_id` and `z`, null while the session is open."""
    tills = CashEntry.objects.filter(kind__in=IN_OR_OUT, reason__in=TILL_REASONS)
    found = Record.objects.filter(
        Q(type="cash"), Q(pk__in=OfficeMove.objects.values("pk")) | Q(pk__in=tills.values("pk"))
    )
    either = {name: Coalesce(_of(OfficeMove, name), _of(CashEntry, name)) for name in
              ("kind", "label", "amount_minor", "operator_name")}  # fmt: skip
    office = {name: _of(OfficeMove, name) for name in ("reference", "from_account", "to_account")}
    return found.annotate(**either, **office, reason=_of(CashEntry, "reason"), **_z(OuterRef("session"))).order_by(
        "-at", "-chain", "-seq"
    )


def drawer_moves() -> QuerySet[CashEntry]:
    """Every cash that went into a drawer or out of it without a sale, latest first, with `z_id`, `z` (the Z of its
    session) and `photo` (the id of the record, when the photo of the expense has arrived)."""
    found = CashEntry.objects.filter(kind__in=IN_OR_OUT)
    photo = Subquery(Attachment.objects.filter(record=OuterRef("pk")).values("record")[:1])
    return found.annotate(photo=photo, **_z(OuterRef("session"))).order_by("-at", "-chain", "-seq")


def _of(model: Any, name: str) -> Subquery:
    return Subquery(model.objects.filter(pk=OuterRef("pk")).values(name)[:1])


def _z(session: Any) -> dict[str, Subquery]:
    """The Z that closed a session, and its number as the shop writes it."""
    number = Concat(
        "register",
        Value("-"),
        Cast("generation", TextField()),
        Value("-"),
        Cast("seq", TextField()),
        output_field=TextField(),
    )
    closed = ClosingSession.objects.filter(session=session).values("closing")[:1]
    named = Closing.objects.filter(sessions__session=session).annotate(number=number).values("number")[:1]
    return {"z_id": Subquery(closed, output_field=UUIDField()), "z": Subquery(named)}
