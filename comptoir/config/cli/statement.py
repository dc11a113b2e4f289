"""`comptoir statement DOSSIER --from --to`: the Z of any days, added. A report, not a closing."""

from datetime import datetime

import click

from comptoir.config.cli import start_django
from comptoir.config.cli._dossier import opened
from comptoir.config.cli._output import answer, json_option, refuse
from comptoir.config.cli._period import period_text

DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("slug")
@click.option("--from", "first", type=DAY, required=True, help="Premier jour, AAAA-MM-JJ.")
@click.option("--to", "last", type=DAY, required=True, help="Dernier jour, AAAA-MM-JJ.")
@click.option("--register", default=None, help="Code de la caisse ; toutes par défaut.")
@json_option
def command(slug: str, first: datetime, last: datetime, register: str | None, as_json: bool) -> None:
    """Relevé sur une période libre, d’après les Z de ces jours. Ne clôture rien."""
    start_django()
    if last < first:
        refuse("Le dernier jour vient avant le premier.")
    with opened(slug):
        from comptoir.apps.settings.queries import register_by_code
        from comptoir.apps.treasury.period_statement import period_statement

        if register is not None and register_by_code(register) is None:
            refuse(f"La caisse « {register} » n’existe pas.")
        shown = period_statement(first.date(), last.date(), register=register)
    title = f"Relevé du {first:%d/%m/%Y} au {last:%d/%m/%Y} (non clôturé)"
    answer(shown, as_json=as_json, text=period_text(title, shown["totals"]))
