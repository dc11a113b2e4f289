"""The mail that carries the heads of the chains to somebody outside the shop: to be kept, and given to `verify` one day."""

from datetime import datetime
from email.message import EmailMessage

from .receipt_mail import addressed

SUBJECT = "Ancrage du {day} : {shop}"
TEXT = (
    "Bonjour,\n\n"
    "Voici où en étaient, le {day}, les suites scellées de {shop}. Gardez ce message : il permettra de vérifier que rien n’a été "
    "retiré depuis.\n\n{rows}\n\n"
    "Pour vérifier : comptoir verify DOSSIER --anchor-log {name} (la pièce jointe).\n"
)


def anchor_mail(*, to: str, sender: str, shop: str, day: str, line: dict, raw: bytes, at: datetime) -> EmailMessage:
    """The message; `line` is the anchor, `raw` the same as it stands in the log, attached as `ancrage-<day>.log`."""
    name = f"ancrage-{day}.log"
    rows = "\n".join(f"{chain} : n° {seq}, empreinte {digest[:16]}" for chain, seq, digest in line["heads"])
    message = addressed(to=to, sender=sender, shop=shop, at=at)
    message["Subject"] = SUBJECT.format(day=day, shop=" ".join(shop.split()))
    message.set_content(TEXT.format(day=day, shop=shop, rows=rows, name=name))
    message.add_attachment(raw + b"\n", maintype="text", subtype="plain", filename=name)
    return message
