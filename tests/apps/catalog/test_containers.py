"""An article and the container sold with it."""

import pytest
from django.db import IntegrityError, transaction

from comptoir.apps.access.command_line import COMMAND_LINE
from comptoir.apps.catalog.article_input import ArticleInput
from comptoir.apps.catalog.models import Article, CatalogueVersion
from comptoir.apps.catalog.naming import CatalogRefused
from comptoir.apps.catalog.queries import article_tuples, containers
from comptoir.apps.catalog.services.import_articles import import_articles
from comptoir.apps.catalog.services.save_article import create_article, deactivate_article, update_article

BOTTLE = ArticleInput("V1", "Consigne bouteille", 1_000, 2100, kind="deposit", meal_voucher=True)
BEER = ArticleInput("B1", "Bière", 12_000, 2100, deposit="V1")


def test_a_container_is_outside_vat_and_never_discounted(dossier) -> None:
    bottle = create_article(BOTTLE, by=COMMAND_LINE)
    assert (bottle.vat_e4, bottle.discountable, bottle.meal_voucher) == (None, False, False)
    with pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.filter(pk=bottle.pk).update(vat_e4=2100)


def test_tills_learn_which_container_goes_with_it(dossier) -> None:
    bottle = create_article(BOTTLE, by=COMMAND_LINE)
    beer = create_article(BEER._replace(deposit_milli=6_000), by=COMMAND_LINE)
    rows = {row[0]: row for row in article_tuples()}
    assert rows[str(beer.pk)][12] == [str(bottle.pk), 6_000] and rows[str(bottle.pk)][12] is None
    update_article(beer.pk, asked=BEER._replace(deposit=None), by=COMMAND_LINE)
    assert {row[0]: row[12] for row in article_tuples()}[str(beer.pk)] is None


def test_only_containers_on_sale_are_offered(dossier) -> None:
    bottle = create_article(BOTTLE, by=COMMAND_LINE)
    create_article(BEER, by=COMMAND_LINE)
    assert [one.code for one in containers()] == ["V1"]
    deactivate_article(bottle.pk, by=COMMAND_LINE)
    assert list(containers()) == []


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (BEER._replace(code="B2", deposit="V9"), "deposit"),
        (BEER._replace(code="B2", deposit="B1"), "deposit"),
        (BEER._replace(code="B2", deposit_milli=0), "deposit_milli"),
        (BOTTLE._replace(code="V2", deposit="V1"), "deposit"),
    ],
)
def test_what_cannot_be_a_container_is_refused(dossier, asked, field) -> None:
    create_article(BOTTLE, by=COMMAND_LINE)
    create_article(BEER, by=COMMAND_LINE)
    before = (Article.objects.count(), CatalogueVersion.objects.count())
    with pytest.raises(CatalogRefused) as refused:
        create_article(asked, by=COMMAND_LINE)
    assert refused.value.field == field
    assert (Article.objects.count(), CatalogueVersion.objects.count()) == before
    done = import_articles([asked], by=COMMAND_LINE)
    assert [one.field for one in done.refusals] == [field] and Article.objects.count() == before[0]


def test_a_container_in_use_stays_one(dossier) -> None:
    bottle = create_article(BOTTLE, by=COMMAND_LINE)
    create_article(BEER, by=COMMAND_LINE)
    with pytest.raises(CatalogRefused) as refused:
        update_article(bottle.pk, asked=BOTTLE._replace(kind="goods"), by=COMMAND_LINE)
    assert refused.value.field == "kind" and Article.objects.get(pk=bottle.pk).kind == "deposit"


def test_an_import_may_name_a_container_that_stands_lower(dossier) -> None:
    done = import_articles([BEER, BOTTLE], by=COMMAND_LINE)
    assert (done.created, done.refusals) == (2, [])
    assert Article.objects.get(code="B1").deposit.code == "V1"
    again = import_articles([BEER._replace(deposit=None)], by=COMMAND_LINE)
    assert again.updated == 1 and Article.objects.get(code="B1").deposit is None


def test_an_import_leaves_a_container_in_use_one(dossier) -> None:
    import_articles([BEER, BOTTLE], by=COMMAND_LINE)
    done = import_articles([BOTTLE._replace(kind="goods", vat_e4=2100)], by=COMMAND_LINE)
    assert [(one.field, done.updated) for one in done.refusals] == [("kind", 0)]
    assert Article.objects.get(code="V1").kind == "deposit"
    import_articles([BEER._replace(deposit=None)], by=COMMAND_LINE)
    glass, beer = BOTTLE._replace(kind="goods", vat_e4=2100), BEER._replace(code="B2")
    done = import_articles([glass, beer], by=COMMAND_LINE)
    assert [(one.index, one.field) for one in done.refusals] == [(1, "deposit")]  # what it names is a container no more
    assert (Article.objects.get(code="V1").kind, Article.objects.filter(code="B2").count()) == ("deposit", 0)
