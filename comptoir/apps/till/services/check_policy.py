"""What a booked ticket did beside the shop's rules: prices off the catalogue, rights exceeded, unknown sessions.

Nothing is refused: the sale took place. Each finding becomes an event of the journal."""

import time
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from comptoir.apps.access.queries import limit_of, rights_of, user_by_id
from comptoir.apps.catalog.queries import prices_at
from comptoir.apps.fiscal import event_codes as codes
from comptoir.apps.fiscal.server_key import dossier_id
from comptoir.apps.settings.packs import rate_on, vat_changes
from comptoir.apps.settings.queries import main_establishment
from comptoir.apps.treasury.queries import known_sessions

from ..facts import SoldLine, Sound, TicketFacts

RATE_MEMORY = timedelta(days=31)  # as long as bootstrap tells of it
FRESH_S = 5  # rights change seldom; a change is seen by the tickets received this much later
Event = dict[str, Any]
Pair = tuple[Sound, TicketFacts]

_people: dict[tuple[Any, str], tuple[float, "Person | None"]] = {}
_sessions: set[tuple[Any, str]] = set()  # sessions known, or told once to be unknown


class Person(NamedTuple):
    """What an operator may do, as far as tickets show it."""

    rights: frozenset[str]
    discount_max_e4: int
    refund_max_minor: int


def policy_events(tickets: Sequence[Sound]) -> list[Event]:
    """The events that these tickets deserve, in their order."""
    pairs = [(record, record.ticket) for record in tickets if record.ticket is not None]
    if not pairs:
        return []
    events = _unknown_sessions(pairs)
    for record, ticket in pairs:
        if ticket.rights or ticket.discount_e4:
            events += _breaches(record, ticket)
    return events + _other_prices(pairs)


def forget_sessions(tickets: Iterable[TicketFacts]) -> None:
    """Has the sessions of these tickets looked for again: what was told of them was not written."""
    dossier = dossier_id()
    _sessions.difference_update([(dossier, ticket.session) for ticket in tickets])


def _event(code: int, record: Sound, **detail: Any) -> Event:
    return {"code": code, "detail": {"record": record.id, "number": record.number, **detail}}


def _unknown_sessions(pairs: Sequence[Pair]) -> list[Event]:
    """One event for each session that no opening announced."""
    dossier = dossier_id()
    first: dict[str, Sound] = {}
    for record, ticket in pairs:
        if (dossier, ticket.session) not in _sessions:
            first.setdefault(ticket.session, record)
    if not first:
        return []
    known = known_sessions(session for session in first if session)
    _sessions.update((dossier, session) for session in first)
    return [
        _event(codes.SESSION_UNKNOWN, record, session=session)
        for session, record in first.items()
        if session not in known
    ]


def _breaches(record: Sound, ticket: TicketFacts) -> list[Event]:
    """Rights that the operator lacked."""
    person = _person(ticket.operator)
    if person is None:
        return [_event(codes.RIGHTS_EXCEEDED, record, operator=ticket.operator, reason="unknown_operator")]
    person = _with_approval(person, ticket.approved_by)
    reasons = sorted(set(ticket.rights) - person.rights)
    if ticket.discount_e4 > person.discount_max_e4:
        reasons.append("discount_max_e4")
    if ticket.refund_minor > person.refund_max_minor:
        reasons.append("refund_max_minor")
    return [_event(codes.RIGHTS_EXCEEDED, record, operator=ticket.operator, reason=reason) for reason in reasons]


def _with_approval(person: Person, approved_by: str | None) -> Person:
    """What two people may do together: the operator, and who gave a code for this ticket, as far as the shop knows."""
    second = _person(approved_by) if approved_by else None
    if second is None:
        return person
    return Person(
        person.rights | second.rights,
        max(person.discount_max_e4, second.discount_max_e4),
        max(person.refund_max_minor, second.refund_max_minor),
    )


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


def _other_prices(pairs: Sequence[Pair]) -> list[Event]:
    """Lines whose price or rate is not the catalogue's, at the version that the ticket names. Open prices, prices read
    from a label and articles that the catalogue does not know are left alone."""
    by_version: dict[int, list[Pair]] = {}
    for record, ticket in pairs:
        if ticket.sold and type(ticket.catalogue) is int:
            by_version.setdefault(ticket.catalogue, []).append((record, ticket))
    events: list[Event] = []
    for version, sales in by_version.items():
        known = prices_at({line[0] for _record, ticket in sales for line in ticket.sold}, version=version)
        for record, ticket in sales:
            odd = list(_odd_lines(ticket.sold, known, day=ticket.local_day))
            if odd:
                events.append(_event(codes.PRICE_DIFFERS, record, lines=odd[:20], catalogue=version))
    return events


def _odd_lines(
    sold: Iterable[SoldLine], known: dict[str, tuple[int, int | None, bool]], *, day: str
) -> Iterable[Event]:
    for article, sealed_e4, sealed_vat_e4 in sold:
        price_e4, vat_e4, open_price = known.get(article, (None, None, True))
        if open_price or (sealed_e4, sealed_vat_e4) == (price_e4, vat_e4):
            continue
        if sealed_e4 != price_e4 or sealed_vat_e4 != _changed_rate(vat_e4, day=day):
            yield {
                "article": article, "sealed_e4": sealed_e4, "catalogue_e4": price_e4,
                "sealed_vat_e4": sealed_vat_e4, "catalogue_vat_e4": vat_e4,
            }  # fmt: skip


def _changed_rate(vat_e4: int | None, *, day: str) -> int | None:
    """The rate of the catalogue as the law has it on the day of the sale: a till changes it at midnight by itself."""
    place = main_establishment()
    changes = vat_changes(place.country, zone=place.zone, since=date.fromisoformat(day) - RATE_MEMORY)
    return rate_on(vat_e4, day=day, changes=changes)
