"""Articles: what is refused and why, versions, price history, import in bulk, search."""

import json
import threading
import time
import unicodedata
from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import connections, transaction

from comptoir.apps.access.command_line import COMMAND_LINE
from comptoir.apps.catalog.article_input import ArticleInput
from comptoir.apps.catalog.models import Article, Barcode, CatalogueVersion, PriceChange
from comptoir.apps.catalog.naming import CatalogRefused
from comptoir.apps.catalog.queries import article_tuples, catalogue_version, prices_at, search_articles
from comptoir.apps.catalog.services.attach_barcode import attach_barcode
from comptoir.apps.catalog.services.import_articles import import_articles
from comptoir.apps.catalog.services.save_article import create_article, deactivate_article, set_barcodes, update_article
from comptoir.apps.catalog.services.save_family import save_family
from comptoir.dossiers.binding import Dossier, bound

ID = UUID("0192f0c1-0000-7000-8000-000000000001")


def honey(**more) -> ArticleInput:
    return ArticleInput("MIEL", "Miel d’acacia", 84_500, 550)._replace(**more)


@pytest.mark.parametrize(
    "name", ["Café ☕ « extra »", "עוגת שוקולד", "شاي أخضر", 'Pain "de" l\'Ain', "大福 🍡", "Œufs ½ dz"]
)
def test_names_survive(dossier, name) -> None:
    article = create_article(honey(name=name), by=COMMAND_LINE)
    assert Article.objects.get(id=article.id).name == name
    assert next(article_tuples())[2] == name


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "Miel\td’acacia"}, "name"),
        ({"name": "Miel\nd’acacia"}, "name"),
        ({"name": "Prix \u202e05,1"}, "name"),
        ({"name": "Nul\x00"}, "name"),
        ({"name": "demi \ud83d"}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"code": "A B"}, "code"),
        ({"price_e4": -1}, "price_e4"),
        ({"price_e4": 10**9 * 10_000}, "price_e4"),
        ({"price_e4": 1.5}, "price_e4"),
        ({"vat_e4": 10_000}, "vat_e4"),
        ({"family": "inconnue"}, "family"),
        ({"kind": "animal"}, "kind"),
        ({"barcodes": (("3017620422004", 1000),)}, "barcodes"),
        ({"barcodes": (("17", 1000), ("17", 6000))}, "barcodes"),
        ({"barcodes": (("17", 0),)}, "barcodes"),
    ],
)
def test_a_refused_article_writes_nothing(dossier, change, field) -> None:
    with pytest.raises(CatalogRefused) as refused:
        create_article(honey(**change), by=COMMAND_LINE)
    assert refused.value.field == field
    assert (Article.objects.count(), CatalogueVersion.objects.count(), PriceChange.objects.count()) == (0, 0, 0)


def test_a_wrong_check_digit_says_the_right_one(dossier) -> None:
    with pytest.raises(CatalogRefused, match="dernier chiffre devrait être 3"):
        create_article(honey(barcodes=(("3017620422004", 1000),)), by=COMMAND_LINE)


def test_the_same_creation_again_changes_nothing(dossier) -> None:
    create_article(honey(), article_id=ID, by=COMMAND_LINE)
    create_article(honey(), article_id=ID, by=COMMAND_LINE)
    assert (Article.objects.count(), catalogue_version(), PriceChange.objects.count()) == (1, 1, 1)


def test_codes_and_barcodes_belong_to_one_article(dossier) -> None:
    first = create_article(honey(barcodes=(("17", 1000),)), by=COMMAND_LINE)
    with pytest.raises(CatalogRefused, match="désigne déjà un autre article"):
        create_article(honey(), by=COMMAND_LINE)
    with pytest.raises(CatalogRefused, match="déjà celui de « Miel d’acacia »"):
        create_article(honey(code="AUTRE", barcodes=(("17", 1000),)), by=COMMAND_LINE)
    other = create_article(honey(code="AUTRE"), by=COMMAND_LINE)
    with pytest.raises(CatalogRefused):
        set_barcodes(other.id, barcodes=(("17", 1000),), by=COMMAND_LINE)
    assert list(Barcode.objects.values_list("code", "article_id")) == [("17", first.id)]


def test_prices_of_past_versions(dossier) -> None:
    article = create_article(honey(), by=COMMAND_LINE)
    first = catalogue_version()
    update_article(article.id, asked=honey(name="Miel de thym"), by=COMMAND_LINE)
    update_article(article.id, asked=honey(price_e4=89_900), by=COMMAND_LINE)
    key = str(article.id)
    assert prices_at([key], version=first) == {key: (84_500, 550, False)}
    assert prices_at([key], version=first + 1) == {key: (84_500, 550, False)}
    assert prices_at([key], version=first + 2) == {key: (89_900, 550, False)}
    assert prices_at([key], version=0) == {}
    assert PriceChange.objects.count() == 2  # a new name is no new price
    deactivate_article(article.id, by=COMMAND_LINE)
    assert next(article_tuples(since=first + 2))[8] == 4 + 16


