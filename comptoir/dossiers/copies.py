"""Copies of a dossier: one file each, checked, with a manifest beside it. A copy exists once its manifest does.

Made while the shop sells: SQLite's backup in one step (in several, each sale would start it over), or pg_dump."""

import hashlib
import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from comptoir.dossiers import postgres_tools
from comptoir.dossiers.backends.sqlite.base import existing_file
from comptoir.dossiers.binding import Dossier
from comptoir.dossiers.home import home, write_private

FORMAT = "comptoir-copy/1"
SUFFIX = {"sqlite": ".comptoir", "postgresql": ".dump"}
KEPT = 14  # of each reason: the daily ones of two weeks, and as many made by hand
_SPARE_BYTES = 100_000_000
_UNDER_WAY_S = 86_400  # no copy takes longer
Heads = Sequence[tuple[str, int, str]]  # chain, number, digest of the signature


class CopyRefused(RuntimeError):
    """No copy was made, or it cannot be used; the message is in French."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is known of a copy without opening it."""

    format: str
    dossier: str
    slug: str
    name: str
    engine: str
    version: str
    made_at: str
    reason: str  # "daily", "demand", "update"
    file: str
    bytes: int
    sha256: str
    records: int
    heads: list[list[Any]]

    @property
    def made(self) -> datetime:
        return datetime.fromisoformat(self.made_at)


@dataclass(frozen=True, slots=True)
class Copy:
    path: Path
    manifest: Manifest

    @property
    def here(self) -> bool:
        return self.path.is_file()


def copies_folder(dossier: Dossier) -> Path:
    return home() / "copies" / dossier.slug


