"""A barcode found on the shelf that no article had yet."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from comptoir.apps.access.services.require_right import require_right

from ..article_input import checked_barcodes
from ..models import Barcode
from ..naming import CatalogRefused
from .save_article import touch_article

MOST_BARCODES = 50


def attach_barcode(article_id: UUID, *, code: str, by: Any) -> bool:
    """Adds one barcode, for one unit, to an article; the others stay. False when the article has it already.

    Needs `catalog.edit`. Raises RightMissing, Article.DoesNotExist, CatalogRefused (another article has it, a wrong check
    digit); nothing is written then."""
    require_right(by, right="catalog.edit")
    ((clean, _quantity),) = checked_barcodes(((code, 1000),))
    with transaction.atomic():
        article = touch_article(article_id, reason="barcodes")
        known = Barcode.objects.select_related("article").filter(code=clean).first()
        if known is not None and known.article_id != article.id:
            raise CatalogRefused(
                _("Le code-barres %(code)s est déjà celui de « %(name)s ».")
                % {"code": clean, "name": known.article.name},
                field="barcodes",
            )
        if known is not None:
            transaction.set_rollback(True)  # no version for nothing
            return False
        place = Barcode.objects.filter(article=article).count()
        if place >= MOST_BARCODES:
            raise CatalogRefused(_("Cet article a déjà 50 codes-barres."), field="barcodes")
        Barcode.objects.create(code=clean, article=article, quantity_milli=1000, position=place)
    return True
