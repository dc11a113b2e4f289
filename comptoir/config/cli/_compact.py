"""`comptoir dossier compact`: give back the room that a dossier no longer needs."""

import click

from comptoir.config.cli._backup import by_option
from comptoir.config.cli._dossier import current_dossier
from comptoir.config.cli._output import BUSY, answer, json_option, progress, refuse


@click.command()
@click.argument("slug", required=False)
@by_option
@json_option
def compact_command(slug: str | None, name: str, as_json: bool) -> None:
    """Compacter un dossier : rendre la place inutile et récrire ses index. Le serveur doit être arrêté.

    Code de sortie : 0 si c’est fait, 1 si c’est refusé, 3 si le dossier est ouvert ailleurs, 4 s’il n’est pas
    de cette version de Comptoir."""
    dossier = current_dossier(slug)
    from comptoir.apps.access.refusals import RightMissing
    from comptoir.config.compact_dossier import compact_dossier
    from comptoir.dossiers.backends.unsafe import UnsafeDatabase
    from comptoir.dossiers.compacting import CompactingRefused
    from comptoir.dossiers.lock import DossierBusy
    from comptoir.dossiers.postgres_tools import PostgresRefusal

    try:
        with progress(f"Compactage du dossier « {dossier.slug} »", total=1000) as done:
            made = compact_dossier(dossier, login=name, done=done)
    except DossierBusy as busy:
        refuse(str(busy), code=BUSY)
    except (CompactingRefused, PostgresRefusal, RightMissing, UnsafeDatabase) as refusal:
        refuse(str(refusal))
    answer(
        {"slug": dossier.slug, "before": made.before, "after": made.after}, as_json=as_json,
        text=f"Dossier compacté : {made.before // 1000} ko avant, {made.after // 1000} ko après. Protections contrôlées.",
    )  # fmt: skip
