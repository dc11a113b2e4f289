"""What a till asks before it corrects a ticket that is not its own: the ticket as sealed, and what came after it."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from comptoir.apps.fiscal.queries import envelope_of
from comptoir.apps.settings.models import TenderType
from comptoir.apps.till.corrections import correction_state
from comptoir.apps.till.models import Ticket
from comptoir.apps.till.queries import Caller, found_tickets, tickets_with
from comptoir.apps.till.queries import tickets as all_tickets
from comptoir.apps.wallets.queries import credit_note as credit_note_of
from comptoir.engine.money import format_euro

from ..call import device_call
from ..problems import Problem

SHOWN, MOST, MOST_ARTICLES = 50, 200, 40


@device_call("GET")
def tickets(request: HttpRequest, *, caller: Caller) -> dict[str, Any]:
    """Tickets of every register of the shop, latest first, found by `text` and `date`; with `articles` (ids, by commas)
    those that hold one of them or a line named `text`, in the last 90 days, narrowed by `amount` (cents) and `date`."""
    text, on = request.GET.get("text", "")[:100], _day(request.GET.get("date", ""))
    if "articles" in request.GET:
        articles = [one for one in request.GET["articles"].split(",")[:MOST_ARTICLES] if one]
        also = {"on": on} if on else {}
        if amount := request.GET.get("amount", ""):
            also["amount_minor"] = _cents(amount)
        found = (
            tickets_with(text, articles=articles, now=timezone.now(), **also)
            if text or articles
            else all_tickets().none()
        )
    else:
        found = found_tickets(text, on=on)
    rows = found.prefetch_related("payments")[: _limit(request.GET.get("limit", ""))]
    labels = dict(TenderType.objects.values_list("code", "label"))
    return {"tickets": [_found(row, labels) for row in rows]}


@device_call("GET")
def ticket(request: HttpRequest, *, caller: Caller, chain: str, seq: int) -> dict[str, Any]:
    """One ticket as sealed, with what was returned, cancelled, corrected and printed again."""
    found = all_tickets().select_related("record").filter(chain=chain, seq=seq).first() if seq < 2**53 else None
    if found is None:
        raise Problem(404, "unknown_ticket")
    return {"ticket": envelope_of(found.record), **correction_state(found)}


@device_call("GET")
def credit_note(request: HttpRequest, *, caller: Caller, reference: str) -> dict[str, Any]:
    """What a credit note was issued for and what is left on it."""
    note = credit_note_of(reference[:60])
    if note is None:
        raise Problem(404, "unknown_credit_note")
    return {
        "reference": note.reference, "issued_minor": note.issued_minor, "balance_minor": note.balance_minor,
        "at": _instant(note.at), "valid_until": note.valid_until and note.valid_until.isoformat(),
    }  # fmt: skip


def _found(row: Ticket, labels: dict[str, str]) -> dict[str, Any]:
    paid = sorted(row.payments.all(), key=lambda payment: payment.position)
    texts = [f"{labels.get(one.tender, one.tender)} {format_euro(one.amount_minor)}" for one in paid]
    return {
        "chain": row.chain, "seq": row.seq, "at": _instant(row.at), "operator": row.operator_name,
        "operation": row.operation, "total_minor": row.gross_minor, "payments": ", ".join(texts),
    }  # fmt: skip


def _instant(at: Any) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Problem(400, "wrong_shape", where="date") from None


def _cents(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 13:
        raise Problem(400, "wrong_shape", where="amount")
    return int(text)


def _limit(text: str) -> int:
    if not text:
        return SHOWN
    if not (text.isascii() and text.isdigit()) or len(text) > 4 or int(text) < 1:
        raise Problem(400, "wrong_shape", where="limit")
    return min(int(text), MOST)
