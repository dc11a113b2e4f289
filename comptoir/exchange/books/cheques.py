"""Cheques that sealed tickets took and that no slip has taken to the bank. A cheque given back (cancelled ticket, corrected
tender, also one that a correction had brought) is not in the drawer any more."""

from collections import Counter

from comptoir.apps.till.models import TicketPayment
from comptoir.apps.treasury.models import DepositedCheque
from comptoir.apps.treasury.services.deposit_cheques import Cheque


def cheques_to_deposit() -> list[Cheque]:
    """In the order of their tickets."""
    taken = TicketPayment.objects.filter(kind="cheque").select_related("ticket")
    given_back = Counter(
        (row.ticket.origin, -row.amount_minor) for row in taken.filter(amount_minor__lt=0, ticket__origin__isnull=False)
    )
    deposited = set(DepositedCheque.objects.values_list("ticket", "payment"))
    found: list[Cheque] = []
    for row in taken.filter(amount_minor__gt=0).order_by(
        "ticket__business_date", "ticket__chain", "ticket__seq", "position"
    ):
        if (row.ticket_id, row.position) in deposited:
            continue
        ticket = row.ticket
        paid = (ticket.origin if ticket.operation == "correction" else row.ticket_id, row.amount_minor)
        if given_back[paid] > 0:
            given_back[paid] -= 1
            continue
        found.append(
            Cheque(
                str(row.ticket_id), row.position, ticket.chain, ticket.seq, ticket.business_date.isoformat(), row.amount_minor,
                row.reference,
            )
        )  # fmt: skip
    return found
