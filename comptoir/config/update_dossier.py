"""Brings a dossier of an earlier version up to date before it is served: copied first, all at once, told by an event 250."""

from collections.abc import Callable, Sequence

from django.db import DatabaseError, connections

from comptoir import __version__
from comptoir.config.start_events import tell_update
from comptoir.dossiers.backends.unsafe import UnsafeDatabase
from comptoir.dossiers.binding import Dossier, bound
from comptoir.dossiers.checking import unreadable
from comptoir.dossiers.compacting import CompactingRefused, require_room
from comptoir.dossiers.copies import Copy, CopyRefused, forget_copy, forget_old, write_copy
from comptoir.dossiers.postgres_tools import PostgresRefusal
from comptoir.dossiers.staging import require_alone
from comptoir.dossiers.updating import apply_pending
from comptoir.dossiers.versions import Age, age_of

Step = Callable[[str], None]
Done = Callable[[int], None]


class UpdateRefused(RuntimeError):
    """The dossier is as it was; the message is in French."""


def refuse_newer(dossiers: Sequence[Dossier]) -> dict[str, Age]:
    """How old each dossier is, by slug, before any of them is changed. Raises UpdateRefused for one of a later version."""
    ages = {}
    for dossier in dossiers:
        try:
            ages[dossier.slug] = age_of(dossier)
        except UnsafeDatabase as unsafe:
            raise UpdateRefused(f"Dossier « {dossier.slug} » : {unsafe}") from unsafe
        except DatabaseError as problem:
            raise UpdateRefused(unreadable(dossier, problem)) from problem
        finally:
            connections.forget(dossier)
        if ages[dossier.slug].newer:
            raise UpdateRefused(f"Dossier « {dossier.slug} » : {ages[dossier.slug].told}")
    return ages


def update_dossier(dossier: Dossier, *, step: Step = lambda words: None, done: Done = lambda steps: None) -> Copy:
    """Copies the dossier, which the caller holds alone, then applies what it lacks and tells it, in one transaction. Returns the
    copy. `done` is told each step. A process that dies in the middle leaves the dossier as it was, and the copy.

    Raises DossierBusy, UpdateRefused: the dossier is as it was and the copy is removed."""
    require_alone(dossier)
    step("Copie du dossier avant sa mise à jour")
    try:
        require_room(dossier)  # the copy, and the journal of what is written
        copy = write_copy(dossier, reason="update", version=__version__)
    except (CompactingRefused, CopyRefused, PostgresRefusal) as refusal:
        raise UpdateRefused(f"Dossier « {dossier.slug} » à mettre à jour : {refusal}") from refusal
    step("Mise à jour du dossier")
    try:
        with bound(dossier):
            apply_pending(also=lambda steps: tell_update(steps=steps, copy=copy), done=done)
    except Exception as problem:  # whatever a step may raise: the dossier is as it was, and must be said so
        forget_copy(copy)
        raise UpdateRefused(
            f"Le dossier « {dossier.slug} » n’a pas pu être mis à jour : {problem}. Il est resté tel qu’il était ; "
            "gardez la version précédente de Comptoir et appelez votre installateur."
        ) from problem
    finally:
        connections.forget(dossier)
    forget_old(dossier)
    return copy
