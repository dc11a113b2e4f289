"""The mail that carries a receipt: short, without pictures, links or offers. The receipt itself is the PDF."""

from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, make_msgid

WORDS = {
    "fr": (
        "Votre ticket {number} du {day}",
        "Bonjour,\n\nVoici votre ticket {number} du {day}, en pièce jointe.\n\n{shop}\n\n"
        "Votre adresse a servi à cet envoi seulement : nous ne la conservons pas.\n",
    ),
    "nl": (
        "Uw kasticket {number} van {day}",
        "Goeiedag,\n\nIn bijlage vindt u uw kasticket {number} van {day}.\n\n{shop}\n\n"
        "Uw adres werd enkel voor deze verzending gebruikt: wij bewaren het niet.\n",
    ),
}  # fmt: skip


def receipt_mail(
    *, to: str, sender: str, shop: str, number: str, day: str, pdf: bytes, at: datetime, lang: str = "fr"
) -> EmailMessage:
    """The message, with the PDF attached as `ticket-<number>.pdf`; `day` is the local date as people write it."""
    subject, text = WORDS.get(lang, WORDS["fr"])
    message = addressed(to=to, sender=sender, shop=shop, at=at)
    message["Subject"] = subject.format(number=number, day=day)
    message.set_content(text.format(number=number, day=day, shop=shop))
    message.add_attachment(pdf, maintype="application", subtype="pdf", filename=f"ticket-{number}.pdf")
    return message


def trial_mail(*, to: str, sender: str, shop: str, at: datetime) -> EmailMessage:
    """What the owner receives when trying the settings."""
    message = addressed(to=to, sender=sender, shop=shop, at=at)
    message["Subject"] = "Essai d’envoi de Comptoir"
    message.set_content(f"Cet e-mail est parti de la caisse de {shop} : vos réglages conviennent.\n")
    return message


def addressed(*, to: str, sender: str, shop: str, at: datetime) -> EmailMessage:
    """A message from the shop, without subject nor text yet."""
    message = EmailMessage()
    message["From"] = formataddr((" ".join(shop.split()), sender))
    message["To"] = to
    message["Date"] = format_datetime(at.astimezone(UTC))
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    return message
