"""A machine with the real schema on the faulty disk: started, cut, started again, inside one test process."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import apsw
from django.db import connection, connections

from comptoir.apps.fiscal import queries as fiscal_queries
from comptoir.apps.till.services import receive_records
from comptoir.dossiers import connections as dossier_connections
from comptoir.dossiers.binding import Dossier, bound
from tests.faults.apsw_engine import base as apsw_backend
from tests.faults.disk import Disk, Platter

DATABASE = "/dossier.comptoir"
dossier_connections.ENGINES["apsw"] = "tests.faults.apsw_engine"


class Machine:
    """One dossier on one disk. `content` is a migrated and set-up SQLite file."""

    def __init__(
        self, *, content: bytes, seed: int, synchronous: str = "FULL", autocheckpoint: int = 1000,
        identity: uuid.UUID | None = None,
    ) -> None:  # fmt: skip
        self.vfs = f"faulty-{uuid.uuid4().hex}"
        self.disk = Disk(name=self.vfs, seed=seed)
        self.disk.files[DATABASE] = Platter(content)
        if synchronous != "FULL":
            apsw_backend.SYNCHRONOUS_AFTER_CHECKS[self.vfs] = synchronous
        apsw_backend.AUTOCHECKPOINT_PAGES[self.vfs] = autocheckpoint
        self.cuts = 0
        self.dossier = Dossier(
            slug="essai", uuid=identity or uuid.uuid4(), name="Essai", engine="apsw",
            location=f"file:{self.vfs}::{DATABASE}",
        )  # fmt: skip

    @contextmanager
    def open(self) -> Iterator[None]:
        with bound(self.dossier):
            yield

    def power_cut(self, *, subset: bool) -> None:
        """The process is gone and the disk holds what it held; then everything starts again."""
        self.disk.on = False
        self._drop_connection()
        self.disk.restart(subset=subset)
        self.cuts += 1
        receive_records._desks.pop(self.dossier.uuid, None)  # what the dead process knew
        fiscal_queries._keys.clear()

    def content(self) -> bytes:
        """The file after an orderly stop: the last connection folds the write-ahead log into it."""
        self._drop_connection()
        return bytes(self.disk.files[DATABASE].current)

    def stop(self) -> None:
        self._drop_connection()
        self.disk.unregister()
        apsw_backend.SYNCHRONOUS_AFTER_CHECKS.pop(self.vfs, None)
        apsw_backend.AUTOCHECKPOINT_PAGES.pop(self.vfs, None)

    def integrity(self) -> str:
        with self.open(), connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            rows = [row[0] for row in cursor.fetchall()]
            cursor.execute("PRAGMA foreign_key_check")
            broken = cursor.fetchall()
        return "ok" if rows == ["ok"] and not broken else f"{rows} {broken}"

    def _drop_connection(self) -> None:
        with bound(self.dossier):
            wrapper = connections._opened().pop(self.dossier.uuid, None)
        if wrapper is not None and wrapper.connection is not None:
            # Closing may fail, as it may on a dying machine: SQLite then tries to fold its log into the file.
            raw = wrapper.connection.apsw
            wrapper.connection = None
            try:
                raw.close(True)
            except apsw.Error:
                return
