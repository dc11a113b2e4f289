"""A dossier made ready beside the one in use, then put in its place in one step; the replaced one is kept aside.

Nothing touches the dossier in use before `put_in_place`. Whatever the instant at which a process dies, the dossier opens:
as it was, or as it was made ready."""

import os
import shutil
import sqlite3
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from django.db import connections
from psycopg import sql

from comptoir.dossiers import postgres_tools
from comptoir.dossiers.backends.sqlite.base import existing_file
from comptoir.dossiers.binding import Dossier
from comptoir.dossiers.lock import DossierBusy

_SPARE_BYTES = 100_000_000
LEAVING_S = 2.0  # a session just closed stays in PostgreSQL's list until its process has ended


class StagingRefused(RuntimeError):
    """The dossier in use stays as it is; the message is in French."""


def staged_of(dossier: Dossier) -> Dossier:
    """The description of the dossier made ready beside this one: the same identity, another place."""
    suffix = ".pret" if dossier.engine == "sqlite" else "_pret"
    return replace(dossier, location=f"{dossier.location}{suffix}")


def discard(staged: Dossier) -> None:
    """Removes what was made ready and is not wanted, or what a process that died left."""
    connections.forget(staged)
    if staged.engine == "sqlite":
        for name in _files_of(staged.location):
            Path(name).unlink(missing_ok=True)
    else:
        _maintain(staged, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(staged.location)))


def stage_from_copy(dossier: Dossier, path: Path) -> Dossier:
    """Makes a dossier ready from the file of a copy."""
    staged = staged_of(dossier)
    discard(staged)
    if dossier.engine == "sqlite":
        folder = Path(staged.location).parent
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if shutil.disk_usage(folder).free < path.stat().st_size + _SPARE_BYTES:
            raise StagingRefused(f"Il n’y a plus assez de place sur le disque de {folder} pour y préparer la copie.")
        os.close(os.open(staged.location, os.O_CREAT | os.O_WRONLY, 0o600))
        try:
            shutil.copyfile(path, staged.location)
        except OSError as problem:
            discard(staged)
            raise StagingRefused(f"La copie n’a pas pu être lue en entier : {problem.strerror}.") from problem
        return staged
    _maintain(staged, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(staged.location)))
    try:
        postgres_tools.fill(staged, path)
    except postgres_tools.PostgresRefusal as problem:
        discard(staged)
        raise StagingRefused(str(problem)) from problem
    return staged


def stage_from_itself(dossier: Dossier) -> Dossier:
    """Makes a dossier ready as it is now, word for word. On PostgreSQL nobody else may be inside.

    Raises StagingRefused, leaving nothing, when the pages cannot even be copied."""
    staged = staged_of(dossier)
    discard(staged)
    connections.forget(dossier)
    if dossier.engine == "postgresql":
        names = sql.Identifier(staged.location), sql.Identifier(dossier.location)
        _maintain(staged, sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
        return staged
    os.close(os.open(staged.location, os.O_CREAT | os.O_WRONLY, 0o600))
    source = sqlite3.connect(existing_file(dossier.location), uri=True)
    target = sqlite3.connect(staged.location)
    try:
        source.backup(target, pages=-1)
    except sqlite3.Error as problem:
        raise StagingRefused(f"Le fichier ne se lit plus : {problem}.") from problem
    finally:
        target.close()
        source.close()
    return staged


def require_alone(dossier: Dossier) -> None:
    """PostgreSQL has no lock file: whoever is inside shows in the server's own list. Raises DossierBusy."""
    if dossier.engine != "postgresql":
        return
    connections.forget(dossier)
    deadline = time.monotonic() + LEAVING_S
    while (others := postgres_tools.others_inside(dossier)) and time.monotonic() < deadline:
        time.sleep(0.05)
    if others:
        raise DossierBusy(
            f"Le dossier « {dossier.slug} » est ouvert par un serveur ou un autre programme ({others} connexion(s)). "
            "Fermez-le d’abord."
        )


def put_in_place(dossier: Dossier, staged: Dossier, *, now: datetime | None = None) -> str:
    """Puts the staged dossier in the place of the one in use; returns where the replaced one is kept, empty when there
    was none. The caller holds the dossier alone."""
    stamp = f"{now or datetime.now(UTC):%Y%m%d%H%M%S}"
    connections.forget(dossier)
    connections.forget(staged)
    if dossier.engine == "sqlite":
        return _exchange_files(dossier, staged, stamp)
    return _exchange_databases(dossier, staged, stamp)


def fold_journal(dossier: Dossier) -> None:
    """Puts what waits in the journal beside a SQLite file into the file itself, on disk."""
    connections.forget(dossier)
    if dossier.engine != "sqlite":
        return
    file = sqlite3.connect(existing_file(dossier.location), uri=True, isolation_level=None)
    try:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        file.close()
    _on_disk(Path(dossier.location))


def _exchange_files(dossier: Dossier, staged: Dossier, stamp: str) -> str:
    here, fresh = Path(dossier.location), Path(staged.location)
    fold_journal(staged)
    aside = ""
    if here.exists():
        try:
            fold_journal(dossier)
        except sqlite3.Error:
            pass  # too damaged to be folded: its journal goes aside with it
        kept = _free(here.with_name(f"{here.name}.{stamp}.ancien"))
        _keep(here, kept)
        aside = str(kept)
    for name in _files_of(dossier.location)[1:]:
        beside = Path(name)
        if beside.exists():
            if aside and beside.suffix.endswith("-wal"):
                _keep(beside, Path(f"{aside}-wal"))
            beside.unlink()  # a journal of the replaced file would be read into the new one
    os.replace(fresh, here)
    for name in _files_of(staged.location)[1:]:
        Path(name).unlink(missing_ok=True)
    _on_disk(here.parent)
    return aside


def _exchange_databases(dossier: Dossier, staged: Dossier, stamp: str) -> str:
    """Both names change in one transaction of the server."""
    aside = f"{dossier.location}_ancien_{stamp}"
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    here, fresh, kept = (sql.Identifier(name) for name in (dossier.location, staged.location, aside))
    there = dossier.location in postgres_tools.databases(dossier)
    statements = [rename.format(fresh, here)]
    _maintain(dossier, *([rename.format(here, kept)] if there else []), *statements)
    return aside if there else ""


def _maintain(dossier: Dossier, *statements: sql.Composed) -> None:
    try:
        postgres_tools.maintain(dossier, *statements)
    except psycopg.errors.ObjectInUse as problem:
        raise DossierBusy(f"Le dossier « {dossier.slug} » est ouvert ailleurs. Fermez-le d’abord.") from problem
    except psycopg.Error as problem:
        raise StagingRefused(f"Le serveur PostgreSQL n’a pas pu préparer la base : {problem}") from problem


def _files_of(location: str) -> list[str]:
    return [location, f"{location}-wal", f"{location}-shm", f"{location}-journal"]


def _keep(path: Path, aside: Path) -> None:
    """The same file under a second name; copied where the file system knows no links."""
    try:
        os.link(path, aside)
    except OSError:
        shutil.copy2(path, aside)


def _free(path: Path) -> Path:
    """This name, or the next one that nothing bears: an attempt that died may have taken it."""
    found, number = path, 1
    while found.exists():
        number += 1
        found = path.with_name(f"{path.name}-{number}")
    return found


def _on_disk(path: Path) -> None:
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def in_use(dossier: Dossier) -> bool:
    """Whether the dossier has a file or a database at all: it may have been lost with its disk."""
    if dossier.engine == "sqlite":
        return Path(dossier.location).is_file()
    return dossier.location in postgres_tools.databases(dossier)
