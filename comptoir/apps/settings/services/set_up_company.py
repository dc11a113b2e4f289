"""First settings of a dossier: the company, its establishment, its registers, and what the country pack proposes."""

from dataclasses import dataclass, field
from datetime import date

import stdnum.be.vat
import stdnum.eu.vat
import stdnum.fr.siren
import stdnum.fr.siret
from django.db import transaction
from stdnum.exceptions import ValidationError

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
from comptoir.apps.settings.packs import pack, print_policy


class SettingsRefused(ValueError):
    """A setting cannot be taken; the message is for the person, in French."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyDetails:
    """What is asked at the first run. `number` is the establishment's SIRET, or its unit number in Belgium."""

    legal_name: str
    country: str
    number: str
    name: str
    zone: str
    legal_form: str = ""
    vat_number: str = ""
    naf: str = ""
    mode: str = "TTC"
    address: str = ""
    postcode: str = ""
    city: str = ""
    phone: str = ""
    language: str = "fr"
    registers: list[tuple[str, str]] = field(default_factory=lambda: [("C1", "Caisse 1")])


@transaction.atomic
def set_up_company(details: CompanyDetails, *, on: date) -> Establishment:
    """Write the first settings of an empty dossier.

    The French company's SIREN is the head of its SIRET. Numbers are checked by their own keys (INSEE, BCE, VIES).
    Raises SettingsRefused: already set up, unknown zone, wrong number; nothing is written then.
    """
    if Company.objects.exists():
        raise SettingsRefused("Ce dossier a déjà son entreprise.")
    data = pack(details.country)
    if details.zone not in data["zones"]:
        raise SettingsRefused(f"La zone « {details.zone} » n’existe pas dans ce pays.")
    number, registration = _checked_numbers(details)
    Company.objects.create(
        legal_name=details.legal_name, legal_form=details.legal_form, country=details.country,
        registration=registration, vat_number=_checked_vat(details.vat_number), naf=details.naf, mode=details.mode,
        currency=data["currency"],
    )  # fmt: skip
    establishment = Establishment.objects.create(
        number=number, name=details.name, address=details.address, postcode=details.postcode, city=details.city,
        country=details.country, zone=details.zone, time_zone=data["zones"][details.zone]["time_zone"],
        phone=details.phone, language=details.language, print_policy=print_policy(details.country, on=on),
    )  # fmt: skip
    for code, name in details.registers:
        add_register(code, name=name, establishment=establishment)
    _propose(details.country)
    return establishment


def add_register(code: str, *, name: str, establishment: Establishment) -> Register:
    """Add a register. Raises SettingsRefused when its code is malformed or taken."""
    code = code.strip().upper()
    if not (code.isascii() and code.isalnum() and code[:1].isalpha() and len(code) <= 8):
        raise SettingsRefused("Le code d’une caisse commence par une lettre, puis lettres et chiffres (8 au plus).")
    if Register.objects.filter(code=code).exists():
        raise SettingsRefused(f"La caisse « {code} » existe déjà.")
    return Register.objects.create(code=code, name=name, establishment=establishment)


def _propose(country: str) -> None:
    """Tenders, reasons of every kind, denominations and code patterns of the pack: the shop changes them afterwards."""
    data = pack(country)
    TenderType.objects.bulk_create(TenderType(position=i, **row) for i, row in enumerate(data["tenders"], start=1))
    CashReason.objects.bulk_create(CashReason(position=i, **row) for i, row in enumerate(data["reasons"], start=1))
    for model, key in ((ReturnReason, "return_reasons"), (DrawerReason, "drawer_reasons")):
        model.objects.bulk_create(model(position=i, **row) for i, row in enumerate(data[key], start=1))
    Denomination.objects.bulk_create(Denomination(**row) for row in data["denominations"])
    BarcodePattern.objects.bulk_create(BarcodePattern(**row) for row in data["barcode_patterns"])


def _checked_numbers(details: CompanyDetails) -> tuple[str, str]:
    try:
        if details.country == "FR":
            siret = stdnum.fr.siret.validate(details.number)
            return siret, stdnum.fr.siren.validate(siret[:9])
        unit = "".join(character for character in details.number if character.isdigit())
        if len(unit) != 10:
            raise ValidationError
        return unit, stdnum.be.vat.validate(details.vat_number) if details.vat_number else ""
    except ValidationError as refusal:
        what = "SIRET (14 chiffres)" if details.country == "FR" else "numéro d’unité (10 chiffres)"
        raise SettingsRefused(f"Le {what} « {details.number} » ne passe pas sa clé : relisez-le.") from refusal


def _checked_vat(number: str) -> str:
    if not number:
        return ""
    try:
        return stdnum.eu.vat.validate(number)
    except ValidationError as refusal:
        raise SettingsRefused(f"Le n° de TVA « {number} » ne passe pas sa clé : relisez-le.") from refusal
