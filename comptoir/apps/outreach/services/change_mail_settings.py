"""The owner says how mails leave, and under which address customers reach this server."""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from comptoir.apps.access.models import User
from comptoir.apps.access.services.require_right import require_right

from ..mail_password import keep_mail_password
from ..models import MailSettings


class MailSettingsRefused(ValueError):
    """A setting cannot be taken; the message is French, `field` names it. Nothing was written."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def change_mail_settings(
    *, by: User, host: str, port: int, security: str, username: str, sender: str, origin: str, active: bool,
    password: str | None = None,
) -> MailSettings:  # fmt: skip
    """Writes the settings; `password` None keeps the known one, an empty text forgets it. Needs `settings.edit`.

    A password never travels in clear: without TLS only an account without password, or this very machine, is taken.
    Raises RightMissing and MailSettingsRefused; nothing is written then."""
    require_right(by, right="settings.edit")
    host, sender = host.strip(), sender.strip()
    if active and not (host and sender):
        raise MailSettingsRefused(_("Indiquez le serveur et l’adresse d’envoi pour proposer l’e-mail."), field="host")
    if sender:
        _check_sender(sender)
    if security == "none" and username and host not in ("localhost", "127.0.0.1", "::1"):
        raise MailSettingsRefused(
            _("Sans chiffrement, le mot de passe circulerait en clair. Choisissez STARTTLS ou TLS."), field="security"
        )
    fields = {
        "host": host, "port": port, "security": security, "username": username.strip(), "sender": sender,
        "origin": _checked_origin(origin), "active": active,
    }  # fmt: skip
    row, _created = MailSettings.objects.update_or_create(id=1, defaults=fields)
    if password is not None:
        keep_mail_password(password)
    return row


def _check_sender(sender: str) -> None:
    try:
        validate_email(sender)
    except ValidationError as problem:
        raise MailSettingsRefused(_("Cette adresse d’envoi n’a pas la forme nom@domaine."), field="sender") from problem


def _checked_origin(origin: str) -> str:
    """`https://caisse.exemple.fr`, without a path: what precedes /d/… in the addresses that customers open."""
    origin = origin.strip().rstrip("/")
    if not origin:
        return ""
    try:
        parts = urlsplit(origin)
        well_formed = (
            parts.scheme in ("https", "http")
            and bool(parts.hostname)
            and not (parts.path or parts.query or parts.fragment)
        )
        well_formed = well_formed and "@" not in parts.netloc and (parts.port is None or parts.port > 0)
    except ValueError:
        well_formed = False
    if not well_formed:
        raise MailSettingsRefused(
            _("Écrivez l’adresse comme https://caisse.exemple.fr, sans rien derrière."), field="origin"
        )
    return origin
