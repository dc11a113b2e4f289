"""The shop's mail account, from its settings, and what to tell a person when a mail does not leave."""

from django.utils.translation import gettext as _

from comptoir.apps.outreach.mail_password import mail_password
from comptoir.apps.outreach.models import MailSettings

from .smtp import MailNotSent, Server


def server_of(known: MailSettings) -> Server:
    """Where this shop's mails leave."""
    return Server(
        host=known.host, port=known.port, security=known.security, username=known.username, password=mail_password()
    )


def reason_of(problem: MailNotSent) -> str:
    """Why, in words, with the server's number; never an address."""
    words = {
        "login": _("Le serveur n’accepte pas cet identifiant et ce mot de passe"),
        "address": _("Le serveur n’accepte pas cette adresse"),
        "security": _("Le serveur ne propose pas de connexion chiffrée"),
        "certificate": _("Le certificat du serveur n’est pas reconnu"),
        "refused": _("Le serveur n’accepte pas ce message"),
        "unreachable": _("Le serveur ne répond pas à cette adresse et à ce port"),
    }
    return words[problem.code] + (f" ({problem.smtp})" if problem.smtp else "")
