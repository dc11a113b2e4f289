"""`comptoir import articles`: a CSV or XLSX file of articles brought into a dossier."""

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from comptoir.config.cli._dossier import opened
from comptoir.config.cli._output import REFUSED, answer, json_option, refuse

if TYPE_CHECKING:
    from comptoir.exchange.imports.articles import Reading
    from comptoir.exchange.imports.booking import Outcome
    from comptoir.exchange.imports.drafts import Settings

SHOWN_PROBLEMS = 50
NAMES = {"barcode": "code-barres", "name": "nom", "price": "prix", "price_ht": "prix hors taxe", "vat": "TVA",
         "purchase": "prix d’achat", "family": "famille", "unit": "unité", "eco": "éco-participation",
         "active": "en vente", "code": "référence", "handle": "fiche", "option1": "option 1", "option2": "option 2",
         "option3": "option 3", "meal_voucher": "titre-restaurant", "deposit": "consigne", "kind": "nature"}  # fmt: skip


@click.group()
def command() -> None:
    """Apporter des fichiers dans un dossier."""


@command.command("articles")
@click.argument("arguments", nargs=-1, required=True, metavar="[DOSSIER] FICHIER")
@click.option("--dossier", "slug", default=None, help="Nom court du dossier, s’il n’est pas donné avant le fichier.")
@click.option("--mapping", "mapping", multiple=True, metavar="COLONNE=CHAMP",
              help="Colonne du fichier et ce qu’elle contient (répétable) : code, ean, nom, prix, prix_ht, achat, tva, "
                   "famille, unite, eco, actif. Le reste est deviné.")  # fmt: skip
@click.option("--price-rule", default=None, metavar="RÈGLE",
              help="Prix absent du fichier : fixe:2,50 · code:0,50-49,90 · marge:80 · libre.")  # fmt: skip
@click.option("--vat", default=None,
              help="Taux de TVA quand le fichier n’en donne pas, en % ; le taux normal du pays par défaut.")  # fmt: skip
