"""The quarantine: what was received and could not be booked is kept word for word, and resolved by a further row."""

import hashlib
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from ..event_codes import KEPT_RESOLVED
from ..identifiers import uuid7
from ..models import KeptRecord, Resolution
from ..projection import compact
from ..raw_rows import insert_rows
from ..tables import KEPT, RESOLUTIONS
from .seal_on_server import Operator, log_event


class Kept(NamedTuple):
    """A record to set aside, and why."""

    envelope: dict[str, Any]
    code: str
    detail: str
    sender: str


def keep_records(kept: Sequence[Kept], *, received_at: str) -> list[Kept]:
    """Sets records aside; what is already kept, word for word, is not kept twice. Returns what is new."""
    by_digest = {}
    for one in kept:
        text = compact(one.envelope)
        by_digest.setdefault(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(), (one, text))
    known = set(KeptRecord.objects.filter(digest__in=by_digest).values_list("digest", flat=True))
    new = {digest: pair for digest, pair in by_digest.items() if digest not in known}
    rows = [
        (str(uuid7()), one.envelope["id"][:100], one.envelope["chain"][:100], min(one.envelope["seq"], 2**62), one.code,
         one.detail[:500], _storable(text), digest, one.sender, received_at)
        for digest, (one, text) in new.items()
    ]  # fmt: skip
    insert_rows(connection, [(KEPT, rows)])
    return [one for one, _ in new.values()]


def resolve_as_booked(kept_ids: Sequence[str], *, at: str) -> None:
    """Notes that kept records have since been booked, their gap being filled."""
    insert_rows(connection, [(RESOLUTIONS, [(kept_id, "booked", "", "", at) for kept_id in kept_ids])])


def set_kept_aside(kept: KeptRecord, *, reason: str, operator: Operator) -> Resolution:
    """Closes a kept record without booking it, for a reason that a person gives; an event tells it.

    Raises ValueError without a reason; IntegrityError when it is already resolved."""
    if not reason.strip():
        raise ValueError("a reason is needed")
    with transaction.atomic():
        resolution = Resolution.objects.create(
            kept=kept, outcome="set_aside", reason=reason.strip(), operator=operator["name"], at=timezone.now()
        )
        log_event(
            KEPT_RESOLVED,
            detail={"record": kept.record, "chain": kept.chain, "reason": reason.strip()},
            operator=operator,
        )
    return resolution


def _storable(text: str) -> str:
    """PostgreSQL stores neither NUL nor lone surrogates: they are kept escaped, which JSON reads the same."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\x00", "\\u0000")
