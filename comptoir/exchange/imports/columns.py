"""Which column of a file holds which field: given by a mapping, else guessed from French and English headings."""

import unicodedata
from collections.abc import Sequence

from .problems import FileRefused

# Field -> headings, compared without accents, case, punctuation and stars. The first heading that matches wins.
HEADINGS: dict[str, tuple[str, ...]] = {
    "code": ("code", "code article", "reference", "ref", "reference interne", "sku", "variant sku", "article",
             "reference", "code interne", "product id", "id"),
    "barcode": ("ean", "ean13", "ean 13", "gtin", "code barre", "code barres", "code a barres", "codebarre", "barcode",
                "variant barcode", "gencod", "gencode", "upc", "isbn"),
    "name": ("libelle", "designation", "nom", "name", "title", "intitule", "description", "produit", "product",
             "libelle article", "article name", "product name"),
    "price": ("prix", "prix ttc", "prix de vente", "prix de vente ttc", "pv ttc", "pvttc", "pv", "price",
              "variant price", "price tax included", "sale price", "tarif", "prix unitaire", "prix unitaire ttc", "pu ttc",
              "prix public", "prix public ttc"),
    "price_ht": ("prix ht", "prix de vente ht", "prix unitaire ht", "pu ht", "pv ht", "pvht", "price tax excluded", "price excl tax", "net price"),
    "purchase": ("prix d achat", "prix achat", "pa ht", "pa", "pamp", "wholesale price", "cost", "cost per item",
                 "purchase price"),
    "vat": ("tva", "taux tva", "taux de tva", "vat", "vat rate", "tax rate", "tax", "taux"),
    "family": ("famille", "rayon", "categorie", "categories", "categories x y z", "category", "family", "type",
               "product type", "department", "departement"),
    "unit": ("unite", "unit", "unite de vente", "uom", "unity"),
    "eco": ("eco participation", "ecoparticipation", "eco contribution", "ecotaxe", "ecotax", "eco tax"),
    "meal_voucher": ("titre resto", "titres resto", "titre restaurant", "titres restaurant", "ticket restaurant",
                     "cheque repas", "meal voucher"),
    "deposit": ("consigne", "vidange", "code consigne", "consigne article", "container deposit"),
    "kind": ("nature", "nature article", "kind"),
    "active": ("actif", "active", "active 0 1", "published", "en vente"),
    "option1": ("option1 value",),
    "option2": ("option2 value",),
    "option3": ("option3 value",),
    "handle": ("handle",),
}  # fmt: skip
FIELDS = tuple(HEADINGS)
FRENCH_FIELDS = {
    "code": "code", "ean": "barcode", "codebarres": "barcode", "nom": "name", "libelle": "name", "prix": "price",
    "prix_ttc": "price", "prix_ht": "price_ht", "achat": "purchase", "prix_achat": "purchase", "tva": "vat",
    "famille": "family", "unite": "unit", "eco": "eco", "actif": "active",
    "titre_resto": "meal_voucher", "consigne": "deposit", "nature": "kind",
}  # fmt: skip


def plain(heading: str) -> str:
    """A heading without accents, case and punctuation, for comparison only."""
    split = unicodedata.normalize("NFKD", heading.casefold())
    kept = "".join(c if c.isalnum() else " " for c in split if not unicodedata.combining(c))
    return " ".join(kept.split())


def parse_mapping(options: Sequence[str]) -> dict[str, str]:
    """`column=field` options -> {field: column}. Raises FileRefused for a field that does not exist."""
    mapping: dict[str, str] = {}
    for option in options:
        column, equals, field = option.rpartition("=")
        field = FRENCH_FIELDS.get(plain(field).replace(" ", "_"), field.strip())
        if not equals or not column or field not in HEADINGS:
            known = ", ".join(sorted(FRENCH_FIELDS))
            raise FileRefused(f"La correspondance « {option} » s’écrit colonne=champ, champ parmi : {known}.")
        mapping[field] = column
    return mapping


def find_columns(header: Sequence[str], *, mapping: dict[str, str]) -> dict[str, int]:
    """Field -> position. What the mapping names is taken as named; the rest is guessed, each column used once.

    Raises FileRefused when a named column is absent or when nothing can serve as the article's name."""
    found: dict[str, int] = {}
    for field, column in mapping.items():
        positions = [i for i, heading in enumerate(header) if heading == column]
        positions = positions or [i for i, heading in enumerate(header) if plain(heading) == plain(column)]
        if not positions:
            raise FileRefused(f"La colonne « {column} » n’existe pas. Colonnes du fichier : {_shown(header)}.")
        found[field] = positions[0]
    plains = [plain(heading) for heading in header]
    for field, headings in HEADINGS.items():
        if field in found:
            continue
        for heading in headings:
            if heading in plains and plains.index(heading) not in found.values():
                found[field] = plains.index(heading)
                break
    if "name" not in found:
        raise FileRefused(
            "Aucune colonne ne ressemble au nom des articles. Indiquez-la : --mapping « colonne=nom ». "
            f"Colonnes du fichier : {_shown(header)}."
        )
    for position in found.values():
        if plains.count(plains[position]) > 1:
            raise FileRefused(f"La colonne « {header[position]} » y est deux fois : laquelle lire ? Renommez l’autre.")
    return found


def _shown(header: Sequence[str]) -> str:
    return ", ".join(heading for heading in header if heading)[:300]
