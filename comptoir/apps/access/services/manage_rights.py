"""The owner changes what a role may do."""

from collections.abc import Mapping

from django.db import transaction

from comptoir.apps.access.models import RoleLimit, RoleRight, User
from comptoir.apps.access.queries import limit_of, rights_of
from comptoir.apps.access.refusals import UserRefused
from comptoir.apps.access.rights import AUDITOR, AUDITOR_NEVER, LIMITS, OWNER, OWNER_ALWAYS, RIGHTS
from comptoir.apps.access.services.record_change import record_change
from comptoir.apps.access.services.require_right import require_right


@transaction.atomic
def set_role_right(role: str, *, right: str, granted: bool, by: User) -> None:
    """Grant or withdraw a right. Raises RightMissing, KeyError (unknown right), UserRefused (fixed ones)."""
    require_right(by, right="rights.manage")
    RIGHTS[right]
    if (role == OWNER and right in OWNER_ALWAYS and not granted) or (
        role == AUDITOR and right in AUDITOR_NEVER and granted
    ):
        raise UserRefused("Ce droit ne peut pas être changé pour ce rôle.")
    RoleRight.objects.update_or_create(role=role, right=right, defaults={"granted": granted})
    record_change("right_granted" if granted else "right_withdrawn", by=by, subject=role, right=right)


@transaction.atomic
def set_role_limit(role: str, *, limit: str, value: int, by: User) -> None:
    """Change a limit, in its own unit. Raises RightMissing, KeyError (unknown limit), UserRefused (negative)."""
    require_right(by, right="rights.manage")
    LIMITS[limit]
    if value < 0:
        raise UserRefused("Une limite ne peut pas être négative.")
    RoleLimit.objects.update_or_create(role=role, limit=limit, defaults={"value": value})
    record_change("limit_changed", by=by, subject=role, limit=limit, value=value)


@transaction.atomic
def change_roles(
    *, by: User, rights: Mapping[tuple[str, str], bool], limits: Mapping[tuple[str, str], int]
) -> tuple[int, int]:
    """Set the rights and limits given by (role, code); what already is so is left alone. All or none.

    Returns how many rights and how many limits changed, each an event 130. Raises RightMissing, KeyError, UserRefused."""
    require_right(by, right="rights.manage")
    held = {role: rights_of(role) for role, _code in rights}
    changed = [(role, code, on) for (role, code), on in rights.items() if (code in held[role]) != on]
    for role, code, on in changed:
        set_role_right(role, right=code, granted=on, by=by)
    other = [(role, code, value) for (role, code), value in limits.items() if limit_of(role, code) != value]
    for role, code, value in other:
        set_role_limit(role, limit=code, value=value, by=by)
    return len(changed), len(other)


def is_fixed(role: str, *, right: str) -> bool:
    """Whether a right stays as it is for a role, whatever the owner wishes."""
    return (role == OWNER and right in OWNER_ALWAYS) or (role == AUDITOR and right in AUDITOR_NEVER)
