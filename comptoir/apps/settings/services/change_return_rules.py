"""What the owner decides of returns, of credit notes, and of tickets that print without being asked for."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from comptoir.apps.access.models import User
from comptoir.apps.access.services.require_right import require_right
from comptoir.apps.fiscal.event_codes import COMPLIANCE_SETTING
from comptoir.apps.fiscal.services.seal_on_server import log_event
from comptoir.apps.settings.models import Establishment, ReturnReason, TenderType
from comptoir.apps.settings.models.returns import DISPOSITIONS
from comptoir.apps.settings.services.set_up_company import SettingsRefused

RULES = frozenset({"print_from_minor", "print_with_customer", "credit_note_days", "return_days"})
MOST_REASONS = 12
Reason = tuple[str, str, str]  # code ("" for a new one), label ("" is no longer offered), disposition


@transaction.atomic
def change_return_rules(
    establishment: Establishment,
    *,
    by: User,
    reasons: Sequence[Reason],
    always_for: Sequence[str],
    **rules: Any,
) -> None:
    """Write the reasons of return, the tenders that always print, and the rules of the establishment.

    A reason without label is no longer offered and never erased: sealed returns carry its code. Days are 1 to 3650,
    cents 0 or more, None for neither. Needs `settings.edit`; what changed is an event 270. Raises RightMissing,
    SettingsRefused; nothing is written then."""
    require_right(by, right="settings.edit")
    if set(rules) - RULES:
        raise SettingsRefused("Réglage inconnu.")
    days, least = rules.get("credit_note_days"), rules.get("print_from_minor")
    if days is not None and not 1 <= days <= 3650:
        raise SettingsRefused("La validité d’un avoir va de 1 à 3 650 jours, ou reste vide.")
    limit = rules.get("return_days")
    if limit is not None and not 1 <= limit <= 3650:
        raise SettingsRefused("Le délai de retour va de 1 à 3 650 jours, ou reste vide.")
    if least is not None and least < 0:
        raise SettingsRefused("Le montant à partir duquel le ticket s’imprime est positif, ou reste vide.")
    changed = {name for name in rules if getattr(establishment, name) != rules[name]}
    for name in rules:
        setattr(establishment, name, rules[name])
    establishment.save()
    changed |= _change_tenders(set(always_for)) | _change_reasons(reasons)
    if changed:
        detail = {"setting": "returns", "fields": sorted(changed)}
        log_event(COMPLIANCE_SETTING, detail=detail, operator={"id": str(by.pk), "name": by.name})


def _change_tenders(always_for: set[str]) -> set[str]:
    other = [row for row in TenderType.objects.all() if row.print_always != (row.code in always_for)]
    for row in other:
        row.print_always = not row.print_always
        row.save()
    return {"always_for_tenders"} if other else set()


def _change_reasons(reasons: Sequence[Reason]) -> set[str]:
    if sum(1 for _code, label, _goods in reasons if label.strip()) > MOST_REASONS:
        raise SettingsRefused(f"Gardez {MOST_REASONS} motifs au plus : la caisse les montre tous.")
    known = {row.code: row for row in ReturnReason.objects.all()}
    before = {code: (row.label, row.disposition, row.active) for code, row in known.items()}
    for position, (code, label, goods) in enumerate(reasons, start=1):
        label = label.strip()[:60]
        if goods not in dict(DISPOSITIONS):
            raise SettingsRefused("Choisissez où vont les articles rendus.")
        if not code and not label:
            continue
        row = known.get(code) if code else ReturnReason(code=_free_code(known))
        if row is None:
            raise SettingsRefused("Ce motif n’existe plus. Rechargez la page.")
        row.label, row.disposition, row.position, row.active = label or row.label, goods, position, bool(label)
        row.save()
        known[row.code] = row
    after = {code: (row.label, row.disposition, row.active) for code, row in known.items()}
    return {"return_reasons"} if after != before else set()


def _free_code(known: dict[str, ReturnReason]) -> str:
    return next(code for code in (f"reason_{n}" for n in range(1, 10_000)) if code not in known)
