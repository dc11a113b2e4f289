"""What booked corrections did beyond what was sold or issued: two tills apart, a refund beyond the ticket, a note spent
twice. Nothing is refused: the customer has left. Each finding becomes an event of the journal."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Sum

from comptoir.apps.fiscal import event_codes as codes
from comptoir.apps.fiscal.models import Record
from comptoir.apps.wallets.models import CreditNote
from comptoir.apps.wallets.queries import balances

from ..corrections import returned_quantities, standing
from ..facts import Sound, TicketFacts
from ..models import Ticket, TicketLine

Event = dict[str, Any]


def return_events(tickets: Sequence[Sound]) -> list[Event]:
    """The events that these tickets deserve, once their rows are written; in their order."""
    events: list[Event] = []
    pairs = [(record, record.ticket) for record in tickets if record.ticket is not None]
    back = [
        (record, ticket.origin)
        for record, ticket in pairs
        if ticket.origin and ticket.operation in ("refund", "cancel")
    ]
    if back:
        beyond = _beyond_sold({origin for _record, origin in back})
        for record, origin in back:
            found = beyond.get(origin)
            if found:
                events.append(_event(codes.RETURNED_BEYOND_SOLD, record, **found))
    spending = [(record, ticket) for record, ticket in pairs if ticket.spent]
    return events + (_note_events(spending) if spending else [])


def _event(code: int, record: Sound, **detail: Any) -> Event:
    return {"code": code, "detail": {"record": record.id, "number": record.number, **detail}}


def _beyond_sold(origins: set[str]) -> dict[str, dict[str, Any]]:
    """For each origin known here, what was given back beyond it: lines in thousandths, or the whole in minor units."""
    returned = returned_quantities(origins)
    found: dict[str, dict[str, Any]] = {}
    for record in Record.objects.filter(id__in=origins):
        origin, body = str(record.id), json.loads(record.body)
        sold = {line["id"]: line["quantity_milli"] for line in body["basket"]["lines"]}
        lines = [
            {"line": line, "returned_milli": milli, "sold_milli": sold.get(line, 0)}
            for (ticket, line), milli in sorted(returned.items())
            if str(ticket) == origin and milli > sold.get(line, 0)
        ]
        back_minor, sold_minor = _amounts(origin)
        if lines or back_minor > sold_minor:
            found[origin] = {
                "origin": f"{record.chain}-{record.seq}", "lines": lines[:20], "returned_minor": back_minor,
                "sold_minor": sold_minor,
            }  # fmt: skip
    return found


def _amounts(origin: str) -> tuple[int, int]:
    """(given back, sold): what refunds that stand and cancellations paid, and the lines that were sold."""
    operation = Ticket.objects.filter(record_id=origin).values_list("operation", flat=True).first()
    answers = Ticket.objects.filter(origin=origin, operation="cancel") | standing("refund").filter(origin=origin)
    back = answers.aggregate(total=Sum("gross_minor"))["total"] or 0
    if operation != "sale":  # a refund that was cancelled: money came in
        gross = Ticket.objects.filter(record_id=origin).aggregate(total=Sum("gross_minor"))["total"] or 0
        return int(back), -int(gross)
    sold = TicketLine.objects.filter(ticket=origin, gross_minor__gt=0).aggregate(total=Sum("gross_minor"))["total"] or 0
    return -int(back), int(sold)


def _note_events(spending: Sequence[tuple[Sound, TicketFacts]]) -> list[Event]:
    references = {reference for _record, ticket in spending for reference in ticket.spent}
    left = balances(references)
    ends = dict(CreditNote.objects.filter(reference__in=references).values_list("reference", "valid_until"))
    events = []
    for record, ticket in spending:
        for reference in ticket.spent:
            if left[reference] < 0:
                detail = {"credit_note": reference, "balance_minor": left[reference], "known": reference in ends}
                events.append(_event(codes.CREDIT_NOTE_OVERSPENT, record, **detail))
            until = ends.get(reference)
            if until is not None and date.fromisoformat(ticket.business_date) > until:
                events.append(
                    _event(codes.CREDIT_NOTE_EXPIRED, record, credit_note=reference, valid_until=until.isoformat())
                )
    return events
