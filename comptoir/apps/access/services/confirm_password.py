"""Before what cannot be taken back, the person at the screen types their password again (ASVS 7.5.1, 7.5.3)."""

from datetime import datetime

from comptoir.apps.access.models import User
from comptoir.apps.access.refusals import CredentialsRefused
from comptoir.apps.access.services.authenticate import authenticate


def confirm_password(by: User, *, password: str, now: datetime) -> None:
    """Nothing when this is the person's own password; tries are counted and slowed down as at the login page.

    Call it outside a transaction: a refusal must keep its count. Raises CredentialsRefused, MustWait."""
    if authenticate(by.login, password=password, device=None, now=now).pk != by.pk:
        raise CredentialsRefused
