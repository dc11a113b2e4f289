"""A till gives an unknown code to an article, or makes an article of it, in the name of a person who may."""

import json
from uuid import uuid4

import pytest
from django.test import Client

from comptoir.apps.access.models import User
from comptoir.apps.catalog.article_input import ArticleInput
from comptoir.apps.catalog.models import Article, Barcode
from comptoir.apps.catalog.services.save_article import create_article
from tests.apps.till.shop import enrolled_till, set_up_shop

CODE = "3760123456784"


def person(role: str) -> User:
    return User.objects.create(login=f"{role}-1", name=role.title(), role=role, active=True)


@pytest.fixture
def post(dossier):
    set_up_shop("C1")
    token = enrolled_till("C1").token

    def send(path: str, **body):
        headers = {"Authorization": f"Bearer {token}"}
        address = f"/d/{dossier.slug}/api/till/catalogue/{path}"
        return Client().post(address, json.dumps(body), content_type="application/json", headers=headers)

    return send


def test_a_code_is_attached_once_by_who_may(post) -> None:
    manager, cashier = person("manager"), person("cashier")
    mug = create_article(
        ArticleInput(code="MUG", name="Mug", price_e4=149_000, vat_e4=2000, barcodes=(("3760000000017", 1000),)),
        by=manager,
    )
    other = create_article(ArticleInput(code="BOL", name="Bol", price_e4=99_000, vat_e4=2000), by=manager)
    asked = {"code": CODE, "article": str(mug.id), "by": str(manager.id)}
    refused = post("codes", **{**asked, "by": str(cashier.id)})
    assert (refused.status_code, refused.json()["code"]) == (403, "right_missing")
    assert not Barcode.objects.filter(code=CODE).exists()
    version = mug.version
    assert [post("codes", **asked).json()["status"] for _ in range(2)] == ["attached", "duplicate"]
    assert list(Barcode.objects.filter(article=mug).order_by("position").values_list("code", flat=True)) == [
        "3760000000017", CODE,
    ]  # fmt: skip
    assert Article.objects.get(id=mug.id).version == version + 2  # the other article, then this code
    taken = post("codes", **{**asked, "article": str(other.id)})
    assert (taken.status_code, taken.json()["code"]) == (409, "code_refused")
    assert post("codes", **{**asked, "article": str(uuid4())}).status_code == 404
    assert post("codes", code=CODE).status_code == 400
    assert Barcode.objects.filter(code=CODE).count() == 1


def test_an_article_is_made_of_a_code_once(post) -> None:
    manager, cashier = person("manager"), person("cashier")
    asked = {
        "id": str(uuid4()), "code": CODE, "name": "Bougie", "price_minor": 1890, "vat_e4": 2000, "family": None, "by": str(manager.id),
    }  # fmt: skip
    assert post("articles", **{**asked, "by": str(cashier.id)}).status_code == 403
    assert post("articles", **{**asked, "by": str(uuid4())}).status_code == 403
    for name, wrong in (("price_minor", -1), ("price_minor", "18,90"), ("vat_e4", "20"), ("name", ""), ("id", "x")):
        assert post("articles", **{**asked, name: wrong}).status_code == 400
    assert not Article.objects.exists()
    assert [post("articles", **asked).json() for _ in range(2)] == [{"id": asked["id"]}] * 2
    (made,) = Article.objects.all()
    assert (made.name, made.price_e4, made.vat_e4, made.code) == ("Bougie", 189_000, 2000, CODE)
    again = post("articles", **{**asked, "id": str(uuid4())})
    assert (again.status_code, again.json()["code"]) == (409, "code_refused")
    assert Article.objects.count() == 1
