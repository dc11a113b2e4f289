"""Login with a password, slowed down in the database by account and by device."""

import hashlib
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from comptoir.apps.access.models import Throttle, User
from comptoir.apps.access.refusals import CredentialsRefused, MustWait

LONGEST_WAIT_S = 60
FORGET_AFTER = timedelta(hours=24)


def authenticate(login: str, *, password: str, device: str | None, now: datetime) -> User:
    """The active person whose password this is.

    Each try is counted before the password is looked at, so that fifty tries at once count fifty. After a refusal the
    account, and the device, wait 1, 2, 4 … 60 s (ASVS 6.3.1); never the address, which a whole shop shares.
    Raises CredentialsRefused (the same whether the person exists or not), MustWait.
    """
    login = login.strip().lower()
    scopes = [("account", login)] + ([("device", device)] if device else [])
    keys = [(scope, hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()) for scope, text in scopes]
    _count_try(keys, now)
    user = User.objects.filter(login=login, active=True).exclude(password="").first()
    if user is None:
        make_password(password)  # as long as a real check, so that the time tells nothing
        raise CredentialsRefused
    if not check_password(password, user.password):
        raise CredentialsRefused
    Throttle.objects.filter(scope="account", key=keys[0][1]).delete()
    if device:
        Throttle.objects.filter(scope="device", key=keys[1][1]).delete()
    return user


@transaction.atomic
def _count_try(keys: list[tuple[str, str]], now: datetime) -> None:
    rows = [_locked(scope, key) for scope, key in keys]
    waits = [_seconds_left(row, now) for row in rows]
    if max(waits) > 0:
        raise MustWait(max(waits))
    for row in rows:
        if row.blocked_until is not None and now - row.blocked_until > FORGET_AFTER:
            row.failures = 0
        row.blocked_until = now + timedelta(seconds=min(LONGEST_WAIT_S, 2 ** min(row.failures, 6)))
        row.failures += 1
        row.save()


def lift_wait(login: str) -> None:
    """A manager lets a person try again at once."""
    key = hashlib.sha256(login.strip().lower().encode()).hexdigest()
    Throttle.objects.filter(scope="account", key=key).delete()


def _locked(scope: str, key: str) -> Throttle:
    Throttle.objects.get_or_create(scope=scope, key=key)
    return Throttle.objects.select_for_update().get(scope=scope, key=key)


def _seconds_left(row: Throttle, now: datetime) -> int:
    if row.blocked_until is None or row.blocked_until <= now:
        return 0
    left = row.blocked_until - now
    return left.seconds + left.days * 86_400 + (1 if left.microseconds else 0)
