"""Rates that another replaces: by date, by zone, in the catalogue; and a pack given by the installation."""

import json
from datetime import date, timedelta

import pytest
from django.utils import timezone

from comptoir.apps.access.command_line import COMMAND_LINE
from comptoir.apps.catalog.article_input import ArticleInput
from comptoir.apps.catalog.models import Article, PriceChange
from comptoir.apps.catalog.queries import catalogue_version
from comptoir.apps.catalog.services.change_rates import apply_rate_changes
from comptoir.apps.catalog.services.save_article import create_article
from comptoir.apps.settings.packs import mention, pack, rate_on, vat_changes


def test_the_changes_of_a_zone() -> None:
    assert vat_changes("FR", zone="metropole", since=date(2000, 1, 1)) == [
        {"from": "2014-01-01", "old_e4": 700, "new_e4": 1000},
        {"from": "2014-01-01", "old_e4": 1960, "new_e4": 2000},
    ]
    assert vat_changes("FR", zone="metropole", since=date(2014, 1, 1)) == []
    assert vat_changes("FR", zone="antilles_reunion", since=date(1990, 1, 1)) == []
    assert vat_changes("BE", zone="belgique", since=date(1990, 1, 1)) == []


@pytest.mark.parametrize(
    ("rate", "day", "expected"),
    [
        (1960, "2013-12-31", 1960), (1960, "2014-01-01", 2000), (700, "2014-01-01", 1000), (550, "2014-01-01", 550),
        (None, "2014-01-01", None),
    ],
)  # fmt: skip
def test_a_rate_on_a_day(rate, day, expected) -> None:
    assert rate_on(rate, day=day, changes=vat_changes("FR", zone="metropole", since=date(2000, 1, 1))) == expected


def test_two_rates_that_follow_each_other_on_one_day_move_one_step() -> None:
    changes = [
        {"from": "2027-01-01", "old_e4": 600, "new_e4": 1200},
        {"from": "2027-01-01", "old_e4": 1200, "new_e4": 1300},
    ]
    assert [rate_on(rate, day="2027-01-01", changes=changes) for rate in (600, 1200)] == [1200, 1300]


def test_articles_follow_the_law_once(dossier) -> None:
    today = timezone.localdate()
    tomorrow = today + timedelta(days=1)
    lamp = create_article(ArticleInput("L", "Lampe", 249_900, 2100), by=COMMAND_LINE)
    bread = create_article(ArticleInput("P", "Pain", 20_000, 600), by=COMMAND_LINE)
    changes = [{"from": tomorrow.isoformat(), "old_e4": 2100, "new_e4": 2200}]
    before = catalogue_version()
    assert apply_rate_changes(changes, today=today) == 0 and catalogue_version() == before
    assert apply_rate_changes(changes, today=tomorrow) == 1 and catalogue_version() == before + 1
    assert dict(Article.objects.values_list("id", "vat_e4")) == {lamp.id: 2200, bread.id: 600}
    last = PriceChange.objects.filter(article=lamp).order_by("-version").first()
    assert (last.price_e4, last.vat_e4, last.operator) == (249_900, 2200, "loi")
    assert apply_rate_changes(changes, today=tomorrow) == 0 and catalogue_version() == before + 1


def test_a_rate_chosen_since_is_left_alone(dossier) -> None:
    """Written today, when the change is already in force: somebody chose 21 % knowingly."""
    today = timezone.localdate()
    create_article(ArticleInput("L", "Lampe", 249_900, 2100), by=COMMAND_LINE)
    changes = [{"from": today.isoformat(), "old_e4": 2100, "new_e4": 2200}]
    assert apply_rate_changes(changes, today=today) == 0
    assert Article.objects.get().vat_e4 == 2100


def test_the_pack_of_the_installation_comes_first(comptoir_home) -> None:
    shipped = pack("BE")
    (comptoir_home / "packs").mkdir()
    (comptoir_home / "packs" / "be.json").write_text(json.dumps(shipped | {"version": "2027.1"}), encoding="utf-8")
    assert pack("BE")["version"] == "2027.1" and pack("FR")["version"] != "2027.1"


def test_mentions_speak_the_shops_language() -> None:
    day = date(2026, 11, 22)
    assert mention("BE", code="rounding", lang="nl", on=day) == "Totaal afgerond op 5 cent voor het contante deel"
    assert mention("BE", code="rounding", lang="fr", on=day) == "Total arrondi à 5 cents pour la part en espèces"
    assert mention("BE", code="rounding", lang="nl", on=date(2019, 11, 30)) == ""
    assert mention("FR", code="rounding", lang="fr", on=day) == ""
