"""The owner changes what a role may do."""

from django.db import transaction

from comptoir.apps.access.models import RoleLimit, RoleRight, User
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
