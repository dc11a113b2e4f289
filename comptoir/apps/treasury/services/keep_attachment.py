"""Keeping the photo of a petty expense: only what a sealed cash record names, and only what is a picture."""

import hashlib
import io
import json
from datetime import datetime
from uuid import UUID

from django.db import transaction
from PIL import Image, UnidentifiedImageError

from comptoir.apps.fiscal.models import Record

from ..models import Attachment

MAX_BYTES = 300_000
MAX_PIXELS = 20_000_000


class AttachmentRefused(ValueError):
    """Why a photo is not kept: `too_large`, `not_a_picture`, `no_record` (send the record first), `other_content`."""


def keep_attachment(
    attachment_id: UUID, *, record: UUID, content: bytes, register: str, received: datetime
) -> Attachment:
    """Keeps a JPEG of at most 300,000 bytes for a cash record of this register whose body names its SHA-256.

    Repeated with the same content it changes nothing. The content is judged by what it is, not by what it is called.
    Raises AttachmentRefused; then nothing was written."""
    if len(content) > MAX_BYTES:
        raise AttachmentRefused("too_large")
    digest = hashlib.sha256(content).hexdigest()
    _check_named(record, register=register, digest=digest)
    _check_picture(content)
    with transaction.atomic():
        kept, _made = Attachment.objects.get_or_create(
            record=record,
            defaults={
                "id": attachment_id, "digest": digest, "media_type": "image/jpeg", "content": content,
                "received_at": received,
            },
        )  # fmt: skip
    return kept


def _check_named(record: UUID, *, register: str, digest: str) -> None:
    row = Record.objects.filter(id=record, chain__startswith=f"{register}-").first()
    if row is None:
        raise AttachmentRefused("no_record")
    if json.loads(row.body).get("attachment") != digest:
        raise AttachmentRefused("other_content")


def _check_picture(content: bytes) -> None:
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG",)) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise AttachmentRefused("too_large")
            opened.load()
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as problem:
        raise AttachmentRefused("not_a_picture") from problem
