"""Ledger accounts and kinds of moves in the words of the shop."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from comptoir.apps.treasury.models import CashPlace

KIND_WORDS = {
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
