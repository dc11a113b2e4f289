"""Many articles at once: what is told before, what is written, what is refused whole, and what undoing leaves alone."""

import pytest

from comptoir.apps.access.command_line import COMMAND_LINE
from comptoir.apps.catalog.article_input import ArticleInput
from comptoir.apps.catalog.models import Article, CatalogueVersion, PriceChange
from comptoir.apps.catalog.services.save_article import create_article, update_article

ADDRESS, UNDO = "articles/ensemble/", "articles/ensemble/annuler/"


def tea(number: int, **more) -> ArticleInput:
    return ArticleInput(f"T{number}", f"Thé {number}", 40_000, 550)._replace(**more)


@pytest.fixture
def teas(shop) -> list[Article]:
    return [create_article(tea(number), by=COMMAND_LINE) for number in range(1, 4)]


def told(article: Article) -> tuple:
    article.refresh_from_db()
    return article.family_id, article.vat_e4, article.active


def state() -> tuple[int, int, list]:
    rows = list(Article.objects.order_by("code").values_list("code", "family", "vat_e4", "active"))
    return CatalogueVersion.objects.count(), PriceChange.objects.count(), rows


def test_a_family_for_two_is_told_done_and_undone(teas, visit, at) -> None:
    client, versions = visit("manager"), CatalogueVersion.objects.count()
    form = {"choisi": [str(one.pk) for one in teas[:2]], "change": "family=epicerie"}
    page = client.post(at(ADDRESS), form)
    text = page.content.decode()
    assert (page.status_code, "Pour 2 articles" in text, "Thé 2" in text, "Thé 3" in text) == (200, True, True, False)
    assert told(teas[0]) == (None, 550, True)  # nothing yet
    listed = client.post(at(ADDRESS), form | {"confirme": "1"}, follow=True).content.decode()
    assert "Famille : Épicerie, pour 2 articles." in listed and "Annuler ce changement" in listed
    assert [told(one)[0] for one in teas] == ["epicerie", "epicerie", None]
    assert CatalogueVersion.objects.count() == versions + 1
    back = client.post(at(UNDO), follow=True).content.decode()
    assert "2 articles remis comme avant." in back and "Annuler ce changement" not in back
    assert [told(one)[0] for one in teas] == [None, None, None]
    assert "Il n’y a plus rien à annuler." in client.post(at(UNDO), follow=True).content.decode()


def test_a_rate_enters_the_history_and_undoing_leaves_what_changed_since(teas, visit, at) -> None:
    client = visit("owner")
    form = {"choisi": [str(one.pk) for one in teas], "change": "vat_e4=2000", "confirme": "1"}
    assert client.post(at(ADDRESS), form).status_code == 302
    assert [told(one)[1] for one in teas] == [2000, 2000, 2000]
    update_article(teas[2].pk, asked=tea(3, vat_e4=1000), by=COMMAND_LINE)
    text = client.post(at(UNDO), follow=True).content.decode()
    assert "2 articles remis comme avant. 1 changé depuis, laissé ainsi." in text
    assert [told(one)[1] for one in teas] == [550, 550, 1000]
    assert list(teas[0].price_changes.order_by("version").values_list("vat_e4", flat=True)) == [550, 2000, 550]


def test_all_of_a_filtered_list(teas, visit, at) -> None:
    """The list holds the three teas and not the honey nor the candle."""
    form = {"tous": "1", "liste": "recherche=th%C3%A9", "change": "active=0", "confirme": "1"}
    assert visit("owner").post(at(ADDRESS), form).status_code == 302
    assert sorted(Article.objects.filter(active=False).values_list("code", flat=True)) == ["T1", "T2", "T3"]


@pytest.mark.parametrize(
    "form",
    [
        {"change": "family=epicerie"}, {"change": "family=inconnue"}, {"change": "price_e4=1"}, {"change": ""},
        {"change": "vat_e4=2000", "choisi": ["x"]},
    ],
)  # fmt: skip
def test_what_is_not_offered_changes_nothing(teas, visit, at, form: dict) -> None:
    before = state()
    answer = visit("owner").post(at(ADDRESS), {"confirme": "1"} | form, follow=True)
    assert (answer.status_code, state()) == (200, before)


def test_one_container_refuses_the_rate_for_all(teas, visit, at) -> None:
    bottle = create_article(ArticleInput("V1", "Consigne bouteille", 1_000, None, kind="deposit"), by=COMMAND_LINE)
    before = state()
    form = {"choisi": [str(one.pk) for one in (*teas, bottle)], "change": "vat_e4=2000", "confirme": "1"}
    text = visit("owner").post(at(ADDRESS), form, follow=True).content.decode()
    assert ("« Consigne bouteille » est toujours hors TVA" in text, state()) == (True, before)


def test_who_reads_has_no_boxes_and_writes_nothing(teas, visit, at) -> None:
    auditor, before = visit("auditor"), state()
    assert 'name="choisi"' not in auditor.get(at("articles/")).content.decode()
    assert 'name="choisi"' in visit("manager").get(at("articles/")).content.decode()
    form = {"choisi": [str(teas[0].pk)], "change": "active=0", "confirme": "1"}
    assert (auditor.post(at(ADDRESS), form).status_code, auditor.post(at(UNDO)).status_code, state()) == (
        403,
        403,
        before,
    )


def test_the_boxes_stay_out_of_exports(teas, visit, at) -> None:
    answer = visit("owner").get(at("articles/?export=csv"))
    heading = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()[0]
    assert heading.split(";")[:2] == ["Photo", "Article"]
