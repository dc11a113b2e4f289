"""`comptoir anchor now|address|mail DOSSIER`: heads of the chains written, and mailed, outside the dossier."""

import click

from comptoir.config.cli import start_django
from comptoir.config.cli._dossier import opened
from comptoir.config.cli._output import answer, json_option, refuse


@click.group()
def command() -> None:
    """Garder hors du dossier la preuve de ce qu’il contient (ancrages)."""


@command.command("now")
@click.argument("slug")
@json_option
def now_command(slug: str, as_json: bool) -> None:
    """Écrire un ancrage maintenant."""
    start_django()
    with opened(slug):
        from comptoir.apps.fiscal.services.anchor_heads import anchor_heads

        path = anchor_heads(reason="demand")
        answer({"log": str(path)}, as_json=as_json, text=f"Ancrage écrit : {path}")


@command.command("address")
@click.argument("slug")
@click.argument("address", required=False)
@click.option("--by", "name", default=None, help="Identifiant du propriétaire qui change l’adresse.")
@click.option("--none", "nobody", is_flag=True, help="Ne plus envoyer l’ancrage.")
@json_option
def address_command(slug: str, address: str | None, name: str | None, nobody: bool, as_json: bool) -> None:
    """Voir ou choisir l’adresse qui reçoit l’ancrage de chaque jour (votre comptable, une seconde boîte)."""
    start_django()
    with opened(slug, writes="adresse des ancrages"):
        from django.core.exceptions import ValidationError

        from comptoir.apps.access.models import User
        from comptoir.apps.access.refusals import RightMissing
        from comptoir.apps.fiscal.anchor_address import anchor_address
        from comptoir.apps.outreach.services.change_anchor_address import change_anchor_address

        if address or nobody:
            by = User.objects.filter(login=name or "").first()
            if by is None:
                refuse("Précisez qui change l’adresse : --by IDENTIFIANT")
            try:
                change_anchor_address("" if nobody else str(address), by=by)
            except RightMissing as missing:
                refuse(str(missing))
            except ValidationError as problem:
                refuse(" ".join(problem.messages))
        known = anchor_address().address
        text = f"L’ancrage de chaque jour part à {known}." if known else "L’ancrage n’est envoyé à personne."
        answer({"address": known}, as_json=as_json, text=text)


@command.command("mail")
@click.argument("slug")
@json_option
def mail_command(slug: str, as_json: bool) -> None:
    """Écrire et envoyer l’ancrage du jour, s’il manque encore. Le serveur le fait de lui-même."""
    start_django()
    with opened(slug):
        from comptoir.config.anchor_worker import anchor_due
        from comptoir.exchange.mail.account import reason_of
        from comptoir.exchange.mail.smtp import MailNotSent

        try:
            written, mailed = anchor_due()
        except MailNotSent as problem:
            refuse(f"{reason_of(problem)}. L’ancrage est écrit ; l’envoi sera repris.")
        text = "L’ancrage du jour est envoyé." if mailed else "Rien à envoyer aujourd’hui."
        answer({"written": written, "mailed": mailed}, as_json=as_json, text=text)
