"""What others may ask of the mails to customers."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from .models import MailSettings, ReceiptCopy, WaitingAddress


def mail_settings() -> MailSettings:
    """The settings; those of a shop that sends nothing when nobody has filled them."""
    return MailSettings.objects.first() or MailSettings()


def copies_offered() -> dict[str, Any]:
    """What the till may offer its customers, as bootstrap says it (docs/developer/shapes.md section 5)."""
    known = mail_settings()
    return {"mail": known.active, "qr": bool(known.origin), "origin": known.origin or None}


def due_addresses(*, now: datetime, most: int) -> list[WaitingAddress]:
    """The copies whose turn has come, oldest first."""
    return list(
        WaitingAddress.objects.select_related("copy").filter(not_before__lte=now).order_by("not_before", "pk")[:most]
    )


def copies_of(chain: str, *, seq: int) -> QuerySet[ReceiptCopy]:
    """The copies of a ticket that were asked for by mail, oldest first, with what became of each."""
    return ReceiptCopy.objects.filter(chain=chain, seq=seq).select_related("outcome", "waiting").order_by("asked_at")


def copies() -> QuerySet[ReceiptCopy]:
    """Every copy, latest first."""
    return ReceiptCopy.objects.select_related("outcome", "waiting").order_by("-asked_at", "-pk")
