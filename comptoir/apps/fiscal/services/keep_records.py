"""The quarantine: what was received and could not be booked is kept word for word, and resolved by a further row."""

import hashlib
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from ..event_codes import KEPT_RESOLVED
from ..identifiers import uuid7
from ..models import KeptRecord, Resolution
from ..projection import compact, sealable
from ..raw_rows import insert_rows
from ..tables import KEPT, RESOLUTIONS
from .seal_on_server import Operator, log_event

PLACE_KEPT = 100  # characters of what an envelope says of its identity and of its chain
CHAIN_TOLD = 60  # characters of a chain that an event tells


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
        (str(uuid7()), *place_of(one.envelope), one.code, _storable(one.detail[:500]), _storable(text), digest,
         one.sender, received_at)
        for digest, (one, text) in new.items()
    ]  # fmt: skip
    insert_rows(connection, [(KEPT, rows)])
    return [one for one, _ in new.values()]


def place_of(envelope: dict[str, Any]) -> tuple[str, str, int]:
    """Identity, chain and number that a kept record claims, as every database and every sealed event can hold them: what
    is no ASCII, in texts that ought to be nothing else, stands there escaped."""
    return _plain(envelope["id"]), _plain(envelope["chain"]), min(envelope["seq"], 2**62)


def chain_told(envelope: dict[str, Any]) -> str:
    """The chain that a kept record claims, as the event that tells of it seals it."""
    return place_of(envelope)[1][:CHAIN_TOLD]


def resolve_as_booked(kept_ids: Sequence[str], *, at: str) -> None:
    """Notes that kept records have since been booked, their gap being filled."""
    insert_rows(connection, [(RESOLUTIONS, [(kept_id, "booked", "", "", at) for kept_id in kept_ids])])


def set_kept_aside(kept: KeptRecord, *, reason: str, operator: Operator) -> Resolution:
    """Closes a kept record without booking it, for a reason that a person gives; an event tells it.

    Raises ValueError without a reason; IntegrityError when it is already resolved."""
    reason, name = sealable(reason.strip()), sealable(operator["name"])
    if not reason:
        raise ValueError("a reason is needed")
    with transaction.atomic():
        resolution = Resolution.objects.create(
            kept=kept, outcome="set_aside", reason=reason, operator=name, at=timezone.now()
        )
        detail = {"record": kept.record, "chain": kept.chain, "reason": reason}
        log_event(KEPT_RESOLVED, detail=detail, operator=operator)
    return resolution


def _plain(text: str) -> str:
    return text[:PLACE_KEPT].encode("ascii", "backslashreplace").decode("ascii").replace("\x00", "\\x00")


def _storable(text: str) -> str:
    """PostgreSQL stores neither NUL nor lone surrogates: they are kept escaped, which JSON reads the same."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\x00", "\\u0000")
