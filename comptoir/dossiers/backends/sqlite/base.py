"""Django's SQLite backend, with the durability settings of the house asserted on every connection."""

from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base

from comptoir.dossiers.backends.unsafe import UnsafeDatabase

BUSY_TIMEOUT_MS = 10_000
# What each connection asks for, then reads back: SQLite answers a refusal with another value, not with an exception.
PRAGMAS = (
    ("busy_timeout", str(BUSY_TIMEOUT_MS), BUSY_TIMEOUT_MS),
    ("journal_mode", "WAL", "wal"),
    ("synchronous", "FULL", 2),
    ("foreign_keys", "ON", 1),
    ("recursive_triggers", "ON", 1),
)


def existing_file(location: str) -> str:
    """The address by which SQLite opens a file without creating it: an empty new dossier in place of a lost one would
    look like lost books. Raises UnsafeDatabase when it is not there."""
    if location.startswith("file:"):
        return location
    if not Path(location).is_file():
        raise UnsafeDatabase(
            f"Le fichier {location} est introuvable. Remettez-le en place ou restaurez une sauvegarde."
        )
    return f"{Path(location).absolute().as_uri()}?mode=rw"


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        params["database"] = existing_file(params["database"])
        self.transaction_mode = "IMMEDIATE"
        params["timeout"] = BUSY_TIMEOUT_MS // 1000
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        for name, wanted, expected in PRAGMAS:
            connection.execute(f"PRAGMA {name} = {wanted}")
            granted = connection.execute(f"PRAGMA {name}").fetchone()[0]
            if granted != expected:
                connection.close()
                raise UnsafeDatabase(
                    f"Le fichier {self.settings_dict['NAME']} n’accepte pas {name}={wanted} (réponse : {granted}). "
                    "Placez le dossier sur un disque local."
                )
        return connection
