"""`comptoir dossier restore FILE`: put a copy in the place of its dossier."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from comptoir.config.cli import start_django
from comptoir.config.cli._backup import by_option
from comptoir.config.cli._output import BUSY, answer, json_option, progress, refuse

if TYPE_CHECKING:
    from comptoir.config.restore_dossier import Restored


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@by_option
@click.option("--accept-findings", is_flag=True, help="Remettre la copie même si elle contient des anomalies scellées.")
@json_option
def restore_command(file: Path, name: str, accept_findings: bool, as_json: bool) -> None:
    """Remettre une copie à la place de son dossier. Le serveur doit être arrêté ; le dossier remplacé est gardé.

    La copie est contrôlée et vérifiée en entier avant que quoi que ce soit ne change.
    Code de sortie : 0 si la copie est en place, 1 si elle est refusée, 3 si le dossier est ouvert ailleurs."""
    start_django()
    from comptoir.apps.access.refusals import RightMissing
    from comptoir.config.restore_dossier import RestoreRefused, restore_dossier
    from comptoir.dossiers.backends.unsafe import UnsafeDatabase
    from comptoir.dossiers.lock import DossierBusy
    from comptoir.dossiers.postgres_tools import PostgresRefusal
    from comptoir.dossiers.staging import StagingRefused

    def step(words: str) -> None:
        with progress(words):
            pass

    try:
        dossier, done = restore_dossier(file, login=name, accept_findings=accept_findings, step=step)
    except DossierBusy as busy:
        refuse(str(busy), code=BUSY)
    except (RestoreRefused, StagingRefused, PostgresRefusal, RightMissing, UnsafeDatabase) as refusal:
        refuse(str(refusal))
    answer(
        {"slug": dossier.slug, "already": done.already, "aside": done.aside, "made_at": done.made_at, "seen": done.seen,
         "behind": done.behind, "lost": done.lost, "findings": done.findings},
        as_json=as_json, text="\n".join(told(done)),
    )  # fmt: skip


def told(done: "Restored") -> list[str]:
    """What a person must know and do after a copy was put back, in French."""
    head = "Cette copie était déjà en place" if done.already else "La copie est en place"
    lines = [f"{head} : le dossier est tel qu’il était le {done.made_at}."]
    if done.aside:
        lines.append(f"Le dossier remplacé est gardé : {done.aside}")
    if done.behind:
        lines.append("Les caisses le complètent d’elles-mêmes dès que leur page est ouverte. Il manque encore :")
        lines += [f"  {chain} : n° {here + 1} à {last}" for chain, (here, last) in done.behind.items()]
        lines.append("Si une de ces caisses ne s’ouvre plus jamais, ces numéros sont perdus.")
    elif done.seen:
        lines.append("Aucune vente ne manque.")
    if not done.seen:
        lines.append(
            "Le dossier remplacé n’a pas pu être relu : ouvrez une fois la page de chaque caisse, elle renverra ce qui manque."
        )
    if done.too_old:
        lines.append("La copie a plus de 35 jours : une caisse ne garde pas ses tickets plus longtemps.")
    if done.lost:
        lines.append("Perdus pour de bon, car seul ce serveur les tenait (l’événement 9140 les nomme) :")
        lines += [f"  {chain} : n° {kept + 1} à {last}" for chain, (kept, last) in done.lost.items()]
    lines.append(
        "À refaire à la main : articles, prix, mots de passe et réglages changés depuis la copie. "
        "Une caisse rattachée depuis la copie est à rattacher de nouveau."
    )
    return lines
