"""`POST attachments`: the photo of a petty expense, after its record."""

import base64
import binascii
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from comptoir.apps.till.queries import Caller
from comptoir.apps.treasury.services.keep_attachment import MAX_BYTES, AttachmentRefused, keep_attachment

from ..call import device_call
from ..problems import Problem
from ..read import read_object, text_field

BASE64_CHARACTERS = MAX_BYTES * 4 // 3 + 8
STATUS = {"too_large": 413, "not_a_picture": 400, "no_record": 409, "other_content": 409}


@device_call("POST")
def attachments(request: HttpRequest, *, caller: Caller) -> dict[str, Any]:
    """`{"id", "record", "content": base64}` -> `{"id", "digest"}`; the same one sent twice is stored once."""
    value = read_object(request, limit=BASE64_CHARACTERS + 1_000)
    try:
        kept = keep_attachment(
            UUID(text_field(value, "id", limit=36)),
            record=UUID(text_field(value, "record", limit=36)),
            content=_content(value),
            register=caller.register,
            received=timezone.now(),
        )
    except AttachmentRefused as refused:
        code = str(refused)
        raise Problem(STATUS[code], code) from refused
    except ValueError as problem:
        raise Problem(400, "wrong_shape", where="id") from problem
    return {"id": str(kept.id), "digest": kept.digest}


def _content(value: dict[str, Any]) -> bytes:
    try:
        return base64.b64decode(text_field(value, "content", limit=BASE64_CHARACTERS), validate=True)
    except binascii.Error as problem:
        raise Problem(400, "wrong_shape", where="content") from problem
