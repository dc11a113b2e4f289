"""Create a dossier whole: database, tables, triggers, company, owner, place in the registry; or nothing at all."""

from contextlib import suppress
from datetime import date
from pathlib import Path

import psycopg
from django.db import connections, transaction
from psycopg import sql

from comptoir.apps.access.models import User
from comptoir.apps.access.services.manage_users import create_owner
from comptoir.apps.settings.services.set_up_company import CompanyDetails, set_up_company
from comptoir.config.start_events import tell_creation
from comptoir.dossiers import registry
from comptoir.dossiers.binding import Dossier, bound
from comptoir.dossiers.creation import build_tables
from comptoir.dossiers.lock import lock_path
from comptoir.dossiers.postgres_tools import maintain
from comptoir.dossiers.staging import discard


class CreationRefused(RuntimeError):
    """The dossier was not created and nothing is left of it; the message is in French."""


def create_dossier(
    dossier: Dossier, *, company: CompanyDetails, login: str, name: str, password: str, on: date
) -> User:
    """Create a dossier with its first owner. Raises CreationRefused, and what the settings and access refuse."""
    registry.check_new(dossier.slug)
    _make_empty(dossier)
    try:
        build_tables(dossier)
        with bound(dossier), transaction.atomic():
            set_up_company(company, on=on)
            owner = create_owner(login, name=name, password=password)
            tell_creation()
        registry.register(dossier)
    except BaseException:
        drop_dossier(dossier)
        raise
    return owner


def _make_empty(dossier: Dossier) -> None:
    if dossier.engine == "sqlite":
        if Path(dossier.location).exists():
            raise CreationRefused(f"Le fichier {dossier.location} existe déjà.")
        return
    try:
        maintain(dossier, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(dossier.location)))
    except psycopg.errors.DuplicateDatabase as problem:
        raise CreationRefused(f"La base « {dossier.location} » existe déjà sur ce serveur.") from problem
    except psycopg.Error as problem:
        raise CreationRefused(
            "Le serveur PostgreSQL n’a pas pu créer la base. Vérifiez l’adresse et le compte."
        ) from problem


def drop_dossier(dossier: Dossier) -> None:
    """Undo a creation that did not go to its end; never for a dossier that has lived."""
    registry.forget(dossier.slug)
    connections.forget(dossier)
    if dossier.engine == "sqlite":
        discard(dossier)
        lock_path(dossier).unlink(missing_ok=True)
        with suppress(OSError):  # a former dossier may be kept aside there: only an empty folder goes
            Path(dossier.location).parent.rmdir()
    else:
        maintain(dossier, sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(dossier.location)))
