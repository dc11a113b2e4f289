"""What later records did to a ticket: returned quantities, cancellation, payments as corrected, reprints. Computed, never
stored: the sealed records alone say it."""

from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Sum

from .models import Duplicate, Ticket, TicketLine, TicketPayment

Line = tuple[UUID, str]  # ticket, id of a line in its basket


class Paid(NamedTuple):
    """What a tender holds of a ticket, in minor units."""

    type: str
    amount_minor: int
    reference: str | None


def standing(operation: str) -> QuerySet[Ticket]:
    """Tickets of this operation that were not cancelled afterwards."""
    cancelled = Ticket.objects.filter(origin=OuterRef("record_id"), operation="cancel")
    return Ticket.objects.filter(~Exists(cancelled), operation=operation)


def returned_quantities(origins: Iterable[UUID | str]) -> dict[Line, int]:
    """Thousandths that came back of each line of these tickets, refunds that were themselves cancelled left out."""
    refunds = standing("refund").filter(origin__in=list(origins))
    rows = TicketLine.objects.filter(ticket__in=refunds, origin_line__isnull=False)
    sums = rows.values_list("ticket__origin", "origin_line").annotate(total=Sum("quantity_milli")).order_by()
    return {(origin, line): -int(total) for origin, line, total in sums}


def is_cancelled(ticket: UUID | str) -> bool:
    return Ticket.objects.filter(origin=ticket, operation="cancel").exists()


def payments_after_corrections(ticket: UUID | str) -> list[Paid]:
    """How a ticket stands paid once wrong tenders were corrected; what sums to nothing is left out."""
    corrections = Ticket.objects.filter(origin=ticket, operation="correction")
    return _held(TicketPayment.objects.filter(ticket=ticket) | TicketPayment.objects.filter(ticket__in=corrections))


def refunded_payments(ticket: UUID | str) -> list[Paid]:
    """By which tenders refunds that stand gave back, every register together: negative amounts."""
    return _held(TicketPayment.objects.filter(ticket__in=standing("refund").filter(origin=ticket)))


def _held(rows: QuerySet[TicketPayment]) -> list[Paid]:
    held: dict[tuple[str, str | None], int] = {}
    for tender, reference, amount_minor in rows.order_by("ticket__at", "ticket_id", "position").values_list(
        "tender", "reference", "amount_minor"
    ):
        held[tender, reference] = held.get((tender, reference), 0) + amount_minor
    return [Paid(tender, amount, reference) for (tender, reference), amount in held.items() if amount]


def duplicates_of(chain: str, *, seq: int) -> QuerySet[Duplicate]:
    """The reprints of one paper, first to last."""
    return Duplicate.objects.filter(origin_chain=chain, origin_seq=seq).order_by("at", "number")


def correction_state(ticket: Ticket) -> dict[str, Any]:
    """What a till needs besides the ticket itself before it corrects it (docs/developer/shapes.md section 5)."""
    returned = returned_quantities([ticket.pk])
    return {
        "returned": [{"line": line, "quantity_milli": milli} for (_origin, line), milli in sorted(returned.items())],
        "cancelled": is_cancelled(ticket.pk),
        "payments": [paid._asdict() for paid in payments_after_corrections(ticket.pk)],
        "refunded": [paid._asdict() for paid in refunded_payments(ticket.pk)],
        "duplicates": duplicates_of(ticket.chain, seq=ticket.seq).count(),
    }
