"""The pages of « Réglages », as tabs."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

ROOM = "settings"
PAGES = (
    ("company_form", _("Entreprise")),
    ("tender_list", _("Règlements")),
    ("reason_form", _("Motifs de caisse")),
    ("return_rules", _("Retours, avoirs et impression")),
)


def tabs(here: str) -> list[tuple[Any, str, bool]]:
    return [(label, reverse(route), route == here) for route, label in PAGES]
