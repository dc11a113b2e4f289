"""People arrive, change role, leave."""

import re
import unicodedata

from django.contrib.auth.hashers import make_password
from django.db import transaction

from comptoir.apps.access.models import Session, User
from comptoir.apps.access.models.user import ROLES
from comptoir.apps.access.queries import has_owner
from comptoir.apps.access.refusals import UserRefused
from comptoir.apps.access.rights import OWNER
from comptoir.apps.access.services.record_change import record_change
from comptoir.apps.access.services.require_right import require_over
from comptoir.apps.access.services.set_password import check_password_strength
from comptoir.apps.access.services.set_pin import check_pin, refuse_shared_pin, store_pin

_LOGIN = re.compile(r"[a-z0-9._@-]{2,60}")


@transaction.atomic
def create_owner(login: str, *, name: str, password: str) -> User:
    """The first person of a dossier. Raises UserRefused when the dossier already has an owner, PasswordRefused."""
    if has_owner():
        raise UserRefused("Ce dossier a déjà un propriétaire.")
    return _create(login, name=name, role=OWNER, password=password, pin=None)


@transaction.atomic
def create_user(
    login: str, *, name: str, role: str, by: User, password: str | None = None, pin: str | None = None
) -> User:
    """Add a person. Needs `users.manage`; only an owner adds owners and auditors.

    Raises RightMissing, UserRefused, PasswordRefused, PinRefused; nothing is written then.
    """
    require_over(by, role=role)
    user = _create(login, name=name, role=role, password=password, pin=pin)
    record_change("user_created", by=by, subject=str(user.pk), role=role)
    return user


@transaction.atomic
def change_user(user: User, *, by: User, name: str | None = None, role: str | None = None) -> None:
    """Rename a person or give another role. Raises RightMissing, UserRefused (the last owner stays owner)."""
    require_over(by, role=user.role)
    if role is not None and role != user.role:
        require_over(by, role=role)
        _known_role(role)
        _keep_an_owner(user)
        record_change("role_changed", by=by, subject=str(user.pk), before=user.role, after=role)
        user.role = role
        Session.objects.filter(user=user).delete()
    if name is not None:
        user.name, user.initials = _clean_name(name), initials_of(name)
    user.save(update_fields=["name", "initials", "role"])


@transaction.atomic
def deactivate_user(user: User, *, by: User) -> None:
    """A person leaves: no login, no PIN, sessions closed at once. Raises RightMissing, UserRefused."""
    require_over(by, role=user.role)
    _keep_an_owner(user)
    user.active = False
    store_pin(user, pin=None)
    user.save(update_fields=["active", "pin_salt", "pin_iterations", "pin_hash"])
    record_change("user_deactivated", by=by, subject=str(user.pk))
    Session.objects.filter(user=user).delete()


@transaction.atomic
def reactivate_user(user: User, *, by: User) -> None:
    """A person comes back, without PIN. Raises RightMissing."""
    require_over(by, role=user.role)
    user.active = True
    user.save(update_fields=["active"])
    record_change("user_reactivated", by=by, subject=str(user.pk))


def initials_of(name: str) -> str:
    """Up to two capitals without accents: "Léa Dupont-Martin" is LD."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.findall(r"[A-Za-z0-9]+", plain)
    return "".join(word[0] for word in words[:2]).upper() or "?"


def _create(login: str, *, name: str, role: str, password: str | None, pin: str | None) -> User:
    login = login.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise UserRefused("L’identifiant s’écrit en lettres sans accent, chiffres, point ou tiret (2 à 60 caractères).")
    if User.objects.filter(login=login).exists():
        raise UserRefused(f"L’identifiant « {login} » est déjà pris.")
    _known_role(role)
    user = User(login=login, name=_clean_name(name), initials=initials_of(name), role=role)
    if password is not None:
        check_password_strength(password, login=login)
        user.password = make_password(password)
    if pin is not None:
        check_pin(pin)
        refuse_shared_pin(user, pin=pin)
        store_pin(user, pin=pin)
    user.save(force_insert=True)
    return user


def _known_role(role: str) -> None:
    if role not in dict(ROLES):
        raise UserRefused("Ce rôle n’existe pas.")


def _clean_name(name: str) -> str:
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not name or len(name) > 80:
        raise UserRefused("Indiquez un nom de 80 caractères au plus.")
    return name


def _keep_an_owner(user: User) -> None:
    # Locked, so that two owners who remove each other at once take turns: the second one finds nobody else left.
    owners = set(User.objects.select_for_update().filter(role=OWNER, active=True).values_list("pk", flat=True))
    if user.role == OWNER and not owners - {user.pk}:
        raise UserRefused("Le dossier doit garder un propriétaire. Désignez-en un autre d’abord.")
