"""What a copy that was put back still lacks, register by register, in words: until the tills have brought it."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comptoir.apps.fiscal.chains import Chain, parse_chain
from comptoir.apps.fiscal.event_codes import REPAIRED
from comptoir.apps.fiscal.restorations import restorations, still_behind
from comptoir.apps.settings.queries import registers
from comptoir.apps.till.queries import devices
from comptoir.apps.treasury.asides import enrolment_is_aside

UNSEEN_FOR = timedelta(days=3)  # how long to ask for every till when nobody knows what is lacking

_TYPES = {
    "ticket": gettext_lazy("tickets"),
    "invoice": gettext_lazy("factures"),
    "duplicate": gettext_lazy("duplicatas"),
    "cash": gettext_lazy("opérations de caisse"),
    "z": gettext_lazy("Z"),
    "event": gettext_lazy("événements"),
    "training": gettext_lazy("tickets d’école"),
    "provisional": gettext_lazy("papiers provisoires"),
    "payproof": gettext_lazy("justificatifs"),
}


class Awaited(NamedTuple):
    """One register of which something is awaited."""

    register: str
    name: str
    what: str
    attached: bool  # False: it was attached after the copy, and must be attached again


class Notice(NamedTuple):
    """A copy was put back and is not complete, as far as anybody knows."""

    at: datetime
    by: str
    made: datetime
    rows: list[Awaited]
    repaired: bool = False


def refill_notice(*, now: datetime | None = None) -> Notice | None:
    """The notice to show, or None: no copy was put back, or every till has brought what it had."""
    past = restorations()
    if not past:
        return None
    last, rows = past[-1], awaited()
    unseen = not last.seen and (now or timezone.now()) - last.at < UNSEEN_FOR
    if not rows and not unseen:
        return None
    return Notice(last.at, last.by, datetime.fromisoformat(last.made_at), rows, last.code == REPAIRED)


def awaited() -> list[Awaited]:
    """Registers behind what was known of them; those whose device was declared lost are waited for no more."""
    names = {one.code: one.name for one in registers()}
    present = {(one.register_id, one.generation) for one in devices() if one.revoked_at is None}
    lacking: dict[tuple[str, int], list[str]] = {}
    for name, (here, last) in still_behind().items():
        chain = parse_chain(name)
        if chain is not None and not enrolment_is_aside(chain.register, generation=chain.generation):
            lacking.setdefault((chain.register, chain.generation), []).append(_span(chain, here + 1, last))
    return [
        Awaited(register, names.get(register, register), ", ".join(spans), (register, generation) in present)
        for (register, generation), spans in sorted(lacking.items())
    ]


def _span(chain: Chain, first: int, last: int) -> str:
    words = _TYPES.get(chain.type, chain.type)
    if first == last:
        return _("%(what)s n° %(first)d") % {"what": words, "first": first}
    return _("%(what)s n° %(first)d à %(last)d") % {"what": words, "first": first, "last": last}
