"""Django's PostgreSQL backend, one pool per dossier."""

from typing import Any

from django.db.backends.postgresql import base

_pools: dict[Any, dict[str, Any]] = {}


class DatabaseWrapper(base.DatabaseWrapper):
    def __init__(self, settings_dict: dict[str, Any], alias: str) -> None:
        super().__init__(settings_dict, alias)
        self._connection_pools = _pools.setdefault(settings_dict["DOSSIER"], {})
