"""The same change for many articles, in one version of the catalogue; and its undoing, as long as nobody went over it."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from comptoir.apps.access.services.require_right import require_right

from ..models import Article, Family, PriceChange
from ..naming import CatalogRefused
from .next_version import next_version

MOST = 1_000
FIELDS = ("family", "vat_e4", "active")


class Changed(NamedTuple):
    """What was done: the field, the version of the catalogue it made, and what stood there before, by article."""

    field: str
    version: int
    before: dict[str, Any]


def change_many(ids: Iterable[UUID], *, field: str, value: Any, by: Any) -> Changed:
    """Gives these articles one family (its code, None for none), one VAT rate, or takes them off sale or back.

    Articles that have the value already are left alone. Needs `catalog.edit`. Raises RightMissing, CatalogRefused: an
    unknown family, more than 1,000 articles, a rate for a container (always outside VAT), an article that is no longer
    there; nothing is written then."""
    require_right(by, right="catalog.edit")
    wanted = set(ids)
    if len(wanted) > MOST:
        raise CatalogRefused(_("Mille articles à la fois au plus. Choisissez-en moins."), field="ids")
    with transaction.atomic():
        version = next_version("many")
        found = list(Article.objects.filter(pk__in=wanted))
        if len(found) != len(wanted):
            raise CatalogRefused(_("Un de ces articles n’existe plus. Rechargez la liste."), field="ids")
        _check(found, field=field, value=value)
        changed = [article for article in found if _held(article, field) != value]
        before = {str(article.pk): _held(article, field) for article in changed}
        _write(changed, field=field, values={key: value for key in before}, version=version, by=by)
        if not changed:
            transaction.set_rollback(True)  # no version for nothing
    return Changed(field, version, before)


def undo_many(done: Changed, *, by: Any) -> int:
    """Puts back what stood before a `change_many`, in a new version; the history of prices shows both.

    An article changed since by anybody is left as it is now. Returns how many were put back. Needs `catalog.edit`. Raises
    RightMissing, CatalogRefused when a family is gone meanwhile; nothing is written then."""
    require_right(by, right="catalog.edit")
    with transaction.atomic():
        version = next_version("many")
        found = list(Article.objects.filter(pk__in=list(done.before), version=done.version))
        for value in {done.before[str(article.pk)] for article in found}:
            _check([], field=done.field, value=value)
        _write(found, field=done.field, values=done.before, version=version, by=by)
        if not found:
            transaction.set_rollback(True)
    return len(found)


def _held(article: Article, field: str) -> Any:
    return article.family_id if field == "family" else getattr(article, field)


def _check(found: list[Article], *, field: str, value: Any) -> None:
    if field not in FIELDS:
        raise CatalogRefused(_("Ce changement ne se fait pas pour plusieurs articles."), field="field")
    if field == "family" and value is not None and not Family.objects.filter(code=value).exists():
        raise CatalogRefused(_("Cette famille n’existe pas."), field="family")
    if field == "vat_e4":
        if value is not None and not 0 <= value < 10_000:
            raise CatalogRefused(_("Ce taux n’existe pas."), field="vat_e4")
        container = next((one for one in found if one.kind in ("deposit", "stored_value")), None)
        if container is not None:
            text = _("« %s » est toujours hors TVA : décochez-le pour changer le taux des autres.")
            raise CatalogRefused(text % container.name, field="vat_e4")


def _write(articles: list[Article], *, field: str, values: Mapping[str, Any], version: int, by: Any) -> None:
    column, now = "family_id" if field == "family" else field, timezone.now()
    for article in articles:
        setattr(article, column, values[str(article.pk)])
        article.version, article.changed_at = version, now
    Article.objects.bulk_update(articles, [field, "version", "changed_at"], batch_size=500)
    if field == "vat_e4":
        PriceChange.objects.bulk_create(
            PriceChange(
                article=one, version=version, price_e4=one.price_e4, vat_e4=one.vat_e4, at=now, operator=by.name
            )
            for one in articles
        )
