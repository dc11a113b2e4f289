"""What others may ask about customers."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from comptoir.apps.parties.models import Customer


def customers() -> QuerySet[Customer]:
    """Every customer that was not erased."""
    return Customer.objects.filter(erased_at=None)


def customers_named(text: str) -> QuerySet[Customer]:
    """Customers whose name or first name contains this text, erased ones apart."""
    return customers().filter(Q(name__icontains=text) | Q(first_name__icontains=text))


def customer_by_id(customer_id: UUID | str) -> Customer | None:
    try:
        return customers().filter(pk=UUID(str(customer_id))).first()
    except ValueError:
        return None


def customers_for_tills() -> list[dict[str, Any]]:
    """Active customers, with the least a till needs to tell them apart: the last four digits of the phone."""
    rows = customers().filter(active=True).order_by("name", "first_name", "id")
    return [
        {"id": str(row.id), "name": str(row), "phone_tail": "".join(c for c in row.phone if c.isdigit())[-4:]}
        for row in rows
    ]
