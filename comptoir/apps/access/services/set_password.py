"""Passwords of the office: argon2id, 12 characters at least, none of the well-known ones (ASVS 5.0, 6.2.1 to 6.2.9)."""

from functools import cache

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import CommonPasswordValidator

from comptoir.apps.access.models import Session, User
from comptoir.apps.access.refusals import PasswordRefused
from comptoir.apps.access.services.require_right import require_over

SHORTEST, LONGEST = 12, 256


@cache
def _common_passwords() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)


def check_password_strength(password: str, *, login: str) -> None:
    """Raises PasswordRefused, saying what to do, when a password is too short, too long or too easy to guess."""
    if len(password) < SHORTEST:
        raise PasswordRefused(f"Choisissez au moins {SHORTEST} caractères ; une phrase convient très bien.")
    if len(password) > LONGEST:
        raise PasswordRefused(f"Choisissez {LONGEST} caractères au plus.")
    plain = password.casefold().strip()
    named = len(login) > 3 and login in plain  # « jo » or « al » stand in half the sentences of French
    if plain in _common_passwords() or len(set(plain)) < 5 or plain.isdigit() or named:
        raise PasswordRefused("Ce mot de passe est trop facile à deviner. Choisissez une phrase à vous.")


def set_password(user: User, *, password: str, by: User) -> None:
    """Give a person a new password and close their sessions.

    Anybody may change their own; another person's needs `users.manage`, an owner's or an auditor's `rights.manage`.
    Raises PasswordRefused, RightMissing; nothing is written then.
    """
    if by.pk != user.pk:
        require_over(by, role=user.role)
    check_password_strength(password, login=user.login)
    user.password = make_password(password)
    user.save(update_fields=["password"])
    Session.objects.filter(user=user).delete()
