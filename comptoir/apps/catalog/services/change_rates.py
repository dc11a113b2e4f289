"""A VAT rate of the law changed: the articles that bore the old one bear the new one, in one version of the catalogue."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from ..models import Article, PriceChange
from .next_version import next_version


def apply_rate_changes(changes: list[dict[str, Any]], *, today: date) -> int:
    """Moves articles to the rates in force; returns how many. `changes` as `packs.vat_changes` gives them.

    An article whose rate was written on or after the day of a change is left alone: somebody chose it. Prices with VAT stay
    what they are. Doing it again changes nothing."""
    due = [change for change in changes if change["from"] <= today.isoformat()]
    moved = 0
    with transaction.atomic():
        for start in sorted({change["from"] for change in due}):
            rates = {change["old_e4"]: change["new_e4"] for change in due if change["from"] == start}
            found = [one for one in Article.objects.filter(vat_e4__in=list(rates)) if _written_on(one) < start]
            if found:
                moved += _move(found, rates)
    return moved


def _move(articles: list[Article], rates: dict[int, int]) -> int:
    version, now = next_version("vat"), timezone.now()
    for article in articles:
        article.vat_e4 = rates[article.vat_e4]
        article.version, article.changed_at = version, now
    Article.objects.bulk_update(articles, ["vat_e4", "version", "changed_at"], batch_size=500)
    PriceChange.objects.bulk_create(
        PriceChange(article=one, version=version, price_e4=one.price_e4, vat_e4=one.vat_e4, at=now, operator="loi")
        for one in articles
    )
    return len(articles)


def _written_on(article: Article) -> str:
    last = article.price_changes.order_by("-version").first()
    written = last.at if last is not None else article.created_at
    return timezone.localtime(written).date().isoformat()
