"""Compacts a dossier that nobody serves: checked before, its protections checked after, told by an event 9142."""

from collections.abc import Callable
from typing import NamedTuple

from comptoir.apps.access.models import User
from comptoir.apps.access.services.require_right import require_right
from comptoir.apps.fiscal.event_codes import COMPACTED
from comptoir.apps.fiscal.services.seal_on_server import log_event
from comptoir.dossiers.binding import Dossier, bound
from comptoir.dossiers.checking import check_dossier
from comptoir.dossiers.compacting import CompactingRefused, require_room, rewrite, size_of
from comptoir.dossiers.lock import exclusive
from comptoir.dossiers.staging import require_alone


class Compacted(NamedTuple):
    """Bytes before and after."""

    before: int
    after: int


def compact_dossier(dossier: Dossier, *, login: str, done: Callable[[int], None] = lambda steps: None) -> Compacted:
    """Compacts; `done` is told steps out of a thousand.

    Raises DossierBusy, CompactingRefused, RightMissing: nothing is then changed. A dossier that its own checks find
    wrong is not compacted: compacting would write the damage anew."""
    with exclusive(dossier, purpose="un compactage"):
        require_alone(dossier)
        with bound(dossier):
            by = User.objects.filter(login=login, active=True).first()
            if by is None:
                raise CompactingRefused(f"Personne ne s’appelle « {login} » dans ce dossier.")
            require_right(by, right="dossier.maintain")
        _require_sound(dossier, "Le dossier n’est pas sain, rien n’est compacté :")
        require_room(dossier)
        before = size_of(dossier)
        rewrite(dossier, done=done)
        _require_sound(dossier, "Après le compactage, le dossier n’est plus sain ; remettez une copie :")
        after = size_of(dossier)
        with bound(dossier):
            detail = {"bytes_before": before, "bytes_after": after}
            log_event(COMPACTED, detail=detail, operator={"id": str(by.pk), "name": by.name})
        return Compacted(before, after)


def _require_sound(dossier: Dossier, words: str) -> None:
    """Durability, tables, triggers, pages, links."""
    findings = check_dossier(dossier)
    if findings:
        raise CompactingRefused("\n".join([words, *(f"✗ {one.message}" for one in findings[:10])]))
