"""What the owner corrects of the company and of its establishment after the first run."""

from typing import Any

from django.db import transaction

from comptoir.apps.access.models import User
from comptoir.apps.access.services.require_right import require_right
from comptoir.apps.fiscal.event_codes import COMPLIANCE_SETTING
from comptoir.apps.fiscal.services.seal_on_server import log_event
from comptoir.apps.settings.models import Company, Establishment, ReceiptText
from comptoir.apps.settings.services.set_up_company import SettingsRefused, _checked_vat

COMPANY_FIELDS = frozenset({"legal_name", "legal_form", "vat_number", "naf"})
PLACE_FIELDS = frozenset({"name", "address", "address_more", "postcode", "city", "phone", "print_policy", "language"})
MOST_TEXTS = 8


@transaction.atomic
def change_company(establishment: Establishment, *, by: User, texts: list[str], **fields: Any) -> None:
    """Write the company's and the establishment's details, and the lines at the foot of receipts.

    Country, zone, SIRET and price mode never change: sealed records were made under them. Needs `settings.edit`.
    What changed is an event 270. Raises RightMissing, SettingsRefused (unknown field, missing name, wrong VAT number); nothing is written then."""
    require_right(by, right="settings.edit")
    unknown = set(fields) - COMPANY_FIELDS - PLACE_FIELDS
    if unknown:
        raise SettingsRefused(f"Champ inconnu : {', '.join(sorted(unknown))}.")
    for name, label in (("legal_name", "la raison sociale"), ("name", "l’enseigne")):
        if name in fields and not fields[name].strip():
            raise SettingsRefused(f"Indiquez {label}.")
    if "vat_number" in fields:
        fields["vat_number"] = _checked_vat(fields["vat_number"])
    texts = [text.strip()[:120] for text in texts if text.strip()]
    if len(texts) > MOST_TEXTS:
        raise SettingsRefused(f"Le pied du ticket compte {MOST_TEXTS} lignes au plus.")
    company = Company.objects.get()
    before = list(establishment.receipt_texts.order_by("position").values_list("text", flat=True))
    changed = {"receipt_texts"} if before != texts else set()
    for owner, names in ((company, COMPANY_FIELDS), (establishment, PLACE_FIELDS)):
        for name in names & set(fields):
            changed |= {name} if getattr(owner, name) != fields[name] else set()
            setattr(owner, name, fields[name])
        owner.save()
    ReceiptText.objects.filter(establishment=establishment).delete()
    ReceiptText.objects.bulk_create(
        ReceiptText(establishment=establishment, position=i, text=text) for i, text in enumerate(texts, start=1)
    )
    if changed:  # what stands on every receipt: the journal says what changed, and by whom
        detail = {"setting": "company", "fields": sorted(changed)}
        log_event(COMPLIANCE_SETTING, detail=detail, operator={"id": str(by.pk), "name": by.name})
