"""What Django finds as its connection when no dossier is bound: it can name and describe, it never connects.

Django asks the connection for the longest name of a table while models load, and for features while migrations are
written; neither touches data. Anything that would reach a database raises NoDossierBound."""

from typing import Any, NoReturn

from comptoir.dossiers.backends.sqlite import base
from comptoir.dossiers.binding import NoDossierBound


class UnboundConnection(base.DatabaseWrapper):
    def connect(self) -> NoReturn:
        raise NoDossierBound("no dossier is bound to this context")

    def ensure_connection(self) -> NoReturn:
        self.connect()

    def get_new_connection(self, conn_params: dict[str, Any]) -> NoReturn:
        self.connect()
