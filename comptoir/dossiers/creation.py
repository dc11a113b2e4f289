"""Make a dossier: an empty database, its tables, its triggers, its place in the registry."""

import os
import uuid
from pathlib import Path

from django.core.management import call_command

from comptoir.dossiers.binding import Dossier, bound
from comptoir.dossiers.home import home


def new_sqlite_dossier(slug: str, *, name: str, folder: Path | None = None) -> Dossier:
    """Describe a dossier kept in one file; nothing is written yet."""
    folder = folder or home() / "dossiers" / slug
    return Dossier(slug=slug, uuid=uuid.uuid4(), name=name, engine="sqlite", location=str(folder / f"{slug}.comptoir"))


def new_postgresql_dossier(slug: str, *, name: str, database: str, options: dict[str, str]) -> Dossier:
    """Describe a dossier kept in an existing, empty PostgreSQL database; nothing is written yet."""
    return Dossier(slug=slug, uuid=uuid.uuid4(), name=name, engine="postgresql", location=database, options=options)


def build_tables(dossier: Dossier) -> None:
    """Create or bring up to date every table and trigger of a dossier."""
    if dossier.engine == "sqlite":
        folder = Path(dossier.location).parent
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(dossier.location, os.O_CREAT | os.O_RDWR, 0o600))
    with bound(dossier):
        call_command("migrate", verbosity=0, interactive=False)
