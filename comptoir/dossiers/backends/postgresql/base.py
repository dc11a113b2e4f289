"""Django's PostgreSQL backend: one pool a dossier, and the durability settings asserted on every new connection."""

from typing import Any
from weakref import WeakSet

from django.db.backends.postgresql import base

from comptoir.dossiers.backends.unsafe import UnsafeDatabase

REQUIRED = {"fsync": {"on"}, "full_page_writes": {"on"}, "synchronous_commit": {"on", "remote_apply"}}
OLDEST = 150000

_pools: dict[Any, dict[str, Any]] = {}
_known_durable: WeakSet[Any] = WeakSet()


class DatabaseWrapper(base.DatabaseWrapper):
    def __init__(self, settings_dict: dict[str, Any], alias: str) -> None:
        super().__init__(settings_dict, alias)
        # Django keeps its pools by alias, and every dossier is called `default`.
        self._connection_pools = _pools.setdefault(settings_dict["DOSSIER"], {})

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        if connection not in _known_durable:  # the pool hands the same connections out again
            try:
                assert_durable(connection)
            except UnsafeDatabase:
                self.pool.putconn(connection) if self.pool else connection.close()
                raise
            _known_durable.add(connection)
        return connection


def assert_durable(connection: Any) -> None:
    """Raises UnsafeDatabase when the server could lose an acknowledged commit, or is older than PostgreSQL 15."""
    query = "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)"
    rows = connection.execute(query, [list(REQUIRED)]).fetchall()
    connection.rollback()  # the question opened a transaction
    weak = [f"{name}={setting}" for name, setting in rows if setting not in REQUIRED[name]]
    if weak:
        raise UnsafeDatabase(f"Le serveur PostgreSQL peut perdre des ventes : {', '.join(sorted(weak))}.")
    if connection.info.server_version < OLDEST:
        raise UnsafeDatabase("Il faut PostgreSQL 15 ou plus récent.")
