"""The key that signs sessions and messages: made once, kept in the data folder, readable by its owner alone."""

import secrets

from comptoir.dossiers.home import home, home_path, write_private

_NAME = "secret-key"


def existing_secret_key() -> str | None:
    """The key of this installation, or None before the server's first start."""
    path = home_path() / _NAME
    return path.read_text(encoding="ascii").strip() if path.is_file() else None


def ensure_secret_key() -> None:
    """Make the key if there is none; to be called before the settings are loaded."""
    if existing_secret_key() is None:
        write_private(home() / _NAME, secrets.token_urlsafe(64))
