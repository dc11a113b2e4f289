"""`comptoir keys list|rotate-server|rotate-register DOSSIER`: the keys that seal, and how they change."""

import click

from comptoir.config.cli import start_django
from comptoir.config.cli._dossier import opened, person_named
from comptoir.config.cli._output import answer, json_option, refuse

by_option = click.option("--by", "name", required=True, help="Identifiant du propriétaire qui change la clé.")
WORDS = {
    "no_device": "Cette caisse n’est pas rattachée : il n’y a pas de clé à changer.",
    "session_open": "La caisse est ouverte. Clôturez-la (Z) d’abord, ou précisez --lost si elle est perdue.",
}


@click.group()
def command() -> None:
    """Voir et changer les clés qui scellent."""


@command.command("list")
@click.argument("slug")
@json_option
def list_command(slug: str, as_json: bool) -> None:
    """Toutes les clés qui ont scellé, avec leur empreinte."""
    start_django()
    with opened(slug):
        from comptoir.apps.fiscal.models import SealingKey

        rows = [
            {"register": key.register, "generation": key.generation, "thumbprint": key.thumbprint,
             "added_at": key.added_at.isoformat()}
            for key in SealingKey.objects.order_by("register", "generation")
        ]  # fmt: skip
        text = "\n".join(
            f"{row['register']}-{row['generation']}  {row['thumbprint']}  {row['added_at']}" for row in rows
        )
        answer({"keys": rows}, as_json=as_json, text=text or "Aucune clé.")


@command.command("rotate-server")
@click.argument("slug")
@by_option
@json_option
def rotate_server_command(slug: str, name: str, as_json: bool) -> None:
    """Changer la clé du serveur. L’ancienne reste connue : ce qu’elle a scellé se vérifie toujours."""
    start_django()
    with opened(slug, writes="changement de clé"):
        from comptoir.apps.access.refusals import RightMissing
        from comptoir.apps.till.services.rotate_keys import rotate_server_key

        try:
            generation = rotate_server_key(by=person_named(name))
        except RightMissing as missing:
            refuse(str(missing))
        answer(
            {"generation": generation}, as_json=as_json, text=f"Le serveur scelle maintenant par la clé S-{generation}."
        )


@command.command("rotate-register")
@click.argument("slug")
@click.argument("register")
@by_option
@click.option("--lost", is_flag=True, help="La caisse est perdue ou volée avec sa clé : n’attend pas son Z.")
@json_option
def rotate_register_command(slug: str, register: str, name: str, lost: bool, as_json: bool) -> None:
    """Changer la clé d’une caisse : donne le code par lequel elle se rattache avec une clé nouvelle."""
    start_django()
    with opened(slug, writes="changement de clé"):
        from comptoir.apps.access.refusals import RightMissing
        from comptoir.apps.till.services.rotate_keys import RotationRefused, rotate_register_key

        try:
            code = rotate_register_key(register, by=person_named(name), lost=lost)
        except RightMissing as missing:
            refuse(str(missing))
        except RotationRefused as refusal:
            refuse(WORDS[refusal.code])
        text = f"La clé de {register} ne scelle plus. Tapez ce code sur la caisse, sous 30 minutes : {code}"
        answer({"code": code}, as_json=as_json, text=text)
