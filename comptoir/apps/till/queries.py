"""What others may ask of the tills: devices, tickets, perpetual totals."""

from typing import NamedTuple

from django.db import connection
from django.db.models import QuerySet

from comptoir.apps.fiscal.queries import latest_generation
from comptoir.apps.fiscal.raw_rows import fetch_rows

from .models import Device, Ticket


class Caller(NamedTuple):
    """The device behind a token."""

    register: str
    generation: int


def caller_of(digest: str) -> Caller | None:
    """The device whose token has this digest, unless it was revoked. Asked at each call: a revocation holds at once."""
    sql = "SELECT register, generation FROM till_device WHERE token_digest = %s AND revoked_at IS NULL"
    rows = fetch_rows(connection, sql, [digest])
    return Caller(*rows[0]) if rows else None


def devices() -> QuerySet[Device]:
    """Every enrolment, latest first."""
    return Device.objects.select_related("register").order_by("-enrolled_at", "-generation")


def tickets() -> QuerySet[Ticket]:
    """Every ticket, latest first."""
    return Ticket.objects.order_by("-at", "-record_id")


def perpetual_of(register: str) -> dict[str, int]:
    """Both perpetual totals after the register's last stored ticket, whatever its generation."""
    for generation in range(latest_generation(register), 0, -1):
        last = Ticket.objects.filter(chain=f"{register}-{generation}-ticket").order_by("-seq").first()
        if last is not None:
            return {
                "algebraic_minor": last.perpetual_algebraic_minor, "absolute_minor": last.perpetual_absolute_minor,
            }  # fmt: skip
    return {"algebraic_minor": 0, "absolute_minor": 0}