def write_copy(
    dossier: Dossier, *, folder: Path | None = None, reason: str, version: str, now: datetime | None = None
) -> Copy:
    """Makes a copy and checks it; the caller need not hold the dossier. Raises CopyRefused: nothing is left then."""
    now = (now or datetime.now(UTC)).astimezone(UTC)
    folder = folder or copies_folder(dossier)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as problem:
        raise CopyRefused(f"Le dossier de fichiers {folder} ne peut pas être créé : {problem.strerror}.") from problem
    _forget_drafts(dossier, folder)
    _check_room(dossier, folder)
    path = _free_name(folder, f"{dossier.slug}-{now:%Y-%m-%d-%H%M%S}", SUFFIX[dossier.engine])
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        records, heads = (_copy_file if dossier.engine == "sqlite" else _copy_database)(dossier, draft)
        manifest = Manifest(
            FORMAT, str(dossier.uuid), dossier.slug, dossier.name, dossier.engine, version, f"{now:%Y-%m-%dT%H:%M:%SZ}",
            reason, path.name, draft.stat().st_size, digest_of(draft), records, [list(head) for head in heads],
        )  # fmt: skip
        _settle(draft)
        draft.replace(path)
        write_private(manifest_path(path), json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
    except (OSError, sqlite3.Error) as problem:
        path.unlink(missing_ok=True)
        raise CopyRefused(f"La copie n’a pas pu être faite : {problem}. Le dossier n’est pas touché.") from problem
    except postgres_tools.PostgresRefusal as problem:
        raise CopyRefused(str(problem)) from problem
    finally:
        draft.unlink(missing_ok=True)
    return Copy(path, manifest)


def copies_of(dossier: Dossier, *, folder: Path | None = None) -> list[Copy]:
    """The copies of this dossier, latest first."""
    found = []
    for path in (folder or copies_folder(dossier)).glob("*.json"):
        copy = read_copy(path)
        if copy is not None and copy.manifest.dossier == str(dossier.uuid):
            found.append(copy)
    return sorted(found, key=lambda copy: (copy.manifest.made_at, copy.path.name), reverse=True)


def read_copy(path: Path) -> Copy | None:
    """The copy whose file or manifest this is; None without a readable manifest."""
    beside = path if path.suffix == ".json" else manifest_path(path)
    try:
        value = json.loads(beside.read_text(encoding="utf-8"))
        manifest = Manifest(**value)
        UUID(manifest.dossier)
        if manifest.format != FORMAT or Path(manifest.file).name != manifest.file:
            return None
    except (OSError, ValueError, TypeError, AttributeError):
        return None
    return Copy(beside.with_name(manifest.file), manifest)


def bare_copy(path: Path, *, describe: Callable[[sqlite3.Connection], dict[str, str]]) -> Copy | None:
    """A SQLite copy that was carried away without its manifest: described from its own content. `describe` answers the
    dossier's id, slug, name and the instant of its last record; None for what is no readable SQLite file."""
    try:
        if path.open("rb").read(16) != b"SQLite format 3\0":
            return None
        file = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            records, heads = raw_heads(file)
            said = describe(file)
        finally:
            file.close()
    except (OSError, sqlite3.Error, ValueError, KeyError, TypeError):
        return None
    manifest = Manifest(
        FORMAT, said["dossier"], said["slug"], said["name"], "sqlite", "", said["made_at"], "bare", path.name,
        path.stat().st_size, digest_of(path), records, [list(head) for head in heads],
    )  # fmt: skip
    return Copy(path, manifest)


def manifest_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def forget_old(dossier: Dossier, *, kept: int = KEPT) -> list[str]:
    """Removes all but the newest copies of each reason; returns the names of those removed."""
    seen: dict[str, int] = {}
    removed = []
    for copy in copies_of(dossier):
        seen[copy.manifest.reason] = seen.get(copy.manifest.reason, 0) + 1
        if seen[copy.manifest.reason] > kept:
            forget_copy(copy)
            removed.append(copy.path.name)
    return removed


def forget_copy(copy: Copy) -> None:
    """Removes a copy, its manifest first: a file without manifest is no copy."""
    manifest_path(copy.path).unlink(missing_ok=True)
    copy.path.unlink(missing_ok=True)


def digest_of(path: Path) -> str:
    """SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def raw_heads(connection: sqlite3.Connection) -> tuple[int, Heads]:
    """How many sealed records a SQLite file holds, and the last of each chain."""
    count = connection.execute("SELECT count(*) FROM fiscal_record").fetchone()[0]
    rows = connection.execute(
        "SELECT chain, max(seq), signature FROM fiscal_record GROUP BY chain ORDER BY chain"
    ).fetchall()
    return count, [(chain, seq, hashlib.sha256(signature.encode()).hexdigest()) for chain, seq, signature in rows]


def _copy_file(dossier: Dossier, draft: Path) -> tuple[int, Heads]:
    os.close(os.open(draft, os.O_CREAT | os.O_RDWR, 0o600))
    source = sqlite3.connect(existing_file(dossier.location), uri=True, timeout=10)
    copy = sqlite3.connect(draft)
    try:
        source.backup(copy, pages=-1)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, whole, wherever it is carried
        wrong = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if wrong != "ok":
            raise CopyRefused(
                f"Le dossier est abîmé ({wrong}) : voyez comptoir dossier repair. Aucune copie n’est faite."
            )
        return raw_heads(copy)
    finally:
        copy.close()
        source.close()


def _copy_database(dossier: Dossier, draft: Path) -> tuple[int, Heads]:
    """The heads are read before the dump: what it holds is never less."""
    import psycopg

    options = {key: dossier.options[key] for key in ("host", "port", "user", "password") if dossier.options.get(key)}
    try:
        with psycopg.connect(dbname=dossier.location, connect_timeout=5, **options) as connection:
            count = connection.execute("SELECT count(*) FROM fiscal_record").fetchone()
            rows = connection.execute(
                "SELECT DISTINCT ON (chain) chain, seq, encode(sha256(convert_to(signature, 'UTF8')), 'hex') FROM fiscal_record"
                " ORDER BY chain, seq DESC"
            ).fetchall()
    except psycopg.OperationalError as problem:
        raise CopyRefused("Le serveur PostgreSQL ne répond pas. Aucune copie n’est faite.") from problem
    os.close(os.open(draft, os.O_CREAT | os.O_RDWR, 0o600))
    postgres_tools.dump(dossier, draft)
    postgres_tools.read_dump(draft)
    return (count[0] if count else 0), [tuple(row) for row in rows]


def _check_room(dossier: Dossier, folder: Path) -> None:
    try:
        size = Path(dossier.location).stat().st_size if dossier.engine == "sqlite" else postgres_tools.size_of(dossier)
    except FileNotFoundError as problem:
        raise CopyRefused(f"Le fichier {dossier.location} est introuvable.") from problem
    except postgres_tools.PostgresRefusal as problem:
        raise CopyRefused(str(problem)) from problem
    if shutil.disk_usage(folder).free < size + _SPARE_BYTES:
        raise CopyRefused(f"Il n’y a plus assez de place sur le disque de {folder}. Aucune copie n’est faite.")


def _forget_drafts(dossier: Dossier, folder: Path) -> None:
    """What processes that died in the middle left: each is as large as the dossier. One of today may be under way."""
    for draft in folder.glob(f".{dossier.slug}-*{SUFFIX[dossier.engine]}.*"):
        with suppress(OSError):
            if draft.stat().st_mtime < time.time() - _UNDER_WAY_S:
                draft.unlink()


def _free_name(folder: Path, stem: str, suffix: str) -> Path:
    path, number = folder / f"{stem}{suffix}", 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}{suffix}"
    return path


def _settle(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
