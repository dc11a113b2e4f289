"""Ledger accounts and kinds of moves in the words of the shop."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from comptoir.apps.treasury.models import CashPlace

TILL_WORDS = {"out": lazy("Sortie de caisse"), "in": lazy("Entrée en caisse")}
KIND_WORDS = {
    **TILL_WORDS,
    "move": lazy("Mouvement"), "sent": lazy("Envoi"), "received": lazy("Réception"), "count": lazy("Comptage"),
    "cheques": lazy("Remise de chèques"), "cheques_received": lazy("Chèques crédités"),
}  # fmt: skip
_FIXED = {
    "outside": lazy("extérieur"),
    "difference": lazy("écart"),
    "sales": lazy("ventes"),
    "cheques": lazy("chèques"),
    "transit/bank": lazy("en route vers la banque"),
}


def account_words(account: str) -> str:
    """`safe/1` as « Coffre », `drawer/C1` as « caisse C1 »."""
    if account in _FIXED:
        return str(_FIXED[account])
    kind, _slash, code = account.partition("/")
    place = CashPlace.objects.filter(kind=kind, code=code).first()
    if place is not None:
        return place.name
    if kind == "transit":
        return _("en route vers %s") % code
    return _("caisse %s") % code


def tabs(here: str) -> list[tuple[Any, str, bool]]:
    return [
        (lazy("Coffre"), reverse("safe_home"), here == "home"),
        (lazy("Mouvements"), reverse("office_move_list"), here == "moves"),
        (lazy("Entrées et sorties des caisses"), reverse("drawer_move_list"), here == "drawers"),
        (lazy("Écarts de caisse"), reverse("gap_page"), here == "gaps"),
    ]
