"""A till asks that a customer be sent a copy of a receipt."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from comptoir.apps.fiscal.chains import parse_chain

from ..models import ReceiptCopy, WaitingAddress

ADDRESS_CHARACTERS = 254  # RFC 5321, 4.5.3.1.3


class CopyRefused(ValueError):
    """The request cannot be taken; `field` names what is wrong. Nothing was written."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def ask_receipt_copy(
    copy_id: UUID, *, register: str, chain: str, seq: int, number: int, address: str, at: datetime
) -> bool:
    """Queues a mail with this copy; the ticket itself may still be on its way. False when this id is known already.

    The address serves this mail alone: it is kept neither with a customer nor as a consent (C. env. L541-15-10, CNIL).
    Raises CopyRefused; a till may only ask for the tickets of its own register."""
    known = parse_chain(chain)
    if known is None or known.type != "ticket" or known.register != register:
        raise CopyRefused("chain")
    if not 1 <= seq <= 2**53 or not 0 <= number <= 10_000:
        raise CopyRefused("seq")
    address = address.strip()
    try:
        validate_email(address)
    except ValidationError as problem:
        raise CopyRefused("email") from problem
    if len(address) > ADDRESS_CHARACTERS or not address.isascii():
        raise CopyRefused("email")
    with transaction.atomic():
        copy, created = ReceiptCopy.objects.get_or_create(
            pk=copy_id, defaults={"register": register, "chain": chain, "seq": seq, "number": number, "asked_at": at}
        )
        if created:
            WaitingAddress.objects.create(copy=copy, address=address, not_before=at)
    return created
