"""An article as somebody asks for it, checked before anything is written."""

from typing import NamedTuple

from django.utils.translation import gettext as _

from comptoir.engine.barcodes import parse_code

from .models import KINDS
from .naming import CatalogRefused, clean_code, clean_name

PRICE_E4 = 10**10  # a million euros
QUANTITY_MILLI = 10**9


class ArticleInput(NamedTuple):
    """What is asked of an article. `barcodes` are pairs (code, quantity in thousandths): a pack of six counts 6000.

    `deposit` is the code of the container that is sold with it, `deposit_milli` of them a unit."""

    code: str
    name: str
    price_e4: int
    vat_e4: int | None
    family: str | None = None
    kind: str = "goods"
    unit: str = "pce"
    open_price: bool = False
    meal_voucher: bool = False
    discountable: bool = True
    print_forced: bool = False
    eco_minor: int = 0
    tare_milli: int = 0
    active: bool = True
    barcodes: tuple[tuple[str, int], ...] = ()
    deposit: str | None = None
    deposit_milli: int = 1000


def checked_article(asked: ArticleInput) -> ArticleInput:
    """The same with clean texts; raises CatalogRefused naming the first field that cannot be taken.

    A container deposit is outside the VAT base and takes no discount, whatever was asked (Belgian VAT code, art. 28)."""
    if asked.kind not in KINDS:
        raise CatalogRefused(_("Cette nature d’article n’existe pas."), field="kind")
    _check_amount(asked.price_e4, most=PRICE_E4, field="price_e4")
    _check_amount(asked.eco_minor, most=10**8, field="eco_minor")
    _check_amount(asked.tare_milli, most=QUANTITY_MILLI, field="tare_milli")
    if asked.vat_e4 is not None:
        _check_amount(asked.vat_e4, most=9_999, field="vat_e4")
    _check_amount(asked.deposit_milli, most=QUANTITY_MILLI, field="deposit_milli")
    if asked.deposit is not None and asked.deposit_milli == 0:
        raise CatalogRefused(_("Un article porte au moins une consigne, ou aucune."), field="deposit_milli")
    if asked.kind == "deposit":
        if asked.deposit is not None:
            raise CatalogRefused(_("Une consigne n’est pas elle-même consignée."), field="deposit")
        asked = asked._replace(vat_e4=None, discountable=False, meal_voucher=False, eco_minor=0)
    return asked._replace(
        deposit_milli=asked.deposit_milli or 1000,
        code=clean_code(asked.code),
        name=clean_name(asked.name),
        unit=clean_name(asked.unit, field="unit", limit=12),
        barcodes=checked_barcodes(asked.barcodes),
    )


def checked_barcodes(barcodes: tuple[tuple[str, int], ...]) -> tuple[tuple[str, int], ...]:
    """Clean barcodes, each once, with a right check digit; raises CatalogRefused."""
    clean: list[tuple[str, int]] = []
    for text, quantity_milli in barcodes:
        code = clean_code(text, field="barcodes")
        if code in (known for known, _quantity in clean):
            raise CatalogRefused(_("Le code-barres %s est indiqué deux fois.") % code, field="barcodes")
        read = parse_code({"text": code, "patterns": []}) if code.isdigit() and code.isascii() else {}
        if read.get("kind") == "bad_check":
            raise CatalogRefused(
                _("Le code-barres %(code)s est mal recopié : son dernier chiffre devrait être %(digit)s.")
                % {"code": code, "digit": read["expected"]},
                field="barcodes",
            )
        _check_amount(quantity_milli, most=QUANTITY_MILLI, field="barcodes")
        if quantity_milli == 0:
            raise CatalogRefused(_("Un code-barres compte au moins une fraction d’article."), field="barcodes")
        clean.append((code, quantity_milli))
    return tuple(clean)


def _check_amount(value: int, *, most: int, field: str) -> None:
    if type(value) is not int or not 0 <= value <= most:
        raise CatalogRefused(_("Cette valeur est hors des limites."), field=field)
