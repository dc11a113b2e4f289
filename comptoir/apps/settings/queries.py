"""What others may ask of the settings, in the words of docs/developer/shapes.md."""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from comptoir.apps.settings.models import (
    BarcodePattern,
    CashReason,
    Company,
    Denomination,
    DrawerReason,
    Establishment,
    Register,
    ReturnReason,
    TenderType,
)
from comptoir.apps.settings.packs import meal_voucher_cap_minor, mention


def company() -> Company:
    """The company of this dossier; raises Company.DoesNotExist before the first run is over."""
    return Company.objects.get()


def is_set_up() -> bool:
    return Company.objects.exists()


def main_establishment() -> Establishment:
    """The first establishment; raises Establishment.DoesNotExist before the first run is over."""
    establishment = Establishment.objects.order_by("id").first()
    if establishment is None:
        raise Establishment.DoesNotExist("no establishment")
    return establishment


def registers() -> QuerySet[Register]:
    return Register.objects.select_related("establishment")


def register_by_code(code: str) -> Register | None:
    return registers().filter(code=code).first()


def tender_types(*, country: str, on: date) -> list[dict[str, Any]]:
    """The accepted means of payment; a meal voucher without a cap of its own takes the law's of that day."""
    return [_tender(row, country, on) for row in TenderType.objects.filter(active=True)]


def _tender(row: TenderType, country: str, on: date) -> dict[str, Any]:
    cap_minor = row.cap_minor
    if cap_minor is None and row.kind == "meal_voucher":
        cap_minor = meal_voucher_cap_minor(country, on=on)
    return {
        "code": row.code,
        "label": row.label,
        "kind": row.kind,
        "change": row.change,
        "cap_minor": cap_minor,
        "opens_drawer": row.opens_drawer,
        "needs_reference": row.needs_reference,
        "eligible_only": row.eligible_only,
        "position": row.position,
    }


def cash_reasons() -> list[dict[str, Any]]:
    rows = CashReason.objects.filter(active=True)
    return [
        {"code": row.code, "label": row.label, "direction": row.direction, "needs_label": row.needs_label}
        for row in rows
    ]


def return_reasons() -> list[dict[str, Any]]:
    return list(ReturnReason.objects.filter(active=True).values("code", "label", "disposition"))


def drawer_reasons() -> list[dict[str, Any]]:
    return list(DrawerReason.objects.filter(active=True).values("code", "label"))


def print_rules(place: Establishment) -> dict[str, Any]:
    """When a ticket is printed without being asked for."""
    always_for = TenderType.objects.filter(active=True, print_always=True)
    return {
        "policy": place.print_policy,
        "always_from_minor": place.print_from_minor,
        "always_for_tenders": list(always_for.values_list("code", flat=True)),
        "always_with_customer": place.print_with_customer,
    }


def denominations() -> list[dict[str, Any]]:
    """The coins and notes to count, largest first."""
    return [
        {"value_minor": row.value_minor, "bank_note": row.bank_note} for row in Denomination.objects.filter(active=True)
    ]


def barcode_patterns() -> list[dict[str, Any]]:
    fields = ("prefix", "item_digits", "verifier", "value_digits", "decimals", "kind", "name")
    return list(BarcodePattern.objects.filter(active=True).values(*fields))


def shop(establishment: Establishment, *, software: str) -> dict[str, Any]:
    """The head and foot of a receipt: the `shop` of the engine's `receipt`."""
    owner = company()
    street = [line for line in (establishment.address, establishment.address_more) if line]
    return {
        "name": establishment.name,
        "legal_name": owner.legal_name,
        "address": [*street, f"{establishment.postcode} {establishment.city}".strip()],
        "siret": establishment.number,
        "naf": owner.naf,
        "vat_number": owner.vat_number,
        "phone": establishment.phone,
        "footer": [row.text for row in establishment.receipt_texts.all()],
        "software": software,
        "lang": establishment.language,
        "rounding_note": mention(establishment.country, code="rounding", lang=establishment.language, on=date.today()),
    }
