"""Sends the mails that wait in a served dossier, one thread a dossier; rows of the dossier, so a stopped server goes on.

Neither the journal nor a row ever holds an address once the mail is gone: see comptoir.exchange.mail.smtp."""

import json
import logging

from django.utils import timezone

from comptoir.apps.fiscal.queries import record_by_number
from comptoir.apps.outreach.models import WaitingAddress
from comptoir.apps.outreach.queries import due_addresses, mail_settings
from comptoir.apps.outreach.services.close_copy import end_copy, postpone_copy
from comptoir.apps.settings.queries import main_establishment
from comptoir.config.rounds import Rounds
from comptoir.engine.calendar import local_parts
from comptoir.exchange.mail.account import reason_of, server_of
from comptoir.exchange.mail.receipt_mail import receipt_mail
from comptoir.exchange.mail.smtp import MailNotSent, send
from comptoir.exchange.receipts.pdf import as_pdf
from comptoir.exchange.receipts.sealed import ticket_paper

logger = logging.getLogger("comptoir.mail")
A_ROUND = 20

NO_TICKET = "Le ticket n’est pas encore arrivé de la caisse"
UNREADABLE = "Le ticket ne peut pas être relu"
STOPPED = "L’envoi par e-mail est arrêté dans les réglages"


def send_due() -> int:
    """Sends what is due in the bound dossier; returns how many mails left."""
    now = timezone.now()
    return sum(_send_one(waiting) for waiting in due_addresses(now=now, most=A_ROUND))


def _send_one(waiting: WaitingAddress) -> bool:
    now, known, copy = timezone.now(), mail_settings(), waiting.copy
    record = record_by_number(copy.chain, seq=copy.seq)
    if not known.active or record is None:
        postpone_copy(waiting, note=STOPPED if not known.active else NO_TICKET, at=now)
        return False
    try:
        paper = ticket_paper(record, duplicate=copy.number)
    except ValueError:
        end_copy(waiting, outcome="given_up", note=UNREADABLE, at=now)
        return False
    body, place = json.loads(record.body), main_establishment()
    year, month, day = local_parts(body["at"], body["offset_minutes"], "at")[:3]
    number = f"{copy.chain.removesuffix('-ticket')}-{copy.seq}"
    message = receipt_mail(
        to=waiting.address, sender=known.sender, shop=place.name, number=number, day=f"{day:02d}/{month:02d}/{year}",
        pdf=as_pdf(paper, title=f"Ticket {number}"), at=now, lang=place.language,
    )  # fmt: skip
    try:
        send(message, server=server_of(known))
    except MailNotSent as problem:
        logger.info("mail not sent: %s", problem, extra={"copy": str(copy.pk)})
        if problem.lasting:
            end_copy(waiting, outcome="given_up", note=reason_of(problem), at=now)
        else:
            postpone_copy(waiting, note=reason_of(problem), at=now)
        return False
    end_copy(waiting, outcome="sent", note="", at=timezone.now())
    return True


class MailWorker(Rounds):
    """Sends for one dossier until stopped."""

    work = "mail"
    first_round_s = round_s = 2.0
    keeps_connection = True

    def round(self) -> None:
        send_due()
