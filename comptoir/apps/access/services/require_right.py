"""The check that every service makes before it acts for a person."""

from typing import Any

from comptoir.apps.access.queries import has_right, limit_of
from comptoir.apps.access.refusals import RightMissing
from comptoir.apps.access.rights import AUDITOR, LIMITS, OWNER, RIGHTS


def require_right(user: Any, *, right: str) -> None:
    """Raises RightMissing unless the active person has the right; KeyError for a right that does not exist."""
    if not has_right(user, right):
        raise RightMissing(right, RIGHTS[right].label)


def require_over(by: Any, *, role: str) -> None:
    """Owners and auditors are the owner's business: a manager must not make, unmake or impersonate whoever watches them.
    Raises RightMissing."""
    require_right(by, right="rights.manage" if role in (OWNER, AUDITOR) else "users.manage")


def require_within_limit(user: Any, *, limit: str, value: int) -> None:
    """Raises RightMissing when a value, in the limit's unit, passes what the person's role allows."""
    if value > limit_of(user.role, limit):
        raise RightMissing(limit, LIMITS[limit].label)
