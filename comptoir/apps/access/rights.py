"""The rights and limits that exist, with what each role has until the owner decides otherwise.

A view says which right opens it: `required_right = "catalog.view"` on a class, `@declare("catalog.view")` on a
function. A view that says nothing opens for nobody.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

PUBLIC = "public"  # no login asked: the list of such views is closed, see tests/architecture
SIGNED_IN = "signed_in"  # any person logged in to the office
DEVICE = "device"  # a till, by its token; checked by the API itself

OWNER, MANAGER, CASHIER, AUDITOR = "owner", "manager", "cashier", "auditor"
_SHOP = frozenset({OWNER, MANAGER})
_ALL_HANDS = frozenset({OWNER, MANAGER, CASHIER})
_READERS = frozenset({OWNER, MANAGER, AUDITOR})


@dataclass(frozen=True, slots=True)
class Right:
    code: str
    label: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Limit:
    code: str
    label: str
    values: dict[str, int]  # by role; a role left out has 0


RIGHTS = {
    right.code: right
    for right in (
        Right("till.sell", "Encaisser", _ALL_HANDS),
        Right("till.open_session", "Ouvrir la caisse", _ALL_HANDS),
        Right("till.close_session", "Clôturer la caisse", _ALL_HANDS),
        Right("till.x_report", "Éditer un X", _ALL_HANDS),
        Right("till.cash_move", "Entrées et sorties d’espèces", _ALL_HANDS),
        Right("till.delete_line", "Supprimer une ligne", _ALL_HANDS),
        Right("till.open_price", "Saisir un prix libre", _ALL_HANDS),
        Right("till.change_price", "Changer le prix d’un article", _SHOP),
        Right("till.discount_line", "Remise sur une ligne", _ALL_HANDS),
        Right("till.discount_basket", "Remise sur le ticket", _ALL_HANDS),
        Right("till.refund", "Rembourser un ticket", _ALL_HANDS),
        Right("till.refund_without_ticket", "Rembourser sans ticket", _SHOP),
        Right("till.cancel_ticket", "Annuler un ticket", _SHOP),
        Right("till.correct_tender", "Corriger un règlement", _SHOP),
        Right("till.open_drawer", "Ouvrir le tiroir sans vente", _SHOP),
        Right("till.reprint", "Réimprimer un ticket", _ALL_HANDS),
        Right("till.training", "Mode école", _SHOP),
        Right("till.blind_count_off", "Voir l’attendu avant de compter", frozenset({OWNER})),
        Right("office.home", "Accueil de la gestion", _READERS),
        Right("catalog.view", "Voir les articles", _READERS),
        Right("catalog.edit", "Modifier les articles", _SHOP),
        Right("catalog.import", "Importer des articles", _SHOP),
        Right("catalog.cost", "Voir les prix d’achat", _READERS),
        Right("tickets.view", "Voir les tickets", _READERS),
        Right("closings.view", "Voir les sessions et les Z", _READERS),
        Right("closings.reprint", "Rééditer un Z", _READERS),
        Right("closings.close_period", "Clôturer le mois ou l’exercice", _SHOP),
        Right("closings.set_aside", "Écarter ce qui ne viendra plus d’une caisse", frozenset({OWNER})),
        Right("archives.purge", "Purger ce qu’une archive vérifiée couvre", frozenset({OWNER})),
        Right("treasury.view", "Voir le coffre et les remises en banque", _READERS),
        Right("treasury.move", "Coffre : mouvements, comptages, remises en banque", _SHOP),
        Right("books.view", "Voir les livres et le journal des ventes", _READERS),
        Right("books.accounts", "Choisir les comptes comptables", _SHOP),
        Right("parties.view", "Voir les clients", _READERS),
        Right("parties.edit", "Modifier les clients", _SHOP),
        Right("exports.create", "Exporter des données", _READERS),
        Right("printing.view", "Voir les impressions", _READERS),
        Right("printing.manage", "Gérer les imprimantes", _SHOP),
        Right("settings.view", "Voir les réglages", _READERS),
        Right("settings.edit", "Modifier les réglages", frozenset({OWNER})),
        Right("registers.enrol", "Rattacher une caisse", _SHOP),
        Right("users.view", "Voir les utilisateurs", _READERS),
        Right("users.manage", "Gérer les utilisateurs", _SHOP),
        Right("rights.manage", "Gérer les droits", frozenset({OWNER})),
        Right("audit.view", "Contrôle : chaînes et événements", _READERS),
        Right("keys.rotate", "Changer les clés de signature", frozenset({OWNER})),
        Right("dossier.maintain", "Sauvegarder et vérifier le dossier", frozenset({OWNER})),
    )
}

LIMITS = {
    limit.code: limit
    for limit in (
        Limit("discount_max_e4", "Remise la plus forte", {OWNER: 10_000, MANAGER: 5_000, CASHIER: 1_000}),
        Limit(
            "cash_out_max_minor",
            "Sortie d’espèces la plus élevée",
            {OWNER: 100_000_00, MANAGER: 1_000_00, CASHIER: 100_00},
        ),
        Limit(
            "refund_max_minor", "Remboursement le plus élevé", {OWNER: 100_000_00, MANAGER: 1_000_00, CASHIER: 100_00}
        ),
    )
}

# Nobody can lock everybody out: these stay with the owner whatever the table says.
OWNER_ALWAYS = frozenset({"rights.manage", "users.manage", "users.view", "office.home"})
# An auditor reads. No change of the table can let one write.
AUDITOR_NEVER = frozenset(code for code, right in RIGHTS.items() if AUDITOR not in right.roles)

View = TypeVar("View", bound=Callable[..., Any])


def declare(right: str) -> Callable[[View], View]:
    """Say which right opens a view; raises KeyError for a right that does not exist."""
    if right not in (PUBLIC, SIGNED_IN, DEVICE):
        RIGHTS[right]

    def mark(view: View) -> View:
        view.required_right = right  # type: ignore[attr-defined]
        return view

    return mark


def declared_right(view: Any) -> str | None:
    """The right that a resolved view declares, or None."""
    owner = getattr(view, "view_class", view)
    return getattr(owner, "required_right", None) or getattr(view, "required_right", None)
