"""What was set aside, against what was sealed about it: no seal covers these rows, but the journal tells how many came, from
whom, why, and how a person ended them (docs/decisions/0133-what-verify-says-of-the-quarantine.md)."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from ..chain_check import Finding
from ..event_codes import (
    KEPT_CONFLICT,
    KEPT_FOREIGN,
    KEPT_GAP,
    KEPT_LINK,
    KEPT_RESOLVED,
    KEPT_SIGNATURE,
    KEPT_UNREADABLE,
)
from ..models import Event, KeptRecord, Record, Resolution
from ..projection import compact
from .keep_records import CHAIN_TOLD, place_of

_KEPT = (KEPT_GAP, KEPT_SIGNATURE, KEPT_CONFLICT, KEPT_UNREADABLE, KEPT_FOREIGN, KEPT_LINK)
_AT_ONCE = 200


def verify_kept() -> list[Finding]:
    """Every kept record is the text that came, as many are there as sealed events tell, and each end has its reason: a
    record that is now booked, or a sealed event. Asked once the events themselves are known to be right."""
    arrived: Counter[tuple[str, str, str]] = Counter()
    findings: list[Finding] = []
    for kept in KeptRecord.objects.order_by("id").iterator(chunk_size=_AT_ONCE):
        arrived[(kept.chain[:CHAIN_TOLD], kept.code, kept.sender)] += 1
        if not _is_what_came(kept):
            findings.append(_changed(kept, "le texte gardé n’est plus celui qui est arrivé"))
    return findings + _check_numbers(arrived) + list(_check_ends())


def _is_what_came(kept: KeptRecord) -> bool:
    """The envelope has its digest, and the row says what the envelope says. It may hold escapes that no database takes."""
    try:
        envelope = json.loads(kept.envelope)
        text = compact(envelope)
        said = place_of(envelope)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return digest == kept.digest and said == (kept.record, kept.chain, kept.seq)


def _check_numbers(arrived: Counter[tuple[str, str, str]]) -> list[Finding]:
    told: Counter[tuple[str, str, str]] = Counter()
    for (text,) in Event.objects.filter(code__in=_KEPT).values_list("detail").iterator(chunk_size=_AT_ONCE):
        said = json.loads(text)
        told[(said["chain"], said["reason"], said["sender"])] += said["count"]
    return [
        Finding(
            place[0], 0, "kept_count", f"{arrived[place]} enregistrements gardés ({place[1]}, reçus de {place[2]}), "
            f"les événements scellés en disent {told[place]}",
        )
        for place in sorted({*arrived, *told})
        if arrived[place] != told[place]
    ]  # fmt: skip


def _check_ends() -> Iterator[Finding]:
    ended: Counter[tuple[str, str, str, str]] = Counter()
    for one in Resolution.objects.select_related("kept").order_by("kept_id").iterator(chunk_size=_AT_ONCE):
        kept = one.kept
        if one.outcome == "set_aside":
            ended[(kept.chain, kept.record, one.reason, one.operator)] += 1
        elif (one.outcome, one.reason, one.operator) != ("booked", "", "") or not _is_booked(kept):
            yield _changed(kept, "dit enregistré, mais aucun enregistrement scellé n’est celui-là")
    for kept in KeptRecord.objects.filter(code="gap", resolution=None).order_by("id").iterator(chunk_size=_AT_ONCE):
        if _is_booked(kept):
            yield _changed(kept, "enregistré depuis, mais plus aucune ligne ne le dit")
    told: Counter[tuple[str, str, str, str]] = Counter()
    events = Event.objects.filter(code=KEPT_RESOLVED).values_list("detail", "operator_name")
    for text, operator in events.iterator(chunk_size=_AT_ONCE):
        said = json.loads(text)
        told[(said["chain"], said["record"], said["reason"], operator)] += 1
    for place in sorted({*ended, *told}):
        if ended[place] != told[place]:
            detail = f"mis de côté : {place[1]}, l’événement scellé et la ligne ne disent pas la même chose"
            yield Finding(place[0], 0, "kept_changed", detail)


def _is_booked(kept: KeptRecord) -> bool:
    sealed = Record.objects.filter(chain=kept.chain, seq=kept.seq).values_list("id", "signature").first()
    try:
        envelope: dict[str, Any] = json.loads(kept.envelope)
    except ValueError:
        return False
    return sealed is not None and (str(sealed[0]), sealed[1]) == (kept.record, envelope.get("signature"))


def _changed(kept: KeptRecord, detail: str) -> Finding:
    return Finding(kept.chain or "quarantine", kept.seq or 0, "kept_changed", detail)
