"""Open the dossier that a command works on."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from comptoir.config.cli import start_django
from comptoir.config.cli._output import UNSAFE, refuse

if TYPE_CHECKING:
    from comptoir.apps.access.models import User
    from comptoir.dossiers.binding import Dossier

dossier_option = click.option(
    "--dossier", "slug", envvar="COMPTOIR_DOSSIER", default=None,
    help="Nom court du dossier ; inutile quand il n’y en a qu’un.",
)  # fmt: skip


def chosen_dossier(slug: str | None) -> "Dossier":
    """The named dossier, or the only one; refuses in French otherwise."""
    start_django()
    from comptoir.dossiers.registry import dossiers, find_dossier

    if slug is not None:
        dossier = find_dossier(slug)
        if dossier is None:
            refuse(f"Le dossier « {slug} » n’existe pas. Voyez : comptoir dossier list")
        return dossier
    known = dossiers()
    if len(known) == 1:
        return known[0]
    if not known:
        refuse("Il n’y a pas encore de dossier. Créez-en un : comptoir dossier create")
    refuse(f"Précisez --dossier : {', '.join(one.slug for one in known)}")


def current_dossier(slug: str | None) -> "Dossier":
    """The chosen dossier, of this version of Comptoir; refuses in French one that cannot be read, is older or is newer."""
    dossier = chosen_dossier(slug)
    from django.db import DatabaseError, connections

    from comptoir.dossiers.backends.unsafe import UnsafeDatabase
    from comptoir.dossiers.checking import unreadable
    from comptoir.dossiers.versions import age_of

    try:
        told = age_of(dossier).told
    except UnsafeDatabase as refusal:
        refuse(str(refusal), code=UNSAFE)
    except DatabaseError as problem:
        connections.forget(dossier)
        refuse(unreadable(dossier, problem), code=UNSAFE)
    if told:
        refuse(f"Dossier « {dossier.slug} » : {told}", code=UNSAFE)
    return dossier


@contextmanager
def opened(slug: str | None, *, writes: str | None = None) -> Iterator["Dossier"]:
    """Bind the dossier. A command that writes says what it is in `writes`, and holds the lock when no server does."""
    dossier = current_dossier(slug)
    from contextlib import nullcontext

    from comptoir.dossiers.backends.unsafe import UnsafeDatabase
    from comptoir.dossiers.binding import bound
    from comptoir.dossiers.lock import writing

    with writing(dossier, purpose=writes) if writes else nullcontext(), bound(dossier):
        try:
            yield dossier
        except UnsafeDatabase as refusal:
            refuse(str(refusal), code=UNSAFE)


def person_named(name: str) -> "User":
    """The active person of the bound dossier with this login; refuses in French otherwise."""
    from comptoir.apps.access.models import User

    known = User.objects.filter(login=name, active=True).first()
    if known is None:
        refuse(f"Personne ne s’appelle « {name} » dans ce dossier.")
    return known
