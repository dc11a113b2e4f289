"""What the bar of the articles' list offers to change, and the last change that may still be taken back."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from comptoir.apps.catalog.naming import CatalogRefused
from comptoir.apps.catalog.queries import families
from comptoir.apps.settings.packs import vat_rates
from comptoir.apps.settings.queries import main_establishment
from comptoir.engine.money import format_rate

UNDO, UNDO_SECONDS = "articles_undo", 3_600


def offered_changes() -> list[tuple[str, list[tuple[str, str]]]]:
    """What the bar of the list offers, in groups: (`family=epicerie`, « Épicerie »)."""
    place = main_establishment()
    rates = vat_rates(place.country, zone=place.zone, on=timezone.localdate())
    return [
        (_("Famille"), [(f"family={row.code}", row.name) for row in families()] + [("family=", _("aucune"))]),
        (_("TVA"), [(f"vat_e4={rate}", format_rate(rate)) for rate in sorted({row["rate_e4"] for row in rates}, reverse=True)]),
        (_("Vente"), [("active=0", _("Retirer de la vente")), ("active=1", _("Remettre en vente"))]),
    ]  # fmt: skip


def read_change(text: str) -> tuple[str, Any, str]:
    """Field, value and words of `family=epicerie`; raises CatalogRefused for what the bar does not offer."""
    words = {code: f"{group} : {label}" for group, rows in offered_changes() for code, label in rows}
    if text not in words:
        raise CatalogRefused(_("Choisissez ce qu’il faut changer."), field="change")
    field, _sign, value = text.partition("=")
    read = {"family": value or None, "vat_e4": int(value or 0) if field == "vat_e4" else None, "active": value == "1"}
    return field, read[field], words[text]


def undo_offered(request: HttpRequest) -> dict[str, Any] | None:
    """The last change that this person may still take back, with its words."""
    kept = request.session.get(UNDO)
    return kept if kept and timezone.now().timestamp() - kept["at"] < UNDO_SECONDS else None
