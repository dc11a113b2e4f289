"""The day's anchor of each served dossier: written once a local day, mailed when an address was chosen.

One thread a dossier. A mail that a server does not take is tried again at the next round, for as long as it takes."""

import json
from datetime import datetime

from django.utils import timezone

from comptoir.apps.fiscal.anchor_address import AnchorAddress, anchor_address, keep_anchor_address
from comptoir.apps.fiscal.services.anchor_heads import anchor_daily, last_anchor
from comptoir.apps.outreach.queries import mail_settings
from comptoir.apps.settings.queries import main_establishment
from comptoir.config.rounds import Rounds
from comptoir.exchange.mail.account import server_of
from comptoir.exchange.mail.anchor_mail import anchor_mail
from comptoir.exchange.mail.smtp import MailNotSent, send


def anchor_due(*, now: datetime | None = None) -> tuple[bool, bool]:
    """Writes the day's anchor of the bound dossier if it is still missing, and mails it if it is due.

    Returns (written, mailed). Raises MailNotSent; the anchor is written all the same, the mail stays due."""
    now = now or timezone.now()
    written = anchor_daily(now=now)
    return written, _mail_due(now)


def _mail_due(now: datetime) -> bool:
    wanted, account = anchor_address(), mail_settings()
    day = timezone.localtime(now).date().isoformat()
    raw = last_anchor()
    if not wanted.address or wanted.mailed >= day or not account.host or not account.sender or not raw:
        return False
    shop = main_establishment().name
    message = anchor_mail(
        to=wanted.address, sender=account.sender, shop=shop, day=day, line=json.loads(raw), raw=raw, at=now
    )
    send(message, server=server_of(account))
    keep_anchor_address(AnchorAddress(wanted.address, day))
    return True


class AnchorWorker(Rounds):
    """Looks after one dossier until stopped."""

    work = "anchors"
    first_round_s = 30.0
    round_s = 600.0

    def round(self) -> None:
        try:
            anchor_due()
        except MailNotSent as problem:
            self.logger.info("anchor not mailed: %s", problem, extra={"dossier": self.dossier.slug})
