"""What a booked ticket did beside the shop's rules: prices off the catalogue, rights exceeded, unknown sessions.

Nothing is refused: the sale took place. Each finding becomes an event of the journal."""

import time
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from comptoir.apps.access.queries import limit_of, rights_of, user_by_id
from comptoir.apps.catalog.queries import prices_at
from comptoir.apps.fiscal import event_codes as codes
from comptoir.apps.fiscal.sealed import Sealed
from comptoir.apps.fiscal.server_key import dossier_id
from comptoir.apps.settings.packs import rate_on, vat_changes
from comptoir.apps.settings.queries import main_establishment
from comptoir.apps.treasury.queries import known_sessions
from comptoir.engine.calendar import local_parts

RATE_MEMORY = timedelta(days=31)  # as long as bootstrap tells of it
FRESH_S = 5  # rights change seldom; a change is seen by the tickets received this much later
Event = dict[str, Any]

_people: dict[tuple[Any, str], tuple[float, "Person | None"]] = {}
_sessions: set[tuple[Any, str]] = set()  # sessions known, or told once to be unknown


class Person(NamedTuple):
    """What an operator may do, as far as tickets show it."""

    rights: frozenset[str]
    discount_max_e4: int
    refund_max_minor: int


def policy_events(tickets: Sequence[Sealed]) -> list[Event]:
    """The events that these tickets deserve, in their order."""
    if not tickets:
        return []
    events = _unknown_sessions(tickets)
    for sealed in tickets:
        events += _breaches(sealed)
    return events + _other_prices(tickets)


def _event(code: int, sealed: Sealed, **detail: Any) -> Event:
    number = f"{sealed.chain.name}-{sealed.seq}"
    return {"code": code, "detail": {"record": sealed.id, "number": number, **detail}}


def _unknown_sessions(tickets: Sequence[Sealed]) -> list[Event]:
    """One event for each session that no opening announced."""
    dossier = dossier_id()
    first = {}
    for sealed in tickets:
        session = sealed.body["session"] or ""
        if (dossier, session) not in _sessions:
            first.setdefault(session, sealed)
    if not first:
        return []
    known = known_sessions(session for session in first if session)
    _sessions.update((dossier, session) for session in first)
    return [
        _event(codes.SESSION_UNKNOWN, sealed, session=session)
        for session, sealed in first.items()
        if session not in known
    ]


def _breaches(sealed: Sealed) -> list[Event]:
    """Rights that the operator lacked. Only what a ticket shows: refunds, cancellations, discounts beyond the limit."""
    needed, discount_e4, refund_minor = _needs(sealed.body)
    if not needed and not discount_e4:
        return []
    operator = sealed.body["operator"]
    person = _person(operator["id"])
    if person is None:
        return [_event(codes.RIGHTS_EXCEEDED, sealed, operator=operator["id"], reason="unknown_operator")]
    person = _with_approval(person, sealed.body.get("approved_by"))
    reasons = sorted(needed - person.rights)
    if discount_e4 > person.discount_max_e4:
        reasons.append("discount_max_e4")
    if refund_minor > person.refund_max_minor:
        reasons.append("refund_max_minor")
    return [_event(codes.RIGHTS_EXCEEDED, sealed, operator=operator["id"], reason=reason) for reason in reasons]


def _with_approval(person: Person, approved_by: dict[str, str] | None) -> Person:
    """What two people may do together: the operator, and who gave a code for this ticket, as far as the shop knows."""
    second = _person(approved_by["id"]) if approved_by else None
    if second is None:
        return person
    return Person(
        person.rights | second.rights,
        max(person.discount_max_e4, second.discount_max_e4),
        max(person.refund_max_minor, second.refund_max_minor),
    )


