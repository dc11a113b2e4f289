"""Whoever calls them, the catalogue's services ask for the right themselves, and write nothing without it."""

from collections.abc import Callable
from typing import Any

import pytest

from comptoir.apps.access.command_line import COMMAND_LINE, CommandLine
from comptoir.apps.access.refusals import RightMissing
from comptoir.apps.access.rights import RIGHTS
from comptoir.apps.access.services.manage_rights import set_role_right
from comptoir.apps.access.services.manage_users import deactivate_user
from comptoir.apps.catalog.article_input import ArticleInput
from comptoir.apps.catalog.models import Article, CatalogueVersion, Family, GridKey, PriceChange
from comptoir.apps.catalog.services.import_articles import import_articles
from comptoir.apps.catalog.services.save_article import (
    create_article,
    deactivate_article,
    reactivate_article,
    set_barcodes,
    update_article,
)
from comptoir.apps.catalog.services.save_family import save_family, set_keys
from comptoir.apps.catalog.services.set_photo import set_photo
from tests.apps.access.people import one_of_each

TEA = ArticleInput("THE", "Thé fumé", 52_000, 550)
Call = Callable[[Any, Any], object]
SERVICES: dict[str, tuple[str, Call]] = {
    "create": ("catalog.edit", lambda tea, by: create_article(TEA._replace(code="AUTRE"), by=by)),
    "update": ("catalog.edit", lambda tea, by: update_article(tea.pk, asked=TEA._replace(price_e4=1), by=by)),
    "barcodes": ("catalog.edit", lambda tea, by: set_barcodes(tea.pk, barcodes=(("17", 1000),), by=by)),
    "deactivate": ("catalog.edit", lambda tea, by: deactivate_article(tea.pk, by=by)),
    "reactivate": ("catalog.edit", lambda tea, by: reactivate_article(tea.pk, by=by)),
    "family": ("catalog.edit", lambda tea, by: save_family("thes", name="Thés", by=by)),
    "keys": ("catalog.edit", lambda tea, by: set_keys("*", articles=[tea.pk], by=by)),
    "photo": ("catalog.edit", lambda tea, by: set_photo(tea.pk, picture=None, by=by)),
    "import": ("catalog.import", lambda tea, by: import_articles([TEA._replace(code="AUTRE")], by=by)),
}


def state() -> tuple[object, ...]:
    return (
        list(Article.objects.order_by("code").values()), CatalogueVersion.objects.count(), Family.objects.count(),
        GridKey.objects.count(), PriceChange.objects.count(),
    )  # fmt: skip


@pytest.mark.parametrize("name", SERVICES)
def test_without_the_right_nothing_is_written(sqlite_dossier, name: str) -> None:
    people, (right, call) = one_of_each(), SERVICES[name]
    tea = create_article(TEA, by=people["owner"])
    deactivate_user(people["manager"], by=people["owner"])
    before = state()
    for role in ("cashier", "auditor", "manager"):  # the last has left
        with pytest.raises(RightMissing) as refusal:
            call(tea, people[role])
        assert RIGHTS[right].label in str(refusal.value)
    assert state() == before
    call(tea, people["owner"])
    assert state() != before


def test_the_owner_may_withdraw_the_right_from_managers(sqlite_dossier) -> None:
    people = one_of_each()
    create_article(TEA, by=people["manager"])
    set_role_right("manager", right="catalog.edit", granted=False, by=people["owner"])
    with pytest.raises(RightMissing):
        create_article(TEA._replace(code="AUTRE"), by=people["manager"])
    assert [(row.operator, row.price_e4) for row in PriceChange.objects.all()] == [("Une manager", 52_000)]


def test_a_command_of_the_server_is_named_in_the_history_of_prices(sqlite_dossier) -> None:
    create_article(TEA, by=COMMAND_LINE)
    import_articles([TEA._replace(price_e4=60_000)], by=CommandLine("import"))
    assert list(PriceChange.objects.order_by("version").values_list("operator", flat=True)) == ["commande", "import"]
