"""`comptoir verify DOSSIER`: every chain recomputed, the first wrong record of each one named."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from comptoir.config.cli import start_django
from comptoir.config.cli._dossier import current_dossier
from comptoir.config.cli._known_heads import bridge_heads
from comptoir.config.cli._output import FINE, REFUSED, json_option, progress

if TYPE_CHECKING:
    from comptoir.apps.till.services.verify_dossier import Verification


@click.command()
@click.argument("slug")
@click.option("--anchors", is_flag=True, help="Comparer aussi au journal d’ancrage tenu hors du dossier.")
@click.option(
    "--anchor-log", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=None,
    help="Journal d’ancrage à utiliser (une copie gardée ailleurs, par exemple).",
)  # fmt: skip
@click.option(
    "--bridge", "bridges", multiple=True, metavar="ADRESSE",
    help="Comparer au journal d’une passerelle (http://127.0.0.1:8765), ou à un fichier de ses têtes. Répétable.",
)  # fmt: skip
@click.option("--anchor-now", is_flag=True, help="Écrire un ancrage des chaînes d’aujourd’hui, puis vérifier.")
@click.option("--processes", type=click.IntRange(1, 64), default=None, help="Processus à employer ; selon la machine.")
@json_option
@click.pass_context
def command(
    ctx: click.Context, slug: str, anchors: bool, anchor_log: Path | None, bridges: tuple[str, ...], anchor_now: bool,
    processes: int | None, as_json: bool,
) -> None:  # fmt: skip
    """Vérifier que rien de ce qui a été scellé n’a été modifié, retiré, ajouté ou déplacé.

    Code de sortie : 0 si tout est intact, 1 sinon, 4 si le dossier ne peut pas être lu par cette version de Comptoir.
    """
    start_django()
    from comptoir.apps.fiscal.models import Record
    from comptoir.apps.fiscal.services.anchor_heads import anchor_heads
    from comptoir.apps.till.services.verify_dossier import verify_dossier
    from comptoir.dossiers.binding import bound

    dossier = current_dossier(slug)
    known = [head for bridge in bridges for head in bridge_heads(bridge)]
    started = time.monotonic()
    with bound(dossier):
        if anchor_now:
            anchor_heads(reason="demand")
        with progress("Vérification", total=Record.objects.count()) as done:
            found = verify_dossier(
                anchors=anchors, anchor_log=anchor_log, known=known, progress=done, processes=processes
            )
    seconds = time.monotonic() - started
    click.echo(_json(found, seconds) if as_json else _text(found, seconds))
    ctx.exit(REFUSED if found.findings else FINE)


def _json(found: "Verification", seconds: float) -> str:
    import json

    value: dict[str, Any] = {
        "intact": not found.findings, "records": found.records, "closings": found.closings, "chains": found.heads,
        "findings": [finding._asdict() for finding in found.findings], "remarks": found.remarks,
        "milliseconds": round(seconds * 1000),
    }  # fmt: skip
    return json.dumps(value, ensure_ascii=False)


def _text(found: "Verification", seconds: float) -> str:
    speed = f" ({round(found.records / seconds)} par seconde)" if seconds > 1 else ""
    lines = [
        f"{found.records} enregistrements relus dans {len(found.heads)} chaînes, {found.closings} Z recomptés{speed}.",
        *found.remarks,
    ]
    for finding in found.findings:
        number = f" n° {finding.seq}" if finding.seq else ""
        lines.append(f"✗ {finding.chain}{number} : {finding.detail}")
    lines.append("Tout est intact." if not found.findings else "Des enregistrements scellés ont été touchés.")
    return "\n".join(lines)
