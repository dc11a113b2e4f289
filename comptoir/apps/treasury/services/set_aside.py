"""Stop waiting, knowingly, for what will never come: only the owner may, with a reason, and a sealed event tells it."""

from datetime import datetime
from typing import Any

from django.db import transaction

from comptoir.apps.access.services.require_right import require_right
from comptoir.apps.fiscal.chains import parse_chain
from comptoir.apps.fiscal.event_codes import CLOSING_SET_ASIDE, ENROLMENT_SET_ASIDE
from comptoir.apps.fiscal.identifiers import uuid7
from comptoir.apps.fiscal.queries import latest_generation, open_kept
from comptoir.apps.fiscal.services.keep_records import set_kept_aside
from comptoir.apps.fiscal.services.seal_on_server import Operator, log_events, now_text

from ..asides import closings_aside, contradiction_of, enrolment_is_aside
from ..models import Closing, PeriodRange, SetAside

RIGHT = "closings.set_aside"


class AsideRefused(ValueError):
    """Nothing to set aside, or no reason given; words for people."""


def set_enrolment_aside(
    register: str, *, generation: int, reason: str, by: Any, now: datetime | None = None
) -> SetAside:
    """From now on no closing waits for this enrolment: what had arrived of it enters the next month as `uncovered`, and
    its records kept for a missing number are set aside with the same reason. The caller shuts its device out.

    Raises RightMissing without `closings.set_aside`; AsideRefused without a reason, for an unknown enrolment, or one
    already set aside: nothing is written then. Source: compliance notes, closings (late records)."""
    require_right(by, right=RIGHT)
    reason = _checked(reason)
    if not 1 <= generation <= latest_generation(register):
        raise AsideRefused(f"Aucun appareil n° {generation} n’a été rattaché à la caisse {register}.")
    if enrolment_is_aside(register, generation=generation):
        raise AsideRefused(f"L’appareil n° {generation} de la caisse {register} n’est déjà plus attendu.")
    operator: Operator = {"id": str(by.pk), "name": by.name}
    with transaction.atomic():
        for kept in open_kept().filter(chain__startswith=f"{register}-{generation}-"):
            set_kept_aside(kept, reason=reason, operator=operator)
        detail = {"register": register, "generation": generation, "reason": reason}
        log_events([{"code": ENROLMENT_SET_ASIDE, "detail": detail, "operator": operator}], now=now)
        return _kept(register, generation, None, reason=reason, operator=operator, now=now)


def set_closing_aside(closing: Closing, *, reason: str, by: Any, now: datetime | None = None) -> SetAside:
    """A Z that contradicts itself is left out of the months: the records it covers are added up again instead.

    Raises RightMissing without `closings.set_aside`; AsideRefused without a reason, for a Z in order, one that a month
    already holds, or one already set aside: nothing is written then."""
    require_right(by, right=RIGHT)
    reason = _checked(reason)
    chain = parse_chain(closing.chain)
    assert chain is not None, "a booked Z has a chain that was read"
    if not contradiction_of(closing) and closing.agrees:
        raise AsideRefused("Ce Z est juste : il n’y a pas lieu de l’écarter.")
    if closing.seq in closings_aside(chain.register, generation=chain.generation):
        raise AsideRefused("Ce Z est déjà écarté.")
    if PeriodRange.objects.filter(chain=closing.chain, first__lte=closing.seq, last__gte=closing.seq).exists():
        raise AsideRefused("Un mois clôturé contient déjà ce Z : il y reste.")
    operator: Operator = {"id": str(by.pk), "name": by.name}
    with transaction.atomic():
        detail = {"closing": str(closing.pk), "number": f"{closing.chain}-{closing.seq}", "reason": reason}
        log_events([{"code": CLOSING_SET_ASIDE, "detail": detail, "operator": operator}], now=now)
        return _kept(chain.register, chain.generation, closing.seq, reason=reason, operator=operator, now=now)


def _checked(reason: str) -> str:
    reason = reason.strip()[:500]
    if len(reason) < 5:
        raise AsideRefused("Dites pourquoi, en quelques mots : le motif reste au journal.")
    return reason


def _kept(
    register: str, generation: int, seq: int | None, *, reason: str, operator: Operator, now: datetime | None
) -> SetAside:
    return SetAside.objects.create(
        id=uuid7(), register=register, generation=generation, closing_seq=seq, reason=reason,
        operator_id=operator["id"], operator_name=operator["name"], at=now_text(now),
    )  # fmt: skip
