"""A code that a till did not know: attached to an article, or made an article. In the name of a person who may (shapes.md section 7)."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from comptoir.apps.access.models import User
from comptoir.apps.access.services.require_right import RightMissing
from comptoir.apps.catalog.article_input import ArticleInput
from comptoir.apps.catalog.models import Article
from comptoir.apps.catalog.naming import CatalogRefused
from comptoir.apps.catalog.services.attach_barcode import attach_barcode
from comptoir.apps.catalog.services.save_article import create_article
from comptoir.apps.till.queries import Caller

from ..call import device_call
from ..problems import Problem
from ..read import read_object, text_field

ATTACHED = {"code", "article", "by"}
CREATED = {"id", "code", "name", "price_minor", "vat_e4", "family", "by"}
LARGEST_MINOR = 10**8


@device_call("POST")
def attach(request: HttpRequest, *, caller: Caller) -> dict[str, Any]:
    """Gives the code to an article; asked again, nothing changes."""
    asked = _fields(request, ATTACHED)
    try:
        added = attach_barcode(_uuid(asked, "article"), code=text_field(asked, "code", limit=80), by=_person(asked))
    except Article.DoesNotExist:
        raise Problem(404, "unknown_article") from None
    except CatalogRefused as refused:
        raise Problem(409, "code_refused", where=refused.field) from refused
    except RightMissing as missing:
        raise Problem(403, "right_missing") from missing
    return {"status": "attached" if added else "duplicate"}


@device_call("POST")
def create(request: HttpRequest, *, caller: Caller) -> dict[str, Any]:
    """Makes an article of a code, a name, a price and a rate; the id given by the till makes a second call harmless."""
    asked = _fields(request, CREATED)
    price, vat, family = asked["price_minor"], asked["vat_e4"], asked["family"]
    if type(price) is not int or not 0 <= price <= LARGEST_MINOR:
        raise Problem(400, "wrong_shape", where="price_minor")
    if vat is not None and type(vat) is not int:
        raise Problem(400, "wrong_shape", where="vat_e4")
    if family is not None and not isinstance(family, str):
        raise Problem(400, "wrong_shape", where="family")
    code = text_field(asked, "code", limit=80)
    wanted = ArticleInput(
        code=code, name=text_field(asked, "name", limit=200), price_e4=price * 100, vat_e4=vat, family=family,
        barcodes=((code, 1000),),
    )  # fmt: skip
    try:
        article = create_article(wanted, by=_person(asked), article_id=_uuid(asked, "id"))
    except CatalogRefused as refused:
        raise Problem(409, "code_refused", where=refused.field) from refused
    except RightMissing as missing:
        raise Problem(403, "right_missing") from missing
    return {"id": str(article.id)}


def _fields(request: HttpRequest, wanted: set[str]) -> dict[str, Any]:
    asked = read_object(request, limit=4_000)
    if set(asked) != wanted:
        raise Problem(400, "wrong_shape", where=sorted(set(asked) ^ wanted)[0][:40])
    return asked


def _person(asked: dict[str, Any]) -> User:
    found = User.objects.filter(pk=_uuid(asked, "by"), active=True).first()
    if found is None:
        raise Problem(403, "right_missing")
    return found


def _uuid(asked: dict[str, Any], name: str) -> UUID:
    try:
        return UUID(text_field(asked, name, limit=36))
    except ValueError as problem:
        raise Problem(400, "wrong_shape", where=name) from problem
