"""Articles of a file in a dossier, on both engines: all, the good ones, or nothing at all."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from comptoir.apps.access.command_line import COMMAND_LINE
from comptoir.apps.catalog.models import Article, Barcode, CatalogueVersion, Family, PriceChange
from comptoir.exchange.imports.articles import read_articles
from comptoir.exchange.imports.booking import Outcome, book_articles, known_articles
from comptoir.exchange.imports.drafts import Settings
from comptoir.exchange.imports.prices import parse_price_rule

RATES = frozenset({0, 210, 550, 1000, 2000})
GOOD = (
    "Référence;Désignation;EAN;Prix;TVA;Rayon;Unité\n"
    "A1;Crème brûlée;3258561022154;4,50;5,5;Épicerie fine;\n"
    "A2;Comté;;19,90;5,5;Fromages;kg\n"
    ";Vase « été » 🎁;5410126076936;12,00;20;Épicerie fine;\n"
    ";Sans code;;1,00;20;;\n"
)
BAD = "A9;Trop cher;;gratuit;20;;\n"


def imported(
    folder: Path,
    text: str,
    *,
    update: bool = False,
    skip_bad: bool = False,
    dry_run: bool = False,
    rule: str | None = None,
) -> Outcome:
    path = folder / "articles.csv"
    path.write_text(text, "utf-8")
    settings = Settings(parse_price_rule(rule), 2000, RATES, "FR", "")
    reading = read_articles(path, mapping=[], settings=settings, known=known_articles(update=update))
    return book_articles(reading, skip_bad=skip_bad, dry_run=dry_run, by=COMMAND_LINE)


def rows_written() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Article, Barcode, Family, PriceChange, CatalogueVersion))


def test_a_clean_file_is_imported_whole(dossier, tmp_path: Path) -> None:
    done = imported(tmp_path, GOOD)
    assert (done.created, done.updated, done.problems, done.written) == (4, 0, [], True)
    found = {a.name: (a.code, a.price_e4, a.vat_e4, a.kind, a.unit, a.family_id) for a in Article.objects.all()}
    assert found == {
        "Crème brûlée": ("A1", 45_000, 550, "goods", "pce", "epicerie-fine"),
        "Comté": ("A2", 199_000, 550, "weighed", "kg", "fromages"),
        "Vase « été » 🎁": ("5410126076936", 120_000, 2000, "goods", "pce", "epicerie-fine"),
        "Sans code": ("A000001", 10_000, 2000, "goods", "pce", None),
    }
    assert sorted(Barcode.objects.values_list("code", flat=True)) == ["3258561022154", "5410126076936"]
    assert sorted(Family.objects.values_list("code", "name")) == [
        ("epicerie-fine", "Épicerie fine"), ("fromages", "Fromages")]  # fmt: skip


def test_one_bad_row_and_nothing_is_imported(dossier, tmp_path: Path) -> None:
    before = rows_written()
    done = imported(tmp_path, GOOD + BAD)
    assert (done.created, done.written) == (0, False)
    assert [(p.line, p.column, p.value) for p in done.problems] == [(6, "Prix", "gratuit")]
    assert rows_written() == before


def test_bad_rows_can_be_left(dossier, tmp_path: Path) -> None:
    done = imported(tmp_path, GOOD + BAD, skip_bad=True)
    assert (done.created, done.written, len(done.problems)) == (4, True, 1)
    assert Article.objects.count() == 4


def test_a_dry_run_finds_everything_and_writes_nothing(dossier, tmp_path: Path) -> None:
    before = rows_written()
    done = imported(tmp_path, GOOD, dry_run=True)
    assert (done.created, done.written, done.problems) == (4, False, [])
    assert rows_written() == before


def test_what_is_known_is_refused_or_updated_as_asked(dossier, tmp_path: Path) -> None:
    imported(tmp_path, GOOD)
    before = rows_written()
    done = imported(tmp_path, GOOD)
    assert not done.written
    assert {(p.line, p.column) for p in done.problems} == {
        (2, "Référence"), (2, "EAN"), (3, "Référence"), (4, "EAN")}  # fmt: skip
    assert rows_written() == before
    done = imported(tmp_path, GOOD.replace("4,50", "4,80"), update=True)
    assert (done.updated, done.created, done.written) == (3, 1, True)  # the row without any code is new again
    assert Article.objects.get(code="A1").price_e4 == 48_000
    assert PriceChange.objects.filter(article__code="A1").count() == 2


def test_an_open_price_is_asked_at_the_till(dossier, tmp_path: Path) -> None:
    imported(tmp_path, "Nom\nBouquet\n", rule="libre")
    article = Article.objects.get()
    assert (article.open_price, article.price_e4) == (True, 0)


def test_what_the_catalogue_refuses_is_told_at_its_line(dossier, tmp_path: Path) -> None:
    before = rows_written()
    done = imported(tmp_path, "Nom;Référence;Prix\nBon;B1;1,00\nMal\u202enommé;B2;1,00\nCode;avec espace;1,00\n")
    assert [(p.line, p.column) for p in done.problems] == [(3, "Nom"), (4, "Référence")]
    assert rows_written() == before


def test_the_command_tells_lines_and_exit_code(sqlite_copy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import date

    from comptoir.apps.settings.services.set_up_company import CompanyDetails, set_up_company
    from comptoir.config.cli import main

    details = CompanyDetails(legal_name="A", country="FR", number="73282932000074", name="A", zone="metropole")
    set_up_company(details, on=date(2026, 11, 22))
    path = tmp_path / "articles.csv"
    path.write_text(GOOD + BAD, "utf-8")
    refused = CliRunner().invoke(main, ["import", "articles", sqlite_copy.slug, str(path)])
    assert (
        refused.exit_code == 1 and "ligne 6, colonne « Prix » : ce n’est pas un nombre. (« gratuit »)" in refused.stdout
    )
    tried = CliRunner().invoke(main, ["import", "articles", sqlite_copy.slug, str(path), "--skip", "--dry-run"])
    assert (tried.exit_code, tried.stdout.splitlines()[-1]) == (
        0,
        "4 articles à importer, 1 ligne à laisser. Rien n’a été écrit.",
    )
    assert Article.objects.count() == 0
    done = CliRunner().invoke(main, ["import", "articles", sqlite_copy.slug, str(path), "--skip-bad", "--json"])
    told = json.loads(done.stdout)
    assert (done.exit_code, told["created"], told["written"], len(told["problems"])) == (0, 4, True, 1)
    assert Article.objects.count() == 4


def test_nature_container_and_meal_vouchers(dossier, tmp_path) -> None:
    """The columns `nature`, `consigne` and `titre_resto`; the container stands below what it holds."""
    text = (
        "Référence;Désignation;EAN;Prix;TVA;Nature;Consigne;Titre resto\n"
        "B1;Bière;;1,20;20;;V1;non\nP1;Pain;;2,00;5,5;;;oui\nS1;Livraison;;5,00;20;Service;;\nV1;Bouteille;;0,10;;consigne;;\n"
    )
    assert imported(tmp_path, text).created == 4
    rows = {one.code: one for one in Article.objects.select_related("deposit")}
    assert rows["B1"].deposit.code == "V1" and (rows["V1"].kind, rows["V1"].vat_e4) == ("deposit", None)
    assert {code: one.meal_voucher for code, one in rows.items()} == {"B1": False, "P1": True, "S1": False, "V1": False}
    assert rows["S1"].kind == "service"


def test_a_container_that_does_not_exist_is_told_with_its_line(dossier, tmp_path) -> None:
    before = Article.objects.count()
    text = "Référence;Désignation;Prix;TVA;Nature;Consigne\nB1;Bière;1,20;20;;V9\nB2;Cidre;2,00;20;boisson;\n"
    outcome = imported(tmp_path, text)
    assert [(one.line, one.column) for one in outcome.problems] == [(3, "Nature")]
    outcome = imported(tmp_path, text.replace("boisson", "bien"))
    assert [(one.line, one.column, one.reason) for one in outcome.problems] == [
        (2, "Consigne", "aucune consigne ne porte la référence V9.")
    ]
    assert Article.objects.count() == before


def test_an_update_keeps_what_the_file_does_not_say(dossier, tmp_path: Path) -> None:
    """A list of new prices changes prices: rate, barcodes, family, nature, container and flags stay."""
    imported(
        tmp_path,
        "Référence;Désignation;EAN;Prix;TVA;Rayon;Unité;Titre resto;Consigne;Nature;Éco-participation;Actif\n"
        "V1;Bouteille;;0,10;;;;;;consigne;;\n"
        "L1;Limonade;5410126076936;2,00;5,5;Boissons;;oui;V1;;0,02;\n"
        "C1;Comté;3258561022154;19,90;5,5;Fromages;kg;oui;;;;non\n",
    )
    Article.objects.filter(code="C1").update(tare_milli=5, discountable=False, print_forced=True)
    lemonade = Article.objects.get(code="L1")
    Article.objects.filter(code="L1").update(deposit_milli=2_000)
    Barcode.objects.create(code="5410126176933", article=lemonade, quantity_milli=6_000, position=1)

    def kept() -> list[tuple]:
        names = [
            "code",
            "family_id",
            "kind",
            "unit",
            "vat_e4",
            "open_price",
            "meal_voucher",
            "discountable",
            "print_forced",
            "eco_minor",
            "tare_milli",
            "active",
            "deposit_milli",
            "deposit__code",
        ]
        return list(Article.objects.order_by("code").values_list(*names))

    before, codes = kept(), list(Barcode.objects.order_by("code").values_list("code", "article", "quantity_milli"))
    done = imported(tmp_path, "Référence;Désignation;Prix\nL1;Limonade;2,10\nC1;Comté;21,50\nV1;Bouteille;0,20\n",
                    update=True)  # fmt: skip
    assert (done.updated, done.created, done.problems) == (3, 0, [])
    assert kept() == before
    assert list(Barcode.objects.order_by("code").values_list("code", "article", "quantity_milli")) == codes
    prices = dict(Article.objects.values_list("code", "price_e4"))
    assert prices == {"L1": 21_000, "C1": 215_000, "V1": 2_000}


def test_an_updated_price_without_tax_takes_the_rate_of_its_article(dossier, tmp_path: Path) -> None:
    imported(tmp_path, GOOD)
    done = imported(tmp_path, "Référence;Désignation;Prix HT\nA1;Crème brûlée;10,00\n", update=True)
    assert (done.updated, done.problems) == (1, [])
    article = Article.objects.get(code="A1")
    assert (article.price_e4, article.vat_e4) == (105_500, 550)


def test_an_updated_barcode_replaces_the_piece_and_keeps_the_pack(dossier, tmp_path: Path) -> None:
    imported(tmp_path, GOOD)
    cream = Article.objects.get(code="A1")
    Barcode.objects.create(code="5410126176933", article=cream, quantity_milli=6_000, position=1)
    imported(tmp_path, "Référence;Désignation;EAN;Prix\nA1;Crème;3017620422003;4,50\nA2;Comté;;19,90\n", update=True)
    assert list(Barcode.objects.filter(article=cream).values_list("code", "quantity_milli")) == [
        ("3017620422003", 1_000),
        ("5410126176933", 6_000),
    ]


def test_a_row_bad_in_a_column_and_without_price_is_left_like_another(dossier, tmp_path: Path) -> None:
    before = rows_written()
    done = imported(tmp_path, "Nom;TVA\nThé;19,6\n", skip_bad=True)
    assert [(p.line, p.column) for p in done.problems] == [(2, "TVA"), (2, None)]
    assert (done.created, done.written, rows_written()) == (0, False, before)