def _needs(body: dict[str, Any]) -> tuple[set[str], int, int]:
    """Rights that the ticket took, its strongest discount in ten-thousandths, and what it paid back."""
    needed: set[str] = set()
    if body["operation"] == "cancel":
        needed.add("till.cancel_ticket")
    elif body["operation"] == "refund":
        needed.add("till.refund" if body["origin"] else "till.refund_without_ticket")
    elif body["operation"] == "correction":
        needed.add("till.correct_tender")
    strongest = 0
    for line in body["priced"]["lines"]:
        off = line["line_discount_minor"] + line["basket_discount_minor"]
        if off:
            needed.add("till.discount_basket" if line["basket_discount_minor"] else "till.discount_line")
            strongest = max(strongest, abs(off) * 10_000 // max(abs(line["list_minor"]), 1))
    refund_minor = -body["priced"]["gross_minor"] if body["operation"] == "refund" else 0
    return needed, strongest, refund_minor


def _person(operator: str) -> Person | None:
    key, now = (dossier_id(), operator), time.monotonic()
    seen = _people.get(key)
    if seen is None or now - seen[0] > FRESH_S:
        user = user_by_id(operator)
        person = None
        if user is not None and user.active:
            limits = (limit_of(user.role, "discount_max_e4"), limit_of(user.role, "refund_max_minor"))
            person = Person(rights_of(user.role), *limits)
        seen = _people[key] = (now, person)
    return seen[1]


def _other_prices(tickets: Sequence[Sealed]) -> list[Event]:
    """Lines whose price or rate is not the catalogue's, at the version that the ticket names. Open prices, prices read
    from a label and articles that the catalogue does not know are left alone."""
    by_version: dict[int, list[tuple[Sealed, list[dict[str, Any]]]]] = {}
    for sealed in tickets:
        lines = [line for line in sealed.body["basket"]["lines"] if _has_policy(line)]
        if lines and type(sealed.body["catalogue"]) is int:
            by_version.setdefault(sealed.body["catalogue"], []).append((sealed, lines))
    events: list[Event] = []
    for version, sold in by_version.items():
        known = prices_at({line["article"] for _sealed, lines in sold for line in lines}, version=version)
        for sealed, lines in sold:
            odd = list(_odd_lines(lines, known, day=_local_day(sealed.body)))
            if odd:
                events.append(_event(codes.PRICE_DIFFERS, sealed, lines=odd[:20], catalogue=version))
    return events


def _odd_lines(
    lines: Iterable[dict[str, Any]], known: dict[str, tuple[int, int | None, bool]], *, day: str
) -> Iterable[Event]:
    for line in lines:
        price_e4, vat_e4, open_price = known.get(line["article"], (None, None, True))
        if open_price or (line["unit_price_e4"], line.get("vat_e4")) == (price_e4, vat_e4):
            continue
        if line["unit_price_e4"] != price_e4 or line.get("vat_e4") != _changed_rate(vat_e4, day=day):
            yield {
                "article": line["article"], "sealed_e4": line["unit_price_e4"], "catalogue_e4": price_e4,
                "sealed_vat_e4": line.get("vat_e4"), "catalogue_vat_e4": vat_e4,
            }  # fmt: skip


def _changed_rate(vat_e4: int | None, *, day: str) -> int | None:
    """The rate of the catalogue as the law has it on the day of the sale: a till changes it at midnight by itself."""
    place = main_establishment()
    changes = vat_changes(place.country, zone=place.zone, since=date.fromisoformat(day) - RATE_MEMORY)
    return rate_on(vat_e4, day=day, changes=changes)


def _local_day(body: dict[str, Any]) -> str:
    """The local date on which a ticket was finalised."""
    year, month, day = local_parts(body["at"], body["offset_minutes"], "at")[:3]
    return f"{year:04d}-{month:02d}-{day:02d}"


def _has_policy(line: dict[str, Any]) -> bool:
    if line.get("label_total_minor") is not None or not line.get("article"):
        return False
    try:
        return str(UUID(line["article"])) == line["article"]
    except ValueError:
        return False
