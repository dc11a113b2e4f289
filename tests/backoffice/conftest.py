"""A shop with a day of sales and a Z, and a browserless visitor logged in as whoever a test asks for."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client

from comptoir.apps.access.command_line import COMMAND_LINE
from comptoir.apps.catalog.article_input import ArticleInput
from comptoir.apps.catalog.services.save_article import create_article
from comptoir.apps.catalog.services.save_family import save_family, set_keys
from comptoir.dossiers.binding import Dossier
from tests.apps.access.people import PASSWORD, one_of_each
from tests.apps.till.shop import enrolled_till, line, send, set_up_shop


@pytest.fixture
def shop(sqlite_dossier: Dossier) -> SimpleNamespace:
    """Two registers, four people, two articles; C1 sold twice and closed."""
    set_up_shop("C1", "C2")
    people = one_of_each()
    save_family("epicerie", name="Épicerie", colour=4, position=1, by=COMMAND_LINE)
    honey = create_article(
        ArticleInput(
            code="MIEL",
            name="Miel de lavande 500 g",
            price_e4=98_000,
            vat_e4=550,
            family="epicerie",
            barcodes=(("3760123456784", 1000),),
        ),
        by=COMMAND_LINE,
    )
    candle = create_article(
        ArticleInput(code="BOUGIE", name="Bougie figuier", price_e4=249_000, vat_e4=2000), by=COMMAND_LINE
    )
    set_keys("epicerie", articles=[honey.pk], by=COMMAND_LINE)
    till = enrolled_till("C1")
    till.open()
    till.sell(line(honey.name, price_e4=98_000, article=str(honey.pk), family="epicerie"))
    till.sell()
    till.close({"tender": "cash", "amount_minor": 10_000, "pieces": []})
    send(till)
    return SimpleNamespace(dossier=sqlite_dossier, people=people, honey=honey, candle=candle, till=till)


@pytest.fixture
def visit(shop: SimpleNamespace) -> Callable[..., Client]:
    """A client logged in as this role, through the login page."""

    def as_role(role: str = "owner", *, checks_csrf: bool = False) -> Client:
        client = Client(enforce_csrf_checks=False)
        answer = client.post(
            f"/d/{shop.dossier.slug}/connexion/", {"login": shop.people[role].login, "password": PASSWORD}
        )
        assert answer.status_code == 302
        client.handler.enforce_csrf_checks = checks_csrf
        return client

    return as_role


@pytest.fixture
def at(shop: SimpleNamespace) -> Callable[[str], str]:
    """The full address of a page of the shop's dossier."""
    return lambda path: f"/d/{shop.dossier.slug}/{path}"
