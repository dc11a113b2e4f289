"""The password of the mail account: a file of its owner alone, outside the dossier, so a copy of the dossier cannot send.

It is written by the settings and read by the worker; no page, log or answer ever shows it."""

import os
from pathlib import Path

from django.conf import settings

from comptoir.apps.fiscal.server_key import dossier_id


def _path() -> Path:
    return settings.DATA_FOLDER() / "keys" / f"{dossier_id()}-mail"


def has_mail_password() -> bool:
    return _path().exists()


def mail_password() -> str:
    """The password, or an empty text when none was given."""
    try:
        return _path().read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def keep_mail_password(password: str) -> None:
    """Replaces the password; mode 0600 and on disk before the call returns. An empty text removes it."""
    path = _path()
    if not password:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(password)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
