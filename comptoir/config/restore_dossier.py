"""Puts a copy in the place of a dossier: checked whole beforehand, told by an event 9140, the replaced dossier kept aside.

A copy forks every chain: the tills bring theirs back by themselves, and the server begins a new key, so that no number of its
own is sealed twice. Who was shut out since the copy stays out."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import DatabaseError, transaction
from django.utils import timezone

from comptoir.apps.access.models import Session, User
from comptoir.apps.access.services.require_right import require_right
from comptoir.apps.fiscal.chains import SERVER
from comptoir.apps.fiscal.event_codes import RESTORED
from comptoir.apps.fiscal.models import Record
from comptoir.apps.fiscal.queries import latest_generation
from comptoir.apps.fiscal.raw_rows import instant_text
from comptoir.apps.fiscal.restorations import (
    Restoration,
    furthest,
    lost_by_the_server,
    next_generation,
    restoration_detail,
    restorations,
    still_behind,
    tops,
)  # fmt: skip
from comptoir.apps.fiscal.server_key import server_key_path
from comptoir.apps.fiscal.services.anchor_heads import anchor_heads, anchored_heads
from comptoir.apps.fiscal.services.seal_on_server import log_event, new_public_key, open_generation
from comptoir.apps.till.models import Device
from comptoir.config.dossier_checks import outside_checks
from comptoir.dossiers import registry
from comptoir.dossiers.backends.unsafe import UnsafeDatabase
from comptoir.dossiers.binding import Dossier, bound
from comptoir.dossiers.checking import check_dossier
from comptoir.dossiers.copies import Copy, bare_copy, digest_of, read_copy
from comptoir.dossiers.creation import build_tables, new_sqlite_dossier
from comptoir.dossiers.lock import exclusive
from comptoir.dossiers.staging import discard, in_use, put_in_place, require_alone, stage_from_copy
from comptoir.dossiers.versions import age, age_of

KEPT_BY_TILLS_DAYS = 35
Step = Callable[[str], None]


class RestoreRefused(RuntimeError):
    """Nothing was replaced; the message is in French."""


@dataclass
class Restored:
    """What became of a restoration."""

    already: bool
    aside: str
    made_at: str
    seen: bool
    behind: dict[str, tuple[int, int]] = field(default_factory=dict)
    lost: dict[str, tuple[int, int]] = field(default_factory=dict)
    findings: int = 0

    @property
    def too_old(self) -> bool:
        return (timezone.now() - datetime.fromisoformat(self.made_at)).days >= KEPT_BY_TILLS_DAYS


@dataclass
class _Replaced:
    """What is known of the dossier in use, which may be damaged or gone."""

    tops: dict[str, int] = field(default_factory=dict)
    seen: bool = False
    revoked: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def dossier_of_copy(copy: Copy) -> Dossier:
    """The registered dossier that a copy is of, or one to be registered under the same name on this machine.

    Raises RestoreRefused when another dossier bears its name, or when its engine needs a server nobody has named."""
    known = copy.manifest
    for dossier in registry.dossiers():
        if str(dossier.uuid) == known.dossier:
            return dossier
    if known.engine != "sqlite":
        raise RestoreRefused(
            "Ce dossier PostgreSQL n’est pas inscrit sur cette machine : recopiez d’abord dossiers.json."
        )
    try:
        registry.check_new(known.slug)
    except registry.RegistryRefusal as refusal:
        raise RestoreRefused(f"{refusal} Cette copie est celle d’un autre dossier du même nom.") from refusal
    return replace(new_sqlite_dossier(known.slug, name=known.name), uuid=UUID(known.dossier))


def restore_dossier(
    path: Path, *, login: str, accept_findings: bool = False, step: Step = lambda words: None
) -> tuple[Dossier, Restored]:
    """Checks a copy and puts it in the place of its dossier. Doing it twice changes nothing.

    Raises RestoreRefused, StagingRefused, DossierBusy, RightMissing: the dossier in use is then untouched."""
    copy = _sound_file(path)
    dossier = dossier_of_copy(copy)
    if dossier.engine == "sqlite":  # a new machine: the lock stands beside the file to come
        Path(dossier.location).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with exclusive(dossier, purpose="une restauration"):
        done = _already(dossier, copy) if in_use(dossier) else None
        if done is not None:
            return dossier, done
        if in_use(dossier):
            require_alone(dossier)
        step("Lecture du dossier en place")
        replaced = _look_at(dossier)
        step("Préparation de la copie")
        staged = stage_from_copy(dossier, copy.path)
        with ExitStack() as undo:
            undo.callback(discard, staged)
            result = _made_ready(staged, copy, replaced, login, accept_findings, step)
            step("Mise en place")
            result.aside = put_in_place(dossier, staged)
            undo.pop_all()
        if registry.find_dossier(dossier.slug) is None:
            registry.register(dossier)
        _finish(dossier)
    return dossier, result


def _sound_file(path: Path) -> Copy:
    copy = read_copy(path) or bare_copy(path, describe=_described)
    if copy is None:
        raise RestoreRefused(
            f"{path.name} n’est pas une copie de Comptoir, ou sa description (.json) manque à côté d’elle."
        )
    if not copy.here:
        raise RestoreRefused(f"Le fichier {copy.path} n’est pas à côté de sa description.")
    if digest_of(copy.path) != copy.manifest.sha256:
        raise RestoreRefused(f"{copy.path.name} n’est plus le fichier qui a été copié : son empreinte a changé.")
    return copy


def _described(file: sqlite3.Connection) -> dict[str, str]:
    """Whose accounts a file without description holds: its sealed records say it."""
    body, last = file.execute("SELECT body, max(received_at) FROM fiscal_record").fetchone()
    identity = json.loads(body)["dossier"]
    name = file.execute("SELECT legal_name FROM settings_company").fetchone()[0]
    known = next((one for one in registry.dossiers() if str(one.uuid) == identity), None)
    slug = known.slug if known else f"dossier-{identity[-12:]}"
    return {"dossier": identity, "slug": slug, "name": name, "made_at": instant_text(last)}


def _already(dossier: Dossier, copy: Copy) -> Restored | None:
    """The restoration of this very copy, when nothing was sealed by the server since: its answer was lost, or a process died."""
    try:
        with bound(dossier):
            past = restorations()
            last = Record.objects.filter(chain=f"{SERVER}-{latest_generation(SERVER)}-event").order_by("-seq").first()
            if not past or last is None or past[-1].record != last.id or past[-1].sha256 != copy.manifest.sha256:
                return None
            found = _told(past[-1], already=True)
    except (DatabaseError, UnsafeDatabase):
        return None
    _finish(dossier)
    return found


def _look_at(dossier: Dossier) -> _Replaced:
    found = _Replaced()
    if not in_use(dossier):
        return found
    try:
        with bound(dossier):
            found.tops = tops()
            found.revoked = list(Device.objects.exclude(revoked_at=None).values_list("token_digest", flat=True))
            found.left = [str(one) for one in User.objects.filter(active=False).values_list("pk", flat=True)]
            if not age().current:
                return found  # an older dossier is put back from a copy of this version: its heads are enough
            anchor_heads(reason="demand")
            found.seen = True
    except (DatabaseError, UnsafeDatabase):
        pass  # damaged: that is why a copy is put back
    return found


def _made_ready(
    staged: Dossier, copy: Copy, replaced: _Replaced, login: str, accept: bool, step: Step
) -> Restored:  # fmt: skip
    if age_of(staged).newer:
        raise RestoreRefused(
            "Cette copie vient d’une version plus récente de Comptoir. Mettez d’abord le logiciel à jour."
        )
    step("Mise à jour de la copie")
    build_tables(staged)  # and the triggers that a copy may lack
    with bound(staged):
        by = User.objects.filter(login=login, active=True).first()
        if by is None or str(by.pk) in replaced.left:
            raise RestoreRefused(
                f"Personne ne s’appelle « {login} » dans cette copie, ou son accès a été retiré depuis."
            )
        require_right(by, right="dossier.maintain")
        _require_same_dossier(copy)
        step("Vérification de la copie")
        findings = check_dossier(staged, outside=outside_checks())
        if findings and not accept:
            told = "\n".join(f"✗ {one.message}" for one in findings[:10])
            raise RestoreRefused(f"La copie n’est pas saine, rien n’est remplacé :\n{told}")
        with transaction.atomic():
            _keep_out(replaced)
            _tell(copy, replaced, by=by, findings=len(findings))
        result = _told(restorations()[-1], already=False)
        result.findings = len(findings)
        return result


def _require_same_dossier(copy: Copy) -> None:
    body = Record.objects.order_by("received_at").values_list("body", flat=True).first()
    if body is not None and json.loads(body).get("dossier") != copy.manifest.dossier:
        raise RestoreRefused("Ce fichier contient les comptes d’un autre dossier que celui que sa description annonce.")


def _keep_out(replaced: _Replaced) -> None:
    """Nobody who was shut out since the copy comes back in, and everybody logs in again."""
    Session.objects.all().delete()
    Device.objects.filter(token_digest__in=replaced.revoked, revoked_at=None).update(revoked_at=timezone.now())
    User.objects.filter(pk__in=replaced.left).update(active=False)


def _tell(copy: Copy, replaced: _Replaced, *, by: Any, findings: int) -> None:
    """The server's new key first, then the event: no record of the replaced dossier is continued by another one."""
    operator = {"id": str(by.pk), "name": by.name}
    mine = tops()
    known = furthest(mine.items(), replaced.tops.items(), anchored_heads())
    generation = max(next_generation(SERVER), 1 + max([0, *(_generation(name) for name in known)]))
    open_generation(generation, spki=new_public_key(generation), operator=operator)
    detail = restoration_detail(
        file=copy.path.name, made_at=copy.manifest.made_at, sha256=copy.manifest.sha256, seen=replaced.seen,
        findings=findings, copy=mine, known=known,
    )  # fmt: skip
    log_event(RESTORED, detail=detail, operator=operator)


def _generation(chain: str) -> int:
    register, generation, _ = chain.split("-", 2)
    return int(generation) if register == SERVER else 0


def _told(one: Restoration, *, already: bool) -> Restored:
    return Restored(
        already=already, aside="", made_at=one.made_at, seen=one.seen, behind=still_behind(),
        lost=lost_by_the_server(),
    )  # fmt: skip


def _finish(dossier: Dossier) -> None:
    """What may be done twice: the heads written outside, the former keys of the server removed from this machine."""
    with bound(dossier):
        anchor_heads(reason="restore")
        present = latest_generation(SERVER)
        for generation in range(1, present):
            server_key_path(generation).unlink(missing_ok=True)