@click.option("--family", default="", help="Famille quand le fichier n’en donne pas.")
@click.option(
    "--update",
    is_flag=True,
    help="Mettre à jour les articles dont la référence est déjà dans le dossier ; ce que le fichier ne dit pas reste.",
)
@click.option(
    "--skip-bad", "--skip", "skip_bad", is_flag=True, help="Importer les lignes justes et laisser les autres."
)
@click.option("--dry-run", is_flag=True, help="Tout vérifier sans rien écrire.")
@json_option
def articles(
    arguments: tuple[str, ...], slug: str | None, mapping: tuple[str, ...], price_rule: str | None, vat: str | None,
    family: str, update: bool, skip_bad: bool, dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """Importer des articles depuis un fichier CSV ou XLSX.

    Rien n’est importé tant qu’une ligne ne va pas, sauf avec --skip-bad. Code de sortie 1 quand rien n’est importé.
    """
    slug, path = _dossier_and_file(arguments, slug=slug)
    with opened(slug, writes="un import d’articles") as dossier:
        from comptoir.apps.access.command_line import CommandLine
        from comptoir.exchange.imports.articles import read_articles
        from comptoir.exchange.imports.booking import book_articles, known_articles
        from comptoir.exchange.imports.problems import FileRefused

        try:
            reading = read_articles(
                path, mapping=list(mapping), settings=_settings(price_rule=price_rule, vat=vat, family=family),
                known=known_articles(update=update), progress=_progress,
            )  # fmt: skip
        except FileRefused as refusal:
            refuse(str(refusal))
        _progress("écriture", len(reading.drafts))
        done = book_articles(reading, skip_bad=skip_bad, dry_run=dry_run, by=CommandLine("import"))
    if sys.stderr.isatty():
        click.echo("", err=True)
    _tell(reading, done, slug=dossier.slug, dry_run=dry_run, skip_bad=skip_bad, as_json=as_json)
    if not done.written and not (dry_run and (skip_bad or not done.problems)):
        raise SystemExit(REFUSED)


def _dossier_and_file(arguments: tuple[str, ...], *, slug: str | None) -> tuple[str | None, Path]:
    if len(arguments) == 2 and slug is None:
        return arguments[0], Path(arguments[1])
    if len(arguments) == 1:
        return slug, Path(arguments[0])
    raise click.UsageError("Donnez le dossier puis le fichier : comptoir import articles DOSSIER FICHIER")


def _settings(*, price_rule: str | None, vat: str | None, family: str) -> "Settings":
    from comptoir.apps.settings.packs import vat_rates
    from comptoir.apps.settings.queries import company, main_establishment
    from comptoir.exchange.imports.drafts import Settings
    from comptoir.exchange.imports.prices import parse_price_rule
    from comptoir.exchange.imports.problems import FileRefused
    from comptoir.exchange.imports.values import ValueReason, read_vat_e4

    country = company().country
    rows = vat_rates(country, zone=main_establishment().zone, on=date.today())
    rates = frozenset({row["rate_e4"] for row in rows} | {0})
    try:
        vat_e4 = rows[0]["rate_e4"] if vat is None else read_vat_e4(vat, rates_e4=rates)
    except ValueReason as reason:
        raise FileRefused(f"--vat {vat} : {reason}") from reason
    return Settings(parse_price_rule(price_rule), vat_e4, rates, country, family)


def _progress(what: str, count: int) -> None:
    if sys.stderr.isatty():  # a person watches; a script wants no signs of life
        click.echo(f"\r{what} : {count} lignes   ", nl=False, err=True)


def _tell(
    reading: "Reading", done: "Outcome", *, slug: str, dry_run: bool, skip_bad: bool, as_json: bool
) -> None:  # fmt: skip
    summary: dict[str, Any] = {
        "dossier": slug, "file": reading.described, "columns": reading.columns, "rows": reading.rows,
        "created": done.created if done.written else 0, "updated": done.updated if done.written else 0,
        "written": done.written, "dry_run": dry_run, "problems": [problem.as_json() for problem in done.problems],
    }  # fmt: skip
    answer(
        summary, as_json=as_json, text="\n".join(_lines(reading, done, slug=slug, dry_run=dry_run, skip_bad=skip_bad))
    )


def _lines(reading: "Reading", done: "Outcome", *, slug: str, dry_run: bool, skip_bad: bool) -> list[str]:
    columns = ", ".join(f"{heading} → {NAMES.get(field, field)}" for field, heading in reading.columns.items())
    lines = [f"{reading.described} ; {_count(reading.rows, 'ligne')} ; {columns}"]
    lines += [problem.text() for problem in done.problems[:SHOWN_PROBLEMS]]
    if len(done.problems) > SHOWN_PROBLEMS:
        lines.append(f"… et {len(done.problems) - SHOWN_PROBLEMS} autres remarques (toutes avec --json).")
    bad = len({problem.line for problem in done.problems})
    counted = (
        f"{_count(done.created, 'article')} {_agreed(done.created, 'créé')}, {done.updated} mis à jour"
        if done.created or done.updated
        else ""
    )
    if done.written:
        return [
            *lines,
            f"Dossier « {slug} » : {counted or 'aucun article'}."
            + (f" {_count(bad, 'ligne')} {_agreed(bad, 'laissée')}." if bad else ""),
        ]
    if dry_run and not done.problems:
        return [*lines, f"Tout est juste : {_count(len(reading.drafts), 'article')} à importer. Rien n’a été écrit."]
    if dry_run and skip_bad:
        taken, left = _count(done.created + done.updated, "article"), _count(bad, "ligne")
        return [*lines, f"{taken} à importer, {left} à laisser. Rien n’a été écrit."]
    other = "" if skip_bad else ", ou --skip-bad pour ne pas les prendre"
    return [*lines, f"Rien n’a été importé : {_count(bad, 'ligne')} à revoir{other}."]


def _count(number: int, word: str) -> str:
    return f"{number} {_agreed(number, word)}"


def _agreed(number: int, word: str) -> str:
    return word if number < 2 else word + "s"
