"""The house's SQLite backend with apsw below it: same settings asserted on connection, another file system."""

from typing import Any

from django.db.backends.sqlite3 import base
from django.db.backends.sqlite3._functions import register as register_functions

from comptoir.dossiers.backends.sqlite.base import DatabaseWrapper as HouseWrapper
from tests.faults import apsw_database

# The control that must lose changes this to "NORMAL" after the house's own checks have passed.
SYNCHRONOUS_AFTER_CHECKS: dict[str, str] = {}
AUTOCHECKPOINT_PAGES: dict[str, int] = {}


class _ApswWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        vfs, path = self.settings_dict["NAME"].removeprefix("file:").split("::")
        connection = apsw_database.Connection(path, vfs=vfs)
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        register_functions(connection)
        connection.execute("PRAGMA legacy_alter_table = OFF")
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        return self.connection.cursor(factory=_FormatCursor)


class _FormatCursor(apsw_database.Cursor):
    """Django writes %s where SQLite wants ?."""

    convert_query = base.SQLiteCursorWrapper.convert_query

    def execute(self, query: str, params: Any = None) -> Any:
        if params is None:
            return super().execute(query)
        names = list(params) if isinstance(params, dict) else None
        return super().execute(self.convert_query(query, param_names=names), params)

    def executemany(self, query: str, param_list: Any) -> Any:
        return super().executemany(self.convert_query(query), param_list)


class DatabaseWrapper(HouseWrapper, _ApswWrapper):
    """Method order: the house's checks, then apsw's connection in place of sqlite3's, then Django."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        name = self.settings_dict["NAME"].removeprefix("file:").split("::")[0]
        if name in SYNCHRONOUS_AFTER_CHECKS:
            connection.execute(f"PRAGMA synchronous = {SYNCHRONOUS_AFTER_CHECKS[name]}")
        if name in AUTOCHECKPOINT_PAGES:
            connection.execute(f"PRAGMA wal_autocheckpoint = {AUTOCHECKPOINT_PAGES[name]}")
        return connection
