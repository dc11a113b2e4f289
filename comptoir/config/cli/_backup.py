"""`comptoir dossier backup|copies`: make a checked copy, list those there are."""

from pathlib import Path

import click

from comptoir.config.cli._dossier import opened, person_named
from comptoir.config.cli._output import answer, json_option, progress, refuse

by_option = click.option(
    "--by", "name", required=True, metavar="IDENTIFIANT", help="Qui le demande (droit « Sauvegarder le dossier »)."
)


@click.command()
@click.argument("slug", required=False)
@by_option
@click.option(
    "--to", "folder", type=click.Path(file_okay=False, path_type=Path), default=None,
    help="Où écrire la copie (une clé USB, par exemple) ; le dossier de données par défaut.",
)  # fmt: skip
@json_option
def backup_command(slug: str | None, name: str, folder: Path | None, as_json: bool) -> None:
    """Copier un dossier dans un fichier contrôlé, avec son empreinte. La caisse peut vendre pendant ce temps.

    Code de sortie : 0 si la copie est faite, 1 sinon (rien n’est alors écrit)."""
    with opened(slug) as dossier:
        from comptoir.apps.access.refusals import RightMissing
        from comptoir.backoffice.companies.copying import make_copy
        from comptoir.dossiers.copies import CopyRefused

        try:
            with progress(f"Copie du dossier « {dossier.slug} »"):
                copy = make_copy(by=person_named(name), folder=folder)
        except (RightMissing, CopyRefused) as refusal:
            refuse(str(refusal))
        known = copy.manifest
        answer(
            {"file": str(copy.path), "bytes": known.bytes, "sha256": known.sha256, "records": known.records,
             "made_at": known.made_at},
            as_json=as_json,
            text=f"Copie faite et contrôlée : {copy.path}\n{known.records} enregistrements scellés, empreinte {known.sha256}",
        )  # fmt: skip


@click.command()
@click.argument("slug", required=False)
@json_option
def copies_command(slug: str | None, as_json: bool) -> None:
    """Lister les copies d’un dossier, la dernière d’abord."""
    with opened(slug):
        from comptoir.backoffice.companies.copying import present_copies

        copies = present_copies()
        rows = [
            {"file": str(one.path), "made_at": one.manifest.made_at, "reason": one.manifest.reason,
             "bytes": one.manifest.bytes, "records": one.manifest.records, "sha256": one.manifest.sha256}
            for one in copies
        ]  # fmt: skip
        text = "\n".join(f"{row['made_at']}  {row['reason']:<7}  {row['bytes']:>12}  {row['file']}" for row in rows)
        answer({"copies": rows}, as_json=as_json, text=text or "Aucune copie.")
