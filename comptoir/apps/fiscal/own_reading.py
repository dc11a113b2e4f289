"""How `verify` reads a dossier on this process's own connection, and how other processes reach the same database."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from .raw_rows import fetch_rows
from .reading import Reader, Row, Source


class OwnReader(Reader):
    """Through the connection of this process: sees what its transaction has written and not committed."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        super().__init__(connection.vendor)
        self._connection = connection

    def fetch(self, sql: str, parameters: Sequence[Any]) -> list[Row]:
        return fetch_rows(self._connection, sql, parameters)


def source_of(connection: BaseDatabaseWrapper) -> Source | None:
    """How another process reaches the database of this connection; None when it cannot."""
    settings = connection.settings_dict
    if connection.vendor == "postgresql":
        names = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}
        given = {name: str(settings[key]) for key, name in names.items() if settings.get(key)}
        return Source("postgresql", str(settings["NAME"]), given)
    path = Path(str(settings["NAME"]))
    return Source("sqlite", f"{path.absolute().as_uri()}?mode=ro", {}) if path.is_file() else None
