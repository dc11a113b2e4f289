"""A basket set aside, and taken back by one register only."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from ..models import ParkedBasket

KEPT = timedelta(days=7)  # a basket that was taken, for a register that crashed while taking it


@dataclass(frozen=True, slots=True)
class Parking:
    """What a register says of a basket it sets aside."""

    id: UUID
    label: str
    name: str
    operator: str
    lines: int
    total_minor: int
    at: datetime
    basket: str


class BasketTaken(Exception):
    """Another register, or another request, has this basket."""

    def __init__(self, held: ParkedBasket) -> None:
        super().__init__(str(held.pk))
        self.held = held


def park_basket(asked: Parking, *, register: str) -> bool:
    """Keeps a basket set aside on `register`; set aside anew, it is kept as it is now. False when nothing changed.

    Raises BasketTaken when another register took it meanwhile: what this one still shows of it is no longer its own."""
    fields = {
        "label": asked.label, "name": asked.name, "operator": asked.operator, "lines": asked.lines,
        "total_minor": asked.total_minor, "parked_at": asked.at, "basket": asked.basket,
    }  # fmt: skip
    free = {"taken_at": None, "taken_register": None, "taken_operator": None, "request": None}
    with transaction.atomic():
        known = ParkedBasket.objects.select_for_update().filter(pk=asked.id).first()
        if known is None:
            try:
                with transaction.atomic():
                    ParkedBasket.objects.create(pk=asked.id, register=register, **fields)
                return True
            except IntegrityError:  # the same call, twice at once
                known = ParkedBasket.objects.get(pk=asked.id)
        if known.register != register or known.taken_register not in (None, register):
            raise BasketTaken(known)
        if known.taken_at is None and all(getattr(known, name) == value for name, value in fields.items()):
            return False
        if known.taken_at is not None and asked.at == known.parked_at:
            # The word of before it was taken back, that arrives late; instants of one clock, the register's.
            return False
        ParkedBasket.objects.filter(pk=asked.id).update(**fields, **free)
    return True


def take_basket(basket: UUID, *, register: str, operator: str, request: UUID, at: datetime) -> ParkedBasket:
    """Gives the basket to one register, and to one request: asked again with the same id, the same answer.

    One UPDATE that finds it free decides between two registers. What was taken more than a week ago loses its content.
    Raises BasketTaken, ParkedBasket.DoesNotExist; nothing is written then."""
    taking = {"taken_at": at, "taken_register": register, "taken_operator": operator, "request": request}
    with transaction.atomic():
        won = ParkedBasket.objects.filter(pk=basket, taken_at=None).update(**taking)
        held = ParkedBasket.objects.get(pk=basket)
        if not won and held.request != request:
            raise BasketTaken(held)
        ParkedBasket.objects.filter(taken_at__lt=at - KEPT).exclude(basket="").update(basket="")
    return held
