"""`comptoir archive create|verify`: the signed zip that an inspection asks for."""

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import click

from comptoir.config.cli import start_django
from comptoir.config.cli._dossier import opened
from comptoir.config.cli._output import answer, json_option, progress, refuse

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def command() -> None:
    """Faire une archive fiscale, ou en vérifier une."""


@command.command("create")
@click.argument("slug")
@click.option("--from", "first", type=DAY, required=True, help="Premier jour, AAAA-MM-JJ.")
@click.option("--to", "last", type=DAY, required=True, help="Dernier jour, AAAA-MM-JJ ; douze mois au plus.")
@click.option("--register", "scope", default="ALL", help="Code d’une caisse ; toutes par défaut.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=None,
    help="Dossier où écrire l’archive ; celui des données par défaut.",
)  # fmt: skip
@json_option
def create_command(slug: str, first: datetime, last: datetime, scope: str, out: Path | None, as_json: bool) -> None:
    """Faire une archive d’une période, signée, lisible et vérifiable sans ce logiciel.

    Code de sortie : 0 ; 1 si elle est refusée ; l’archive est faite même si une rupture est constatée (elle le dit).
    """
    start_django()
    with opened(slug, writes="archive fiscale"), ExitStack() as stack:
        from comptoir.exchange.archives.create import ArchiveRefused, create_archive

        def watched(total: int) -> Callable[[int], None]:
            return stack.enter_context(progress("Archive", total=total))

        try:
            made = create_archive(first.date(), last.date(), scope=scope, folder=out, progress=watched)
        except ArchiveRefused as refusal:
            refuse(str(refusal))
        except OSError as problem:
            refuse(f"L’archive n’a pas pu être écrite : {problem.strerror or problem}")
    ruptures = made.manifest["ruptures"]
    lines = [f"Archive {made.number} : {made.records} enregistrements", str(made.path), *made.manifest["remarks"]]
    lines += [f"✗ Rupture : {one['chain']} n° {one['seq']} : {one['detail']}" for one in ruptures]
    answer(
        {"file": str(made.path), "number": made.number, "records": made.records, "ruptures": ruptures},
        as_json=as_json, text="\n".join(lines),
    )  # fmt: skip


@command.command("verify")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--thumbprint", default=None, help="Empreinte que doit avoir la clé du serveur.")
@json_option
@click.pass_context
def verify_command(ctx: click.Context, file: Path, thumbprint: str | None, as_json: bool) -> None:
    """Vérifier une archive (zip ou dossier), avec notre propre copie du programme qui l’accompagne.

    Code de sortie : 0 si tout est intact, 1 si elle a été touchée, 2 si elle ne peut pas être lue.
    """
    program = Path(__file__).resolve().parents[2] / "exchange" / "archives" / "verify.py"
    arguments = ["--json"] if as_json else []
    if thumbprint is not None:
        arguments += ["--empreinte", thumbprint]
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(program), *arguments, str(file.resolve())],
        stdout=subprocess.PIPE, check=False,
    )  # fmt: skip
    text = done.stdout.decode("utf-8", "replace").strip()
    if done.returncode not in (0, 1, 2) or not text:
        refuse("La vérification s’est interrompue.")
    click.echo(json.dumps(json.loads(text), ensure_ascii=False) if as_json else text)
    ctx.exit(done.returncode)


@command.command("key")
@click.argument("slug")
@json_option
def key_command(slug: str, as_json: bool) -> None:
    """Montrer l’empreinte de la clé du serveur, à comparer avec celle d’une archive."""
    start_django()
    with opened(slug):
        from comptoir.apps.fiscal.models import SealingKey

        rows = SealingKey.objects.filter(register="S").order_by("generation")
        keys = [{"generation": row.generation, "thumbprint": row.thumbprint} for row in rows]
    text = "\n".join(f"S-{one['generation']} {one['thumbprint']}" for one in keys)
    answer({"keys": keys}, as_json=as_json, text=text or "Le serveur n’a encore rien scellé.")
