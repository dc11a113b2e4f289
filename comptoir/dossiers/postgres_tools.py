"""What is done to a whole PostgreSQL database: ask its server, dump it, read a dump back, rename it."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from comptoir.dossiers.binding import Dossier

_KEYS = ("host", "port", "user", "password")


class PostgresRefusal(RuntimeError):
    """The server, or one of its programs, did not do what was asked; the message is in French."""


def maintain(dossier: Dossier, *statements: sql.Composed) -> None:
    """Runs statements on the dossier's server, outside its database; several are one transaction.

    Raises psycopg.Error; CREATE DATABASE and DROP DATABASE must come alone."""
    with psycopg.connect(dbname="postgres", autocommit=True, connect_timeout=5, **_address(dossier)) as connection:
        if len(statements) == 1:
            connection.execute(statements[0])
            return
        with connection.transaction():
            for statement in statements:
                connection.execute(statement)


def databases(dossier: Dossier) -> set[str]:
    """The names of the databases of the dossier's server."""
    return {row[0] for row in _asked(dossier, "SELECT datname FROM pg_database")}


def others_inside(dossier: Dossier) -> int:
    """How many sessions other than this process's own are in the dossier's database."""
    query = (  # the server's own workers, vacuuming at this moment, are nobody's session
        "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'"
    )
    return int(_asked(dossier, query, [dossier.location])[0][0])


def size_of(dossier: Dossier) -> int:
    """Bytes of the dossier's database on its server's disk."""
    return int(_asked(dossier, "SELECT pg_database_size(%s::name)", [dossier.location])[0][0])


def dump(dossier: Dossier, path: Path) -> None:
    """Writes the database as one compressed file of pg_dump's own format. Raises PostgresRefusal."""
    _run("pg_dump", dossier, "--format=custom", "--no-owner", f"--file={path}", dossier.location)


def read_dump(path: Path) -> None:
    """Reads a whole dump and throws it away: a torn one is refused. Raises PostgresRefusal."""
    _run("pg_restore", None, "--file=/dev/null", str(path))


def fill(dossier: Dossier, path: Path) -> None:
    """Reads a dump into the dossier's empty database, whole or not at all. Raises PostgresRefusal."""
    _run(
        "pg_restore", dossier, "--no-owner", "--single-transaction", "--exit-on-error", f"--dbname={dossier.location}",
        str(path),
    )  # fmt: skip


def _address(dossier: Dossier) -> dict[str, Any]:
    return {key: dossier.options[key] for key in _KEYS if dossier.options.get(key)}


def _asked(dossier: Dossier, query: Any, parameters: Any = ()) -> list[tuple[Any, ...]]:
    try:
        with psycopg.connect(dbname="postgres", autocommit=True, connect_timeout=5, **_address(dossier)) as connection:
            return connection.execute(query, parameters).fetchall()
    except psycopg.OperationalError as problem:
        raise PostgresRefusal("Le serveur PostgreSQL ne répond pas. Vérifiez son adresse et son compte.") from problem


def _run(name: str, dossier: Dossier | None, *arguments: str) -> None:
    program = shutil.which(name)
    if program is None:
        raise PostgresRefusal(f"Le programme {name} manque sur cette machine (paquet « postgresql-client »).")
    environment = dict(os.environ)
    for key, variable in zip(_KEYS, ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD"), strict=True):
        if dossier is not None and dossier.options.get(key):
            environment[variable] = dossier.options[key]  # never on the command line, where others read it
    done = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True)
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise PostgresRefusal(f"{name} s’est arrêté : {said[-1] if said else done.returncode}")
