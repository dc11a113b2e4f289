"""The list of dossiers of this installation: `dossiers.json` in the data folder."""

import json
import os
import re
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from comptoir.dossiers.binding import Dossier
from comptoir.dossiers.home import home, home_path, write_private

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_cache: tuple[Path, int, dict[str, Dossier]] | None = None


class RegistryRefusal(ValueError):
    """A dossier cannot be added to the registry; the message is for the person, in French."""


def dossiers() -> list[Dossier]:
    """Every registered dossier, by slug."""
    return [dossier for _, dossier in sorted(_load().items())]


def find_dossier(slug: str) -> Dossier | None:
    return _load().get(slug)


def check_new(slug: str) -> None:
    """Raises RegistryRefusal when a slug is malformed or taken."""
    if not _SLUG.fullmatch(slug):
        raise RegistryRefusal("Le nom court s’écrit en minuscules, chiffres et tirets (40 caractères au plus).")
    if slug in _load():
        raise RegistryRefusal(f"Le dossier « {slug} » existe déjà.")


def register(dossier: Dossier) -> None:
    """Add a dossier; raises RegistryRefusal when its slug is malformed or taken."""
    check_new(dossier.slug)
    _save(_load() | {dossier.slug: dossier})


def forget(slug: str) -> None:
    """Take a dossier off the list; its data stay where they are."""
    known = dict(_load())
    if known.pop(slug, None) is not None:
        _save(known)


def _path() -> Path:
    return _file_in(os.environ.get("COMPTOIR_HOME"))


@lru_cache(maxsize=8)  # asked at each request: building a path costs more than looking at the file
def _file_in(chosen: str | None) -> Path:
    return home_path() / "dossiers.json"


def _load() -> dict[str, Dossier]:
    global _cache
    path = _path()
    try:
        stamp = path.stat().st_mtime_ns
    except FileNotFoundError:
        return {}
    if _cache is None or _cache[:2] != (path, stamp):
        rows = json.loads(path.read_text(encoding="utf-8"))["dossiers"]
        known = {row["slug"]: Dossier(**{**row, "uuid": UUID(row["uuid"])}) for row in rows}
        _cache = (path, stamp, known)
    return _cache[2]


def _save(known: dict[str, Dossier]) -> None:
    rows = [
        {
            "slug": d.slug,
            "uuid": str(d.uuid),
            "name": d.name,
            "engine": d.engine,
            "location": d.location,
            "options": d.options,
        }
        for _, d in sorted(known.items())
    ]
    home()
    write_private(_path(), json.dumps({"dossiers": rows}, indent=1, ensure_ascii=False))
