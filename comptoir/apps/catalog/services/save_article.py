"""Creating and changing articles, one at a time. Each change is a new version of the catalogue, which tills fetch."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from comptoir.apps.access.services.require_right import require_right
from comptoir.apps.fiscal.identifiers import uuid7

from ..article_input import ArticleInput, checked_article, checked_barcodes
from ..models import Article, Barcode, Family, PriceChange
from ..naming import CatalogRefused, folded
from .next_version import next_version

_PLAIN = (
    "code", "name", "kind", "unit", "price_e4", "vat_e4", "open_price", "meal_voucher", "discountable", "print_forced",
    "eco_minor", "tare_milli", "active", "deposit_milli",
)  # fmt: skip


def create_article(asked: ArticleInput, *, by: Any, article_id: UUID | None = None) -> Article:
    """Adds an article with its barcodes and the first line of its price history.

    Asking again with the same id changes nothing and returns the article. Needs `catalog.edit`. Raises RightMissing,
    CatalogRefused (a code or barcode already taken, an unknown family, a value out of bounds): nothing is written then."""
    require_right(by, right="catalog.edit")
    asked = checked_article(asked)
    with transaction.atomic():
        version = next_version("article")  # before anything is read: two who create at once take turns
        if article_id is not None and (known := Article.objects.filter(id=article_id).first()) is not None:
            transaction.set_rollback(True)  # no version for nothing
            return known
        _check_free(asked, besides=None)
        now = timezone.now()
        article = Article.objects.create(
            id=article_id or uuid7(), folded=folded(f"{asked.name} {asked.code}"), family_id=asked.family,
            deposit=_container(asked), version=version, created_at=now, changed_at=now, **{name: getattr(asked, name) for name in _PLAIN},
        )  # fmt: skip
        _write_price(article, version=version, operator=by.name)
        _write_barcodes(article, asked.barcodes)
    return article


def update_article(article_id: UUID, *, asked: ArticleInput, by: Any, seen: int | None = None) -> Article:
    """Makes the article what is asked, barcodes included; the price history grows when price or rate change.

    `seen` is the version of the article that the person had before them when they wrote all this: when somebody, a till or
    the law changed it since, it is refused rather than put back. Needs `catalog.edit`. Raises RightMissing,
    Article.DoesNotExist and CatalogRefused; nothing is written then."""
    require_right(by, right="catalog.edit")
    asked = checked_article(asked)
    with transaction.atomic():
        version = next_version("article")
        article = Article.objects.get(id=article_id)
        if seen is not None and article.version != seen:
            raise CatalogRefused(
                _(
                    "Cet article a été modifié ailleurs depuis que vous l’avez ouvert : rien n’est enregistré. "
                    "Ouvrez-le de nouveau pour voir ce changement, puis refaites le vôtre."
                ),
                field="version",
            )
        _check_free(asked, besides=article)
        if asked.kind != "deposit" and article.contents.exists():
            raise CatalogRefused(_("Des articles portent cette consigne : elle en reste une."), field="kind")
        before = (article.price_e4, article.vat_e4)
        for name in _PLAIN:
            setattr(article, name, getattr(asked, name))
        article.deposit = _container(asked)
        article.family_id, article.folded = asked.family, folded(f"{asked.name} {asked.code}")
        _save(article, version=version)
        if (article.price_e4, article.vat_e4) != before:
            _write_price(article, version=version, operator=by.name)
        _write_barcodes(article, asked.barcodes)
    return article


def set_barcodes(article_id: UUID, *, barcodes: tuple[tuple[str, int], ...], by: Any) -> Article:
    """Replaces the article's barcodes. Needs `catalog.edit`. Raises RightMissing, Article.DoesNotExist, CatalogRefused."""
    require_right(by, right="catalog.edit")
    barcodes = checked_barcodes(barcodes)
    with transaction.atomic():
        version = next_version("barcodes")
        article = Article.objects.get(id=article_id)
        _check_barcodes(barcodes, besides=article)
        _save(article, version=version)
        _write_barcodes(article, barcodes)
    return article


def deactivate_article(article_id: UUID, *, by: Any) -> Article:
    """Takes an article off sale; it stays, because tickets name it. Needs `catalog.edit`. Raises RightMissing,
    Article.DoesNotExist."""
    require_right(by, right="catalog.edit")
    return _set(article_id, reason="inactive", active=False)


def reactivate_article(article_id: UUID, *, by: Any) -> Article:
    """Puts an article back on sale. Needs `catalog.edit`. Raises RightMissing, Article.DoesNotExist."""
    require_right(by, right="catalog.edit")
    return _set(article_id, reason="active", active=True)


def touch_article(article_id: UUID, *, reason: str, **values: Any) -> Article:
    """Changes these columns under a new version, inside the caller's transaction. Raises Article.DoesNotExist.

    The version is taken before the article is read: what another writer does meanwhile is waited for, not undone."""
    version = next_version(reason)
    article = Article.objects.get(id=article_id)
    for name, value in values.items():
        setattr(article, name, value)
    _save(article, version=version)
    return article


def _set(article_id: UUID, *, reason: str, **values: Any) -> Article:
    with transaction.atomic():
        return touch_article(article_id, reason=reason, **values)


def _save(article: Article, *, version: int) -> None:
    article.version, article.changed_at = version, timezone.now()
    article.save()


def _check_free(asked: ArticleInput, *, besides: Article | None) -> None:
    others = Article.objects.filter(code=asked.code)
    if besides is not None:
        others = others.exclude(id=besides.id)
    if others.exists():
        raise CatalogRefused(_("Le code %s désigne déjà un autre article.") % asked.code, field="code")
    if asked.family is not None and not Family.objects.filter(code=asked.family).exists():
        raise CatalogRefused(_("Cette famille n’existe pas."), field="family")
    _check_barcodes(asked.barcodes, besides=besides)


def _container(asked: ArticleInput) -> Article | None:
    if asked.deposit is None:
        return None
    found = Article.objects.filter(code=asked.deposit, kind="deposit").first()
    if found is None:
        raise CatalogRefused(_("Aucune consigne ne porte la référence %s.") % asked.deposit, field="deposit")
    return found


def _check_barcodes(barcodes: tuple[tuple[str, int], ...], *, besides: Article | None) -> None:
    taken = Barcode.objects.filter(code__in=[code for code, _quantity in barcodes])
    if besides is not None:
        taken = taken.exclude(article=besides)
    first = taken.select_related("article").first()
    if first is not None:
        raise CatalogRefused(
            _("Le code-barres %(code)s est déjà celui de « %(name)s ».")
            % {"code": first.code, "name": first.article.name},
            field="barcodes",
        )


def _write_price(article: Article, *, version: int, operator: str) -> None:
    PriceChange.objects.create(
        article=article, version=version, price_e4=article.price_e4, vat_e4=article.vat_e4, at=article.changed_at,
        operator=operator,
    )  # fmt: skip


def _write_barcodes(article: Article, barcodes: tuple[tuple[str, int], ...]) -> None:
    Barcode.objects.filter(article=article).delete()
    Barcode.objects.bulk_create(
        Barcode(code=code, article=article, quantity_milli=quantity, position=position)
        for position, (code, quantity) in enumerate(barcodes)
    )
