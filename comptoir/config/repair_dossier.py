"""Repairs a dossier apart from the one in use: indexes, torn pages, protections, rows that follow from sealed records.

A sealed record is never written, changed or removed: what its own seal does not prove stays as it was found, and said.
The repaired dossier takes the place of the other once it verifies better; the other is kept."""

import sqlite3
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, connections, transaction
from django.utils import timezone

from comptoir.apps.access.models import User
from comptoir.apps.access.services.require_right import require_right
from comptoir.apps.fiscal.chains import SERVER
from comptoir.apps.fiscal.event_codes import REPAIRED
from comptoir.apps.fiscal.restorations import furthest, next_generation, restoration_detail, tops
from comptoir.apps.fiscal.services.anchor_heads import anchor_heads, anchored_heads
from comptoir.apps.fiscal.services.seal_on_server import log_event, new_public_key, now_text, open_generation
from comptoir.apps.till.services.rebuild_rows import Rebuilt, rebuild_rows
from comptoir.config.dossier_checks import outside_checks
from comptoir.dossiers.append_only import lift_all
from comptoir.dossiers.backends.unsafe import UnsafeDatabase
from comptoir.dossiers.binding import Dossier, bound
from comptoir.dossiers.checking import Finding, check_dossier
from comptoir.dossiers.creation import build_tables
from comptoir.dossiers.lock import exclusive
from comptoir.dossiers.salvage import Salvaged, is_torn, salvage, write_indexes_anew
from comptoir.dossiers.staging import (
    StagingRefused,
    discard,
    in_use,
    put_in_place,
    require_alone,
    stage_from_itself,
    staged_of,
)
from comptoir.dossiers.versions import NEWER, age_of

Step = Callable[[str], None]


class RepairRefused(RuntimeError):
    """The dossier in use stays as it is; the message is in French."""


@dataclass
class Repaired:
    """What a repair found, what it could not mend, and where the former dossier is kept."""

    before: list[Finding]
    after: list[Finding] = field(default_factory=list)
    aside: str = ""
    records: int = 0
    left: list[tuple[str, int]] = field(default_factory=list)
    salvaged: Salvaged | None = None

    @property
    def mended(self) -> list[Finding]:
        return [one for one in self.before if one not in self.after]


def repair_dossier(dossier: Dossier, *, login: str, step: Step = lambda words: None) -> Repaired:
    """Repairs what can be; a sound dossier is left alone (`before` is then empty).

    Raises RepairRefused, StagingRefused, SalvageRefused, DossierBusy, RightMissing: the dossier in use is untouched."""
    if not in_use(dossier):
        raise RepairRefused("Le dossier n’est plus là : remettez une copie en place.")
    with exclusive(dossier, purpose="une réparation"):
        require_alone(dossier)
        step("Vérification du dossier")
        result = Repaired(_checked(dossier))
        if not result.before:
            return result
        if [one.check for one in result.before] == ["tables"]:  # sound, but of another version
            raise RepairRefused(result.before[0].message)
        step("Préparation d’un dossier neuf")
        with ExitStack() as undo:
            undo.callback(discard, staged_of(dossier))
            staged, result.salvaged = _staged(dossier, step)
            _mend(staged, result, login=login, step=step)
            step("Mise en place")
            result.aside = put_in_place(dossier, staged)
            undo.pop_all()
        with bound(dossier):
            anchor_heads(reason="repair")
    return result


def _checked(dossier: Dossier) -> list[Finding]:
    try:
        return check_dossier(dossier, outside=outside_checks())
    except (UnsafeDatabase, ValueError, TypeError, KeyError, AttributeError) as problem:  # what a torn row may cause
        return [Finding("integrity", f"La base est trop abîmée pour être lue : {problem}")]
    finally:
        connections.forget(dossier)


def _staged(dossier: Dossier, step: Step) -> tuple[Dossier, Salvaged | None]:
    """The same content in another place, indexes written anew; row by row when pages are torn."""
    if dossier.engine == "postgresql":
        return stage_from_itself(dossier), None
    try:
        staged = stage_from_itself(dossier)
        write_indexes_anew(staged.location)
        if not is_torn(staged.location):
            return staged, None
    except (StagingRefused, sqlite3.DatabaseError, OSError):
        pass
    if not _current(dossier):  # its rows would lack what the tables of this version ask for
        raise RepairRefused(
            "Ce fichier est abîmé et date d’une autre version de Comptoir : remettez une copie en place, ou réparez-le avec "
            "la version qui le tenait."
        )
    step("Lecture de ce qui se lit encore")
    staged = staged_of(dossier)
    discard(staged)
    build_tables(staged)
    with bound(staged):
        lift_all()
    connections.forget(staged)
    return staged, salvage(dossier, staged)


def _current(dossier: Dossier) -> bool:
    """Whether the tables are those of this version; a file too torn to say it is taken for one that is."""
    try:
        return age_of(dossier).current
    except (DatabaseError, UnsafeDatabase):
        return True
    finally:
        connections.forget(dossier)


def _mend(staged: Dossier, result: Repaired, *, login: str, step: Step) -> None:
    age = age_of(staged)
    if age.newer:
        raise RepairRefused(NEWER)
    if age.pending:
        build_tables(staged)
    with bound(staged):
        by = User.objects.filter(login=login, active=True).first()
        if by is None:
            raise RepairRefused(f"Personne ne s’appelle « {login} » dans ce dossier.")
        require_right(by, right="dossier.maintain")
        step("Écriture des lignes depuis les pièces scellées")
        lift_all()
        rebuilt: Rebuilt = rebuild_rows()
        result.records, result.left = rebuilt.records, rebuilt.left
    build_tables(staged)
    step("Vérification du dossier réparé")
    result.after = check_dossier(staged, outside=outside_checks())
    fatal = [one for one in result.after if one.check != "seals"]
    if fatal or not result.mended:
        told = "\n".join(f"✗ {one.message}" for one in (fatal or result.after)[:10])
        raise RepairRefused(f"Rien de plus ne peut être réparé, le dossier reste tel quel :\n{told}")
    with bound(staged), transaction.atomic():
        _tell(result, by=by)


def _tell(result: Repaired, *, by: Any) -> None:
    """An event 9141. Rows read out of torn pages may lack the end of the server's own chains: a new key then begins, so that
    no number is sealed twice, and the event says how far each chain is known to have gone."""
    operator = {"id": str(by.pk), "name": by.name}
    detail: dict[str, Any] = {
        "found": len(result.before), "left": len(result.after), "records": result.records,
        "unproven": ", ".join(f"{chain} n° {seq}" for chain, seq in result.left[:20]),
    }  # fmt: skip
    if result.salvaged is not None:
        mine = tops()
        known = furthest(mine.items(), anchored_heads())
        generation = next_generation(SERVER)
        open_generation(generation, spki=new_public_key(generation), operator=operator)
        detail |= {"rows": result.salvaged.rows, "torn": ", ".join(sorted(result.salvaged.lost))}
        detail |= restoration_detail(
            file="", made_at=now_text(timezone.now()), sha256="", seen=True, findings=len(result.after), copy=mine,
            known=known,
        )  # fmt: skip
    log_event(REPAIRED, detail=detail, operator=operator)
