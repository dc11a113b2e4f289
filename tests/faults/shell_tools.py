"""The database changed behind the application's back with the tools that everybody has: `sqlite3` and `psql`, run as
programs, triggers and foreign keys off."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from django.db import connection, connections

from comptoir.dossiers.binding import Dossier
from tests.postgres_server import binaries


class Tool:
    """Runs SQL on one dossier, and copies it away and back."""

    def __init__(self, dossier: Dossier) -> None:
        self.dossier = dossier
        self.sqlite = dossier.engine == "sqlite"
        needed = "sqlite3" if self.sqlite else "psql"
        if shutil.which(needed) is None:
            pytest.skip(f"{needed} is not installed")

    def run(self, *statements: str) -> str:
        """What the tool printed. Everything happens in one transaction."""
        if self.sqlite:
            dropped = [f'DROP TRIGGER "{name}";' for name in self._triggers()]
            text = "\n".join(
                ["PRAGMA foreign_keys = OFF;", "BEGIN;", *dropped, *(f"{one};" for one in statements), "COMMIT;"]
            )
            return self._shell(["sqlite3", "-bail", self.dossier.location], text)
        silenced = [f'ALTER TABLE "{table}" DISABLE TRIGGER ALL;' for table in self._tables()]
        text = "\n".join(["BEGIN;", *silenced, *(f"{one};" for one in statements), "COMMIT;"])
        return self._shell(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *self._address()], text)

    def ask(self, sql: str) -> list[str]:
        """The lines of an answer, columns separated by `|`."""
        command = (
            ["sqlite3", self.dossier.location] if self.sqlite else ["psql", "-X", "-q", "-A", "-t", *self._address()]
        )
        return self._shell(command, f"{sql};").splitlines()

    def copy_away(self, target: Path) -> None:
        """A backup made with the engine's own tool while the application is connected."""
        if self.sqlite:
            self._shell(["sqlite3", self.dossier.location], f".backup '{target}'\n")
        else:
            dump = [str(_program("pg_dump")), "-Fc", "-f", str(target), *self._address()]
            self._shell(dump, "")

    def put_back(self, source: Path) -> None:
        """The backup in place of what stands there, as a person in a hurry does it."""
        connections.forget(self.dossier)
        if self.sqlite:
            for suffix in ("-wal", "-shm"):
                Path(self.dossier.location + suffix).unlink(missing_ok=True)
            shutil.copyfile(source, self.dossier.location)
            return
        self._shell(["psql", "-X", "-q", *self._address("postgres")], f"DROP DATABASE {self.dossier.location} WITH (FORCE);\n"
                    f"CREATE DATABASE {self.dossier.location};\n")  # fmt: skip
        self._shell([str(_program("pg_restore")), "--exit-on-error", *self._address(), str(source)], "")

    def _triggers(self) -> list[str]:
        return self._shell(
            ["sqlite3", self.dossier.location], "SELECT name FROM sqlite_master WHERE type = 'trigger';"
        ).split()

    def _tables(self) -> list[str]:
        with connection.cursor() as cursor:
            return connection.introspection.table_names(cursor)

    def _address(self, database: str = "") -> list[str]:
        options = self.dossier.options
        return [
            "-h",
            options["host"],
            "-p",
            options["port"],
            "-U",
            options["user"],
            "-d",
            database or self.dossier.location,
        ]

    @staticmethod
    def _shell(command: list[str], text: str) -> str:
        done = subprocess.run(
            command, input=text, capture_output=True, text=True, timeout=120, env={**os.environ, "LC_ALL": "C.UTF-8"}
        )
        assert done.returncode == 0 and not done.stderr.strip(), f"{command[0]}: {done.stderr}\n{text[-500:]}"
        return done.stdout


def _program(name: str) -> Path:
    """PostgreSQL's client programs stand beside its server's."""
    folder = binaries()
    assert folder is not None
    return folder / name
