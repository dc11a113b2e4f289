"""The connection handler that resolves `default` from the bound dossier, and refuses to work when none is bound."""

from collections.abc import Iterator
from typing import Any

from asgiref.local import Local
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler, load_backend

from comptoir.dossiers.binding import Dossier, current_dossier, required_dossier

ENGINES = {
    "sqlite": "comptoir.dossiers.backends.sqlite",
    "postgresql": "comptoir.dossiers.backends.postgresql",
}


class DossierConnectionHandler(ConnectionHandler):
    """One connection per thread and dossier, all known to Django as `default`, so that a plain `atomic()` protects."""

    _connections: Local

    def __getitem__(self, alias: str) -> BaseDatabaseWrapper:
        if alias != DEFAULT_DB_ALIAS:
            raise self.exception_class(f"The connection '{alias}' doesn't exist.")
        opened = self._opened()
        dossier = current_dossier()
        if dossier is None:
            return _unbound()
        if dossier.uuid not in opened:
            opened[dossier.uuid] = connection_to(dossier)
        return opened[dossier.uuid]

    def __setitem__(self, key: str, value: Any) -> None:
        self._opened()[required_dossier().uuid] = value

    def __delitem__(self, key: str) -> None:
        del self._opened()[required_dossier().uuid]

    def __iter__(self) -> Iterator[str]:
        return iter(())  # nothing may walk "every database": `default` exists only inside a dossier

    def all(self, initialized_only: bool = False) -> list[BaseDatabaseWrapper]:
        """The connections this thread has opened; closing them needs no bound dossier."""
        if not initialized_only and current_dossier() is not None:
            self[DEFAULT_DB_ALIAS]
        return list(self._opened().values())

    def forget(self, dossier: Dossier) -> None:
        """Close and drop this thread's connection to a dossier."""
        connection = self._opened().pop(dossier.uuid, None)
        if connection is not None:
            connection.close()
            if dossier.engine == "postgresql":
                connection.close_pool()

    def _opened(self) -> dict[Any, BaseDatabaseWrapper]:
        try:
            return self._connections.by_dossier
        except AttributeError:
            self._connections.by_dossier = {}
            return self._connections.by_dossier


def _unbound() -> BaseDatabaseWrapper:
    from comptoir.dossiers.unbound import UnboundConnection

    base = connections.configure_settings({DEFAULT_DB_ALIAS: {"ENGINE": ENGINES["sqlite"], "NAME": ""}})
    return UnboundConnection(base[DEFAULT_DB_ALIAS], DEFAULT_DB_ALIAS)


def connection_to(dossier: Dossier) -> BaseDatabaseWrapper:
    """A new, still closed connection to a dossier."""
    base = connections.configure_settings({DEFAULT_DB_ALIAS: _settings_of(dossier)})
    backend = load_backend(ENGINES[dossier.engine])
    return backend.DatabaseWrapper(base[DEFAULT_DB_ALIAS], DEFAULT_DB_ALIAS)


def _settings_of(dossier: Dossier) -> dict[str, Any]:
    options = dict(dossier.options)
    base = {"ENGINE": ENGINES[dossier.engine], "NAME": dossier.location, "DOSSIER": dossier.uuid}
    if dossier.engine == "sqlite":
        return base | {"CONN_MAX_AGE": None}
    return base | {
        "HOST": options.get("host", ""),
        "PORT": options.get("port", ""),
        "USER": options.get("user", ""),
        "PASSWORD": options.get("password", ""),
        "CONN_MAX_AGE": 0,  # a connection goes back to the pool at the end of each request
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": int(options.get("pool", "20")), "timeout": 10},
            "connect_timeout": 2,
            "tcp_user_timeout": 10_000,
            "application_name": "comptoir",
        },
    }


def install() -> None:
    """Make Django's own `connections` object fail closed. Called once, by the settings, before anything connects."""
    connections.__class__ = DossierConnectionHandler  # in place: every module of Django already holds this object
