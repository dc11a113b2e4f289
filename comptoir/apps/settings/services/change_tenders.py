"""Means of payment added, changed and retired by the owner. None is ever erased: sealed tickets carry their codes."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from comptoir.apps.access.models import User
from comptoir.apps.access.services.require_right import require_right
from comptoir.apps.fiscal.event_codes import COMPLIANCE_SETTING
from comptoir.apps.fiscal.services.seal_on_server import log_event
from comptoir.apps.settings.models import TenderType
from comptoir.apps.settings.services.set_up_company import SettingsRefused

# What a shop may add. Cash, credit notes and exchanges come with the house: their rules are the engine's, one of each.
ADDED_KINDS = ("card", "cheque", "meal_voucher", "voucher", "account", "other")
FIELDS = frozenset({
    "label", "cap_minor", "opens_drawer", "needs_reference", "eligible_only", "print_always", "position", "active",
})  # fmt: skip
MOST_OFFERED = 12


@transaction.atomic
def add_tender(*, kind: str, by: User, **fields: Any) -> TenderType:
    """Add a means of payment of one of `ADDED_KINDS`; its code is made from its label and never changes, nor its kind.

    `cap_minor` is the most it may settle on a ticket, None for no cap (a meal voucher then takes the law's). Needs
    `settings.edit`; an event 270 says it. Raises RightMissing, SettingsRefused; nothing is written then."""
    require_right(by, right="settings.edit")
    if kind not in ADDED_KINDS:
        raise SettingsRefused("Choisissez la nature du règlement.")
    last = TenderType.objects.aggregate(last=Max("position"))["last"] or 0
    row = TenderType(code=_free_code(fields.get("label", "")), kind=kind, position=last + 1)
    _write(row, fields, by=by)
    return row


@transaction.atomic
def change_tender(row: TenderType, *, by: User, **fields: Any) -> None:
    """Change what tills show and ask of a means of payment, or stop offering it.

    Cash is always offered. Needs `settings.edit`; what changed is an event 270. Raises RightMissing, SettingsRefused;
    nothing is written then."""
    require_right(by, right="settings.edit")
    _write(row, fields, by=by)


def _write(row: TenderType, fields: dict[str, Any], *, by: User) -> None:
    if set(fields) - FIELDS:
        raise SettingsRefused("Réglage inconnu.")
    changed = {name for name, value in fields.items() if getattr(row, name) != value}
    for name in changed:
        setattr(row, name, fields[name])
    row.label = row.label.strip()[:40]
    _check(row)
    row.save()
    if changed:
        detail = {"setting": f"tender.{row.code}", "fields": sorted(changed)}
        log_event(COMPLIANCE_SETTING, detail=detail, operator={"id": str(by.pk), "name": by.name})


def _check(row: TenderType) -> None:
    others = TenderType.objects.exclude(pk=row.pk).filter(active=True)
    if not row.label:
        raise SettingsRefused("Donnez un nom au règlement, tel que la caisse le montre.")
    if row.active and any(one.label.casefold() == row.label.casefold() for one in others):
        raise SettingsRefused(f"Un règlement s’appelle déjà « {row.label} ».")
    if row.cap_minor is not None and row.cap_minor <= 0:
        raise SettingsRefused("Le plafond est positif, ou reste vide.")
    if row.kind == "cash" and not row.active:
        raise SettingsRefused("Les espèces restent acceptées : nul ne peut les refuser.")
    if row.active and others.count() >= MOST_OFFERED:
        raise SettingsRefused(f"Gardez {MOST_OFFERED} règlements au plus : la caisse les montre tous.")


def _free_code(label: str) -> str:
    """A code of ASCII letters, digits and `_`, at most 20, that no tender ever had."""
    stem = (slugify(label).replace("-", "_") or "reglement")[:16]
    known = set(TenderType.objects.values_list("code", flat=True))
    return next(code for code in (stem, *(f"{stem}_{n}" for n in range(2, 1_000))) if code not in known)
