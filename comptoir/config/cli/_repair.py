"""`comptoir dossier repair`: mend apart what can honestly be mended, and say what cannot."""

from typing import TYPE_CHECKING

import click

from comptoir.config.cli._backup import by_option
from comptoir.config.cli._dossier import chosen_dossier
from comptoir.config.cli._output import BUSY, REFUSED, answer, json_option, progress, refuse

if TYPE_CHECKING:
    from comptoir.config.repair_dossier import Repaired


@click.command()
@click.argument("slug", required=False)
@by_option
@json_option
def repair_command(slug: str | None, name: str, as_json: bool) -> None:
    """Réparer un dossier : index, pages abîmées, protections, lignes qui découlent des pièces scellées.

    Aucune pièce scellée n’est touchée. Le dossier réparé est fait à part, vérifié, puis mis en place ; l’ancien est gardé.
    Code de sortie : 0 si tout est sain à la fin, 1 si des anomalies restent ou si rien n’a pu être fait, 3 si le dossier est
    ouvert ailleurs."""
    dossier = chosen_dossier(slug)
    from comptoir.apps.access.refusals import RightMissing
    from comptoir.config.repair_dossier import RepairRefused, repair_dossier
    from comptoir.dossiers.backends.unsafe import UnsafeDatabase
    from comptoir.dossiers.lock import DossierBusy
    from comptoir.dossiers.postgres_tools import PostgresRefusal
    from comptoir.dossiers.salvage import SalvageRefused
    from comptoir.dossiers.staging import StagingRefused

    def step(words: str) -> None:
        with progress(words):
            pass

    try:
        done = repair_dossier(dossier, login=name, step=step)
    except DossierBusy as busy:
        refuse(str(busy), code=BUSY)
    except (RepairRefused, StagingRefused, SalvageRefused, PostgresRefusal, RightMissing, UnsafeDatabase) as refusal:
        refuse(str(refusal))
    answer(
        {"slug": dossier.slug, "mended": [one.message for one in done.mended], "left": [one.message for one in done.after],
         "records": done.records, "aside": done.aside},
        as_json=as_json, text="\n".join(told(done)),
    )  # fmt: skip
    if done.after:
        raise SystemExit(REFUSED)


def told(done: "Repaired") -> list[str]:
    """What was mended and what was not, in French."""
    if not done.before:
        return ["Le dossier est sain : rien à réparer, rien n’a été écrit."]
    lines = [f"✓ {one.message}" for one in done.mended[:20]]
    lines.append(f"{done.records} pièces scellées ont redonné leurs lignes. L’ancien dossier est gardé : {done.aside}")
    if done.salvaged is not None and done.salvaged.lost:
        lines.append(f"Des pages étaient illisibles dans : {', '.join(sorted(done.salvaged.lost))}.")
    if done.after:
        lines.append("Ce qui ne se répare pas (une pièce scellée ne se récrit jamais) :")
        lines += [f"✗ {one.message}" for one in done.after[:20]]
        lines.append("Si une copie d’avant l’incident existe : comptoir dossier restore FICHIER --by IDENTIFIANT")
    return lines
