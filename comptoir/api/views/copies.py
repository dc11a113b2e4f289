"""`POST receipt-copies`: a customer asked for the receipt by mail."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from comptoir.apps.outreach.services.ask_copy import CopyRefused, ask_receipt_copy
from comptoir.apps.till.queries import Caller

from ..call import device_call
from ..problems import Problem
from ..read import read_object, text_field

FIELDS = {"id", "chain", "seq", "number", "email"}


@device_call("POST")
def receipt_copies(request: HttpRequest, *, caller: Caller) -> dict[str, Any]:
    """Queues the mail; the same id asked twice sends once. See docs/developer/shapes.md section 5.

    The ticket may arrive later than this call: the mail waits for it."""
    asked = read_object(request, limit=4_000)
    if set(asked) != FIELDS:
        raise Problem(400, "wrong_shape", where=sorted(set(asked) ^ FIELDS)[0][:40])
    for name in ("seq", "number"):
        if type(asked[name]) is not int:
            raise Problem(400, "wrong_shape", where=name)
    try:
        copy_id = UUID(text_field(asked, "id", limit=36))
    except ValueError as problem:
        raise Problem(400, "wrong_shape", where="id") from problem
    try:
        created = ask_receipt_copy(
            copy_id, register=caller.register, chain=text_field(asked, "chain", limit=60), seq=asked["seq"],
            number=asked["number"], address=text_field(asked, "email", limit=300), at=timezone.now(),
        )  # fmt: skip
    except CopyRefused as refused:
        code = "bad_address" if refused.field == "email" else "wrong_shape"
        raise Problem(400, code, where=refused.field) from refused
    return {"id": str(copy_id), "status": "queued" if created else "duplicate"}
