"""The catalogue as tills load it: what a row says on either engine, and one version in one piece."""

import gzip
import json
from collections.abc import Iterator

import pytest

from comptoir.api import catalogue_chunks
from comptoir.api.catalogue_chunks import CHUNKS, current_catalogue, kept_catalogue
from comptoir.apps.access.command_line import COMMAND_LINE
from comptoir.apps.catalog.article_input import ArticleInput
from comptoir.apps.catalog.queries import article_tuples, catalogue_version
from comptoir.apps.catalog.services.save_article import create_article, deactivate_article, update_article

HONEY = ArticleInput("MIEL", "Miel d’acacia", 84_500, 550)


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch) -> None:
    """Tests roll back one dossier: what the server keeps of a version would be another test's."""
    monkeypatch.setattr(catalogue_chunks, "_made", {})


def rows_of(catalogue: catalogue_chunks.Catalogue) -> list[list]:
    return [row for chunk in catalogue.chunks for row in json.loads(gzip.decompress(chunk))["articles"]]


@pytest.mark.parametrize(
    ("change", "flags"),
    [
        ({"discountable": False}, 0),
        ({"discountable": False, "open_price": True}, 1),
        ({"discountable": False, "meal_voucher": True}, 2),
        ({}, 4),
        ({"discountable": False, "print_forced": True}, 8),
        ({"open_price": True, "meal_voucher": True, "print_forced": True}, 15),
    ],
)
def test_each_flag_has_its_bit(dossier, change, flags) -> None:
    article = create_article(HONEY._replace(**change), by=COMMAND_LINE)
    assert next(article_tuples())[8] == flags
    deactivate_article(article.pk, by=COMMAND_LINE)
    assert next(article_tuples())[8] == flags + 16


def test_a_row_is_the_same_on_both_engines(dossier) -> None:
    bottle = create_article(ArticleInput("V1", "Consigne", 1_000, None, kind="deposit"), by=COMMAND_LINE)
    asked = HONEY._replace(
        deposit="V1", deposit_milli=6_000, barcodes=(("3017620422003", 1000), ("17", 6000), ("18", 1000))
    )
    honey = create_article(asked, by=COMMAND_LINE)
    rows = {row[0]: row for row in rows_of(current_catalogue())}
    assert rows[str(honey.pk)] == [
        str(honey.pk), "MIEL", "Miel d’acacia", None, "goods", "pce", 84_500, 550, 4,
        ["3017620422003", ["17", 6000], "18"], 0, None, [str(bottle.pk), 6_000],
    ]  # fmt: skip
    assert next(article_tuples(since=catalogue_version() - 1)) == rows[str(honey.pk)]


def test_chunks_hold_every_article_once_in_the_order_of_their_ids(dossier) -> None:
    made = [create_article(HONEY._replace(code=f"M{n}"), by=COMMAND_LINE) for n in range(CHUNKS + 1)]
    catalogue = current_catalogue()
    assert [row[0] for row in rows_of(catalogue)] == sorted(str(article.pk) for article in made)
    assert (catalogue.count, len(catalogue.chunks)) == (21, 11)  # two articles a chunk


def test_an_empty_catalogue_is_one_empty_chunk(dossier) -> None:
    assert (current_catalogue().count, rows_of(current_catalogue()), len(current_catalogue().chunks)) == (0, [], 1)


def test_a_catalogue_that_changes_while_it_is_read_is_read_again(dossier, monkeypatch) -> None:
    honey = create_article(HONEY, by=COMMAND_LINE)
    dearer = HONEY._replace(price_e4=89_900)
    readings = []

    def changed_meanwhile() -> Iterator[list]:
        rows = list(article_tuples())
        if not readings:
            update_article(honey.pk, asked=dearer, by=COMMAND_LINE)
        readings.append(rows[0][6])
        yield from rows

    monkeypatch.setattr(catalogue_chunks, "article_tuples", changed_meanwhile)
    catalogue = current_catalogue()
    assert readings == [84_500, 89_900]
    assert (catalogue.version, rows_of(catalogue)[0][6]) == (catalogue_version(), 89_900)


def test_a_chunk_kept_in_memory_makes_no_newer_catalogue(dossier, monkeypatch) -> None:
    honey = create_article(HONEY, by=COMMAND_LINE)
    before = current_catalogue()
    update_article(honey.pk, asked=HONEY._replace(price_e4=89_900), by=COMMAND_LINE)
    monkeypatch.setattr(catalogue_chunks, "article_tuples", lambda: pytest.fail("read again"))
    assert kept_catalogue(before.version) is before
