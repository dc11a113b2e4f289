"""The page of an article and that of a family: what two people do at once, what a form must not lose, odd codes."""

import html
import io
import re

import pytest
from PIL import Image

from comptoir.apps.access.command_line import COMMAND_LINE
from comptoir.apps.catalog.article_input import ArticleInput
from comptoir.apps.catalog.models import Article, CatalogueVersion, Family, GridKey, Photo
from comptoir.apps.catalog.services.attach_barcode import attach_barcode
from comptoir.apps.catalog.services.save_article import create_article, deactivate_article
from comptoir.apps.catalog.services.save_family import save_family


def fields_of(page: str) -> dict[str, str]:
    """What a browser would send of the article's form, nothing touched."""
    form = re.search(r'<form method="post" class="stack".*?</form>', page, re.S)[0]
    found = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        read = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if read["type"] != "checkbox" or " checked" in tag:
            found[read["name"]] = read.get("value", "on" if read["type"] == "checkbox" else "")
    for name, body in re.findall(r'<select name="(\w+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', body) or re.search(r'<option value="([^"]*)"', body)
        found[name] = chosen[1]
    for name, body in re.findall(r'<textarea name="(\w+)"[^>]*>\n?(.*?)</textarea>', form, re.S):
        found[name] = body
    return {name: html.unescape(value) for name, value in found.items() if name != "csrfmiddlewaretoken"}


def test_two_people_at_one_article_never_undo_each_other(shop, visit, at) -> None:
    """A till gives the article a second barcode while a form of it stands open in the office."""
    address, client = at(f"articles/{shop.honey.pk}/"), visit("manager")
    form = fields_of(client.get(address).content.decode())
    attach_barcode(shop.honey.pk, code="3760000999991", by=COMMAND_LINE)
    versions = CatalogueVersion.objects.count()
    answer = client.post(address, form | {"price_e4": "11,00"})
    assert answer.status_code == 422
    assert "Cet article a été modifié ailleurs depuis que vous l’avez ouvert" in answer.content.decode()
    shop.honey.refresh_from_db()
    codes = list(shop.honey.barcodes.values_list("code", flat=True))
    assert (shop.honey.price_e4, codes) == (98_000, ["3760123456784", "3760000999991"])
    assert CatalogueVersion.objects.count() == versions
    again = fields_of(client.get(address).content.decode()) | {"price_e4": "11,00"}
    assert client.post(address, again).status_code == 302
    shop.honey.refresh_from_db()
    assert (shop.honey.price_e4, shop.honey.barcodes.count()) == (110_000, 2)


def test_saving_a_page_as_it_is_changes_nothing_of_the_article(shop, visit, at) -> None:
    """A unit that came by an import, a container that is no longer on sale, a rate that the law has left."""
    bottle = create_article(ArticleInput("V1", "Consigne", 1_000, None, kind="deposit"), by=COMMAND_LINE)
    beer = ArticleInput("B1", "Bière", 25_000, 1960, unit="cl", deposit="V1", deposit_milli=6_000, eco_minor=5)
    made = create_article(beer._replace(barcodes=(("17", 1000), ("18", 2500))), by=COMMAND_LINE)
    deactivate_article(bottle.pk, by=COMMAND_LINE)
    client, address = visit("owner"), at(f"articles/{made.pk}/")
    before = Article.objects.values().get(pk=made.pk)
    assert client.post(address, fields_of(client.get(address).content.decode())).status_code == 302
    after = Article.objects.values().get(pk=made.pk)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"version", "changed_at"}
    assert list(made.barcodes.values_list("code", "quantity_milli")) == [("17", 1000), ("18", 2500)]


def test_a_new_article_sent_twice_is_made_once_and_going_back_makes_another(shop, visit, at) -> None:
    client = visit("manager")
    form = fields_of(client.get(at("articles/nouveau/")).content.decode())
    form |= {"name": "Thé vert", "code": "THE", "price_e4": "3,49"}
    first, second = client.post(at("articles/nouveau/"), form), client.post(at("articles/nouveau/"), form)
    assert (first.status_code, second.status_code, first["Location"]) == (302, 302, second["Location"])
    other = client.post(at("articles/nouveau/"), form | {"name": "Thé noir", "code": "THE2"})
    assert other.status_code == 302 and other["Location"] != first["Location"]
    rows = Article.objects.filter(code__startswith="THE").order_by("code")
    assert list(rows.values_list("code", "name")) == [("THE", "Thé vert"), ("THE2", "Thé noir")]


FAMILY = {"name": "Fruits", "colour": "3", "position": "2"}


@pytest.mark.parametrize("code", ["fruits/légumes", "a/b/c", "50%", "?", "#1", "c'est", "/", "nouvelle"])
def test_a_family_of_an_odd_code_has_its_page(shop, visit, at, code: str) -> None:
    client = visit("owner")
    made = client.post(at("familles/nouvelle/"), FAMILY | {"code": code})
    assert (made.status_code, Family.objects.filter(code=code).count()) == (302, 1)
    assert client.get(at("familles/")).status_code == 200
    page = client.post(made["Location"], FAMILY | {"name": "Primeurs", "keys": "MIEL"}, follow=True)
    assert (page.status_code, Family.objects.get(code=code).name) == (200, "Primeurs")
    assert list(GridKey.objects.filter(family=code).values_list("article__code", flat=True)) == ["MIEL"]


@pytest.mark.parametrize(
    ("code", "words"), [("epicerie", "est déjà celui de la famille « Épicerie »"), ("..", "au moins une lettre")]
)
def test_a_new_family_never_takes_the_place_of_another(shop, visit, at, code: str, words: str) -> None:
    before, versions = list(Family.objects.values()), CatalogueVersion.objects.count()
    answer = visit("owner").post(at("familles/nouvelle/"), FAMILY | {"code": code})
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert (list(Family.objects.values()), CatalogueVersion.objects.count()) == (before, versions)


def test_a_family_whose_keys_are_refused_keeps_its_name(shop, visit, at) -> None:
    save_family("fruits", name="Fruits", by=COMMAND_LINE)
    answer = visit("owner").post(at("familles/fruits/modifier/"), FAMILY | {"name": "Primeurs", "keys": "MIEL\nMIEL"})
    assert (answer.status_code, Family.objects.get(code="fruits").name) == (422, "Fruits")
    assert GridKey.objects.filter(family="fruits").count() == 0


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_a_packshot_without_background_stands_on_white(shop, visit, at, mode: str) -> None:
    picture = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    picture.paste((200, 0, 0, 255), (10, 10, 30, 30))
    file = io.BytesIO()
    picture.convert(mode).save(file, "PNG")
    file.seek(0)
    file.name = "pot.png"
    assert visit("owner").post(at(f"articles/{shop.honey.pk}/photo/"), {"photo": file}).status_code == 302
    kept = Image.open(io.BytesIO(bytes(Photo.objects.get().full))).convert("RGB")
    assert [min(kept.getpixel(at)) >= 250 for at in ((2, 2), (20, 20))] == [True, False]  # WebP loses a shade
