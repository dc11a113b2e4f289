"""What others may ask about people and their rights."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from comptoir.apps.access.models import RoleLimit, RoleRight, Session, User
from comptoir.apps.access.rights import AUDITOR, AUDITOR_NEVER, LIMITS, OWNER, OWNER_ALWAYS, RIGHTS


def users() -> QuerySet[User]:
    """Everybody, active or not."""
    return User.objects.all()


def user_by_id(user_id: UUID | str) -> User | None:
    """The person of this id, active or not; None for an unknown or malformed id."""
    try:
        return User.objects.filter(pk=UUID(str(user_id))).first()
    except ValueError:
        return None


def sessions_of(user: User, *, now: datetime) -> QuerySet[Session]:
    """The office sessions of a person that still open something, the last used first."""
    return Session.objects.filter(user=user, expire_date__gt=now).order_by("-seen_at")


def has_owner() -> bool:
    return User.objects.filter(role=OWNER, active=True).exists()


def rights_of(role: str) -> frozenset[str]:
    """The rights of a role: the defaults, changed by what the owner decided."""
    rights = {code for code, right in RIGHTS.items() if role in right.roles}
    for row in RoleRight.objects.filter(role=role, right__in=list(RIGHTS)):
        (rights.add if row.granted else rights.discard)(row.right)
    if role == OWNER:
        rights |= OWNER_ALWAYS
    if role == AUDITOR:
        rights -= AUDITOR_NEVER
    return frozenset(rights)


def has_right(user: Any, right: str) -> bool:
    """Whether an active person has a right; raises KeyError for a right that does not exist."""
    RIGHTS[right]
    return bool(user.active) and right in rights_of(user.role)


def limit_of(role: str, limit: str) -> int:
    """The value of a limit for a role, in the unit that its name tells."""
    row = RoleLimit.objects.filter(role=role, limit=limit).first()
    return row.value if row is not None else LIMITS[limit].values.get(role, 0)


def till_limits() -> dict[str, dict[str, int]]:
    """What each role may do alone at a till, limit by limit, in the unit that its name tells."""
    roles = ("owner", "manager", "cashier", "auditor")
    return {limit: {role: limit_of(role, limit) for role in roles} for limit in LIMITS}


AT_THE_TILL = frozenset({"catalog.edit"})  # rights of the office that a till uses too: a code no article has


def cashiers() -> list[dict[str, Any]]:
    """Who may log in at a till, as `bootstrap` carries it (docs/developer/shapes.md)."""
    rights = {role: sorted(rights_of(role)) for role in ("owner", "manager", "cashier")}
    return [
        {
            "id": str(user.id),
            "name": user.name,
            "initials": user.initials,
            "role": user.role,
            "rights": [code for code in rights[user.role] if code.startswith("till.") or code in AT_THE_TILL],
            "pin": pin_verifier(user),
        }
        for user in User.objects.filter(active=True, role__in=list(rights)).order_by("name", "id")
    ]


def pin_verifier(user: User) -> dict[str, Any] | None:
    """Salt and hash in base64 of PBKDF2-HMAC-SHA256 over the PIN's ASCII digits, 32 bytes; None without a PIN."""
    if user.pin_hash is None:
        return None
    return {"salt": user.pin_salt, "iterations": user.pin_iterations, "hash": user.pin_hash}
