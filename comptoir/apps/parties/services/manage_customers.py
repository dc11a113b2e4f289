"""Customers arrive, agree or not to be written to, and may ask to be forgotten."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, IntegerField, Max
from django.db.models.functions import Cast, Substr

from comptoir.apps.access.models import User
from comptoir.apps.access.services.require_right import require_right
from comptoir.apps.parties.models import Customer

FIELDS = frozenset({
    "name", "first_name", "company", "phone", "email", "address", "postcode", "city", "country", "vat_number",
    "registration", "active",
})  # fmt: skip


class CustomerRefused(ValueError):
    """A customer cannot be written; the message is for the person, in French."""


@transaction.atomic
def create_customer(*, by: User, **fields: Any) -> Customer:
    """Add a customer under the next code (`C00001`…). Needs `parties.edit`. Raises RightMissing, CustomerRefused."""
    require_right(by, right="parties.edit")
    _check(fields)
    if not fields.get("name", "").strip():
        raise CustomerRefused("Indiquez au moins un nom.")
    return Customer.objects.create(code=_next_code(), **fields)


@transaction.atomic
def change_customer(customer: Customer, *, by: User, **fields: Any) -> None:
    """Change a customer's details. Needs `parties.edit`. Raises RightMissing, CustomerRefused."""
    require_right(by, right="parties.edit")
    _check(fields)
    if "name" in fields and not fields["name"].strip():
        raise CustomerRefused("Indiquez au moins un nom.")
    for name, value in fields.items():
        setattr(customer, name, value)
    customer.save(update_fields=list(fields))


@transaction.atomic
def record_consent(customer: Customer, *, channel: str, given: bool, source: str, now: datetime, by: User) -> None:
    """Date a yes (with where it was given) or a withdrawal, for "email" or "sms".

    Raises RightMissing, CustomerRefused.
    """
    require_right(by, right="parties.edit")
    if channel not in ("email", "sms"):
        raise CustomerRefused("Ce canal n’existe pas.")
    if given and not source.strip():
        raise CustomerRefused("Dites où l’accord a été recueilli.")
    setattr(customer, f"{channel}_consent_at", now if given else None)
    setattr(customer, f"{channel}_consent_source", source.strip() if given else "")
    customer.save(update_fields=[f"{channel}_consent_at", f"{channel}_consent_source"])


@transaction.atomic
def erase_customer(customer: Customer, *, now: datetime, by: User) -> None:
    """Forget a person (GDPR art. 17): the row stays for the tickets that name its id, emptied. Raises RightMissing."""
    require_right(by, right="parties.edit")
    for field in FIELDS - {"company", "country", "active"}:
        setattr(customer, field, "")
    customer.name, customer.active, customer.erased_at = "Client effacé", False, now
    customer.email_consent_at = customer.sms_consent_at = None
    customer.email_consent_source = customer.sms_consent_source = ""
    customer.save()


def _check(fields: dict[str, Any]) -> None:
    unknown = set(fields) - FIELDS
    if unknown:
        raise CustomerRefused(f"Champ inconnu : {', '.join(sorted(unknown))}.")


def _next_code() -> str:
    numbers = Customer.objects.filter(code__regex=r"^C[0-9]+$").annotate(
        number=Cast(Substr(F("code"), 2), IntegerField())
    )
    return f"C{(numbers.aggregate(last=Max('number'))['last'] or 0) + 1:05d}"