def test_search_ignores_accents_and_capitals(dossier) -> None:
    create_article(honey(name="Crème brûlée", code="CB1", barcodes=(("3017620422003", 1000),)), by=COMMAND_LINE)
    create_article(honey(name="Œufs de caille", code="OC1"), by=COMMAND_LINE)
    for text, names in {
        "creme BRULEE": ["Crème brûlée"], "oeufs": ["Œufs de caille"], "cb1": ["Crème brûlée"],
        "3017620422003": ["Crème brûlée"], "caille œufs": ["Œufs de caille"], "100%": [], "": ["Crème brûlée", "Œufs de caille"],
    }.items():  # fmt: skip
        assert sorted(article.name for article in search_articles(text)) == sorted(names), text


def test_an_import_is_all_or_nothing_unless_told(dossier) -> None:
    save_family("miels", name="Miels", colour=2, by=COMMAND_LINE)
    create_article(honey(code="A", barcodes=(("17", 1000),)), by=COMMAND_LINE)
    rows = [honey(code="A", price_e4=90_000, family="miels"), honey(code="B", barcodes=(("18", 1000),)),
            honey(code="B"), honey(code="C", barcodes=(("18", 1000),)), honey(code="D", name="\t")]  # fmt: skip
    before = catalogue_version()
    done = import_articles(rows, by=COMMAND_LINE)
    assert [(one.index, one.field) for one in done.refusals] == [(2, "code"), (3, "barcodes"), (4, "name")]
    assert (done.created, done.updated, catalogue_version(), Article.objects.count()) == (0, 0, before, 1)
    done = import_articles(rows, skip_refused=True, by=COMMAND_LINE)
    assert (done.created, done.updated, done.version) == (1, 1, before + 1)
    assert list(Article.objects.order_by("code").values_list("code", "price_e4", "family_id")) == [
        ("A", 90_000, "miels"), ("B", 84_500, None),
    ]  # fmt: skip
    assert list(Barcode.objects.values_list("code", flat=True)) == ["18"]
    assert PriceChange.objects.count() == 3


def test_naughty_names_are_taken_or_refused_clearly(dossier, shared_data) -> None:
    names = json.loads((shared_data / "bad-input" / "blns.json").read_text(encoding="utf-8"))
    rows = [honey(code=f"N{index}", name=name) for index, name in enumerate(names)]
    done = import_articles(rows, skip_refused=True, by=COMMAND_LINE)
    assert done.created + len(done.refusals) == len(names) and done.created > 400
    assert {one.field for one in done.refusals} == {"name"}
    stored = dict(Article.objects.values_list("code", "name"))
    refused = {one.index for one in done.refusals}
    for index, name in enumerate(names):
        assert index in refused or stored[f"N{index}"] == unicodedata.normalize("NFC", name).strip()


@pytest.mark.parametrize(
    "act",
    [
        lambda: deactivate_article(ID, by=COMMAND_LINE),
        lambda: attach_barcode(ID, code="3017620422003", by=COMMAND_LINE),
        lambda: create_article(honey(code="THE", name="Thé"), by=COMMAND_LINE),
    ],
    ids=["off sale", "barcode", "same code"],
)
def test_two_writers_take_turns_and_neither_is_undone(
    dossier_copy: Dossier, django_db_blocker, act: Callable[[], object]
) -> None:
    """A price and a new article are written, and not committed yet, while somebody else writes."""
    create_article(honey(), article_id=ID, by=COMMAND_LINE)
    begun, refused = threading.Event(), []

    def meanwhile() -> None:
        with django_db_blocker.unblock(), bound(dossier_copy):
            begun.wait()
            try:
                act()
            except CatalogRefused as refusal:
                refused.append(refusal.field)
            finally:
                connections["default"].close()

    thread = threading.Thread(target=meanwhile)
    thread.start()
    with transaction.atomic():
        update_article(ID, asked=honey(price_e4=89_900), by=COMMAND_LINE)
        create_article(honey(code="THE", name="Thé noir"), by=COMMAND_LINE)
        begun.set()
        time.sleep(0.5)  # long enough for the other to read what is about to change, if it reads too early
    thread.join()
    rows = list(Article.objects.order_by("code").values_list("code", "name", "price_e4"))
    assert rows == [("MIEL", "Miel d’acacia", 89_900), ("THE", "Thé noir", 84_500)]
    done = (Article.objects.get(id=ID).active, Barcode.objects.count(), refused)
    assert done in [(False, 0, []), (True, 1, []), (True, 0, ["code"])]
    assert list(CatalogueVersion.objects.order_by("version").values_list("version", flat=True)) == list(
        range(1, CatalogueVersion.objects.count() + 1)
    )
