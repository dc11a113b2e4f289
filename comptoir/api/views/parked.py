"""Baskets set aside: told by their register, seen by every register, taken over by one (docs/developer/shapes.md section 6)."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from comptoir.apps.till.models import ParkedBasket
from comptoir.apps.till.queries import Caller, parked_baskets
from comptoir.apps.till.services.park_basket import BasketTaken, Parking, park_basket, take_basket

from ..call import device_call
from ..problems import Problem
from ..read import read_object, text_field

LARGEST = 2_000_000  # a basket of 2,000 lines
FIELDS = {"id", "label", "name", "operator", "lines", "total_minor", "at", "basket"}


@device_call("GET", "POST")
def parked(request: HttpRequest, *, caller: Caller) -> dict[str, Any]:
    """GET: what waits on every register, and what others took from this one. POST: this register sets one aside."""
    if request.method == "GET":
        return {"baskets": [_told(row) for row in parked_baskets(caller.register, now=timezone.now())]}
    asked = read_object(request, limit=LARGEST)
    if set(asked) != FIELDS:
        raise Problem(400, "wrong_shape", where=sorted(set(asked) ^ FIELDS)[0][:40])
    try:
        changed = park_basket(_parking(asked), register=caller.register)
    except BasketTaken as taken:
        return {"id": str(taken.held.pk), "status": "taken", "by": _by(taken.held)}
    return {"id": asked["id"], "status": "stored" if changed else "duplicate"}


@device_call("POST")
def take(request: HttpRequest, *, caller: Caller, basket: UUID) -> dict[str, Any]:
    """One register takes a basket, its own or another's; 409 when somebody else has it."""
    asked = read_object(request, limit=2_000)
    if set(asked) != {"request", "operator"}:
        raise Problem(400, "wrong_shape", where="request")
    try:
        held = take_basket(
            basket, register=caller.register, operator=text_field(asked, "operator", limit=200),
            request=_uuid(asked, "request"), at=timezone.now(),
        )  # fmt: skip
    except ParkedBasket.DoesNotExist:
        raise Problem(404, "unknown_basket") from None
    except BasketTaken as taken:
        raise Problem(409, "basket_taken", where=taken.held.taken_register or "") from taken
    return {"id": str(held.pk), "from": held.register, "operator": held.operator, "basket": held.basket}


def _parking(asked: dict[str, Any]) -> Parking:
    for name in ("lines", "total_minor"):
        if type(asked[name]) is not int or abs(asked[name]) > 10**13:
            raise Problem(400, "wrong_shape", where=name)
    if not isinstance(asked["label"], str) or len(asked["label"]) > 60:
        raise Problem(400, "wrong_shape", where="label")
    try:
        at = datetime.strptime(text_field(asked, "at", limit=20), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError as problem:
        raise Problem(400, "wrong_shape", where="at") from problem
    return Parking(
        id=_uuid(asked, "id"), label=asked["label"], name=text_field(asked, "name", limit=200), at=at,
        operator=text_field(asked, "operator", limit=200), lines=max(0, asked["lines"]),
        total_minor=asked["total_minor"], basket=text_field(asked, "basket", limit=LARGEST),
    )  # fmt: skip


def _uuid(asked: dict[str, Any], name: str) -> UUID:
    try:
        return UUID(text_field(asked, name, limit=36))
    except ValueError as problem:
        raise Problem(400, "wrong_shape", where=name) from problem


def _by(row: ParkedBasket) -> dict[str, str] | None:
    if row.taken_register is None:
        return {"register": row.register, "operator": row.operator}
    return {"register": row.taken_register, "operator": row.taken_operator or ""}


def _told(row: ParkedBasket) -> dict[str, Any]:
    return {
        "id": str(row.pk), "register": row.register, "label": row.label, "name": row.name, "operator": row.operator,
        "lines": row.lines, "total_minor": row.total_minor, "at": row.parked_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "taken": None if row.taken_register is None else _by(row),
    }  # fmt: skip
