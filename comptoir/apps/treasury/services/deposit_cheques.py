"""A slip of cheques for the bank. The cheques are those of sealed tickets, each on one slip only."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from ..accounts import ON_THE_WAY_TO_BANK
from ..models import OfficeMove
from .move_money import MoneyRefused, Move, seal_move


class Cheque(NamedTuple):
    """A cheque that a sealed ticket took: the ticket, the place among its tenders, its number, day and amount."""

    ticket: str
    payment: int
    chain: str
    seq: int
    sold_on: str
    amount_minor: int
    reference: str | None


def deposit_cheques(
    request: UUID, *, cheques: list[Cheque], label: str, by: Any, reference: str = "", now: datetime | None = None
) -> OfficeMove:
    """Seals a slip that lists these cheques. Raises RightMissing; MoneyRefused `no_cheque`, `deposited_already`."""
    if not cheques:
        raise MoneyRefused("Choisissez au moins un chèque.", code="no_cheque")
    more = {"label": label, "reference": reference, "cheques": [one._asdict() for one in cheques]}
    move = Move("cheques", "cheques", ON_THE_WAY_TO_BANK, sum(one.amount_minor for one in cheques), more)
    return seal_move(request, move=move, by=by, now=now)
