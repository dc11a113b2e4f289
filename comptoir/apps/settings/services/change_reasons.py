"""The reasons that tills offer: for cash put in or taken out, and for a drawer opened without a sale."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from comptoir.apps.access.models import User
from comptoir.apps.access.services.require_right import require_right
from comptoir.apps.fiscal.event_codes import COMPLIANCE_SETTING
from comptoir.apps.fiscal.services.seal_on_server import log_event
from comptoir.apps.settings.models import CashReason, Company, DrawerReason
from comptoir.apps.settings.packs import pack
from comptoir.apps.settings.services.set_up_company import SettingsRefused

MOST = 12  # of each kind: a till shows them all at once
LONGEST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A reason as the owner wants it. `code` is empty for a new one; `direction` is empty for a drawer's, and only read
    for a new one: sealed movements carry the code, whose sense never changes."""

    code: str = ""
    label: str
    direction: str = ""
    needs_label: bool = False
    active: bool = True


@transaction.atomic
def change_reasons(*, by: User, cash: Sequence[Reason], drawer: Sequence[Reason]) -> None:
    """Write both lists in the order given; what is left out of them stays as it is, nothing is ever erased.

    At most twelve are offered for each use, each with its own label. Needs `settings.edit`; what changed is an event 270
    that names the codes. Raises RightMissing, SettingsRefused; nothing is written then."""
    require_right(by, right="settings.edit")
    for direction in ("in", "out"):
        _check([row for row in cash if _direction(row) == direction])
    _check(drawer)
    changed = _write(CashReason, cash, prefix="cash") | _write(DrawerReason, drawer, prefix="drawer")
    if changed:
        detail = {"setting": "reasons", "fields": sorted(changed)}
        log_event(COMPLIANCE_SETTING, detail=detail, operator={"id": str(by.pk), "name": by.name})


@transaction.atomic
def propose_missing_reasons(*, by: User) -> list[str]:
    """Add the reasons of the country's pack that this shop has never had, as a shop set up before them lacks some.

    Returns their labels. Needs `settings.edit`; what was added is an event 270. Raises RightMissing."""
    require_right(by, right="settings.edit")
    missing = missing_reasons()
    CashReason.objects.bulk_create(CashReason(position=90 + i, **row) for i, row in enumerate(missing))
    if missing:
        detail = {"setting": "reasons", "fields": sorted(f"cash.{row['code']}" for row in missing)}
        log_event(COMPLIANCE_SETTING, detail=detail, operator={"id": str(by.pk), "name": by.name})
    return [row["label"] for row in missing]


def missing_reasons() -> list[dict[str, Any]]:
    """The pack's reasons of cash movements that this shop has not, retired or not."""
    known = set(CashReason.objects.values_list("code", flat=True))
    return [row for row in pack(Company.objects.get().country)["reasons"] if row["code"] not in known]


def _direction(row: Reason) -> str:
    known = CashReason.objects.filter(code=row.code).first() if row.code else None
    return known.direction if known else row.direction


def _check(rows: Iterable[Reason]) -> None:
    offered = [row for row in rows if row.active and (row.label.strip() or row.code)]
    labels = [row.label.strip().casefold() for row in offered]
    if "" in labels:
        raise SettingsRefused("Chaque motif proposé porte un nom. Pour ne plus le proposer, décochez-le.")
    twice = next((row.label.strip() for row in offered if labels.count(row.label.strip().casefold()) > 1), None)
    if twice:
        raise SettingsRefused(f"Le motif « {twice} » y est deux fois : gardez-en un.")
    if len(offered) > MOST:
        raise SettingsRefused(f"Gardez {MOST} motifs au plus de chaque sorte : la caisse les montre tous.")


def _write(model: Any, rows: Sequence[Reason], *, prefix: str) -> set[str]:
    """The codes that changed, with their kind in front."""
    known = {row.code: row for row in model.objects.all()}
    changed: set[str] = set()
    for position, wanted in enumerate(rows, start=1):
        label = wanted.label.strip()[:LONGEST]
        if not wanted.code and not label:
            continue
        found = known.get(wanted.code) if wanted.code else _fresh(model, wanted, known=known)
        if found is None:
            raise SettingsRefused("Ce motif n’existe plus. Rechargez la page.")
        before = _state(found) if wanted.code else None
        found.label, found.active, found.position = label or found.label, wanted.active, position
        if isinstance(found, CashReason):
            found.needs_label = wanted.needs_label
        found.save()
        known[found.code] = found
        if before is None or _state(found)[:-1] != before[:-1]:
            changed.add(f"{prefix}.{found.code}")
    return changed


def _fresh(model: Any, wanted: Reason, *, known: dict[str, Any]) -> Any:
    code = next(code for code in (f"reason_{n}" for n in range(1, 10_000)) if code not in known)
    if model is DrawerReason:
        return DrawerReason(code=code)
    if wanted.direction not in ("in", "out"):
        raise SettingsRefused("Dites si l’argent entre ou sort.")
    return CashReason(code=code, direction=wanted.direction)


def _state(row: Any) -> tuple[Any, ...]:
    return row.label, row.active, getattr(row, "needs_label", None), row.position
