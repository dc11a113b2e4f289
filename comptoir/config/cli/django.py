"""`comptoir django …`: Django's own commands, for developers (`makemigrations`, `sqlmigrate`, …)."""

import click

from comptoir.config.cli import start_django


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.option("--dossier", "slug", default=None, help="Dossier à ouvrir pour la commande.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(slug: str | None, arguments: tuple[str, ...]) -> None:
    """Commandes de Django, pour les développeurs."""
    start_django()
    from contextlib import nullcontext

    from django.core.management import execute_from_command_line

    from comptoir.dossiers.binding import bound
    from comptoir.dossiers.registry import find_dossier

    dossier = find_dossier(slug) if slug else None
    if slug and dossier is None:
        raise click.UsageError(f"Le dossier « {slug} » n’existe pas.")
    with bound(dossier) if dossier else nullcontext():
        execute_from_command_line(["comptoir django", *arguments])
