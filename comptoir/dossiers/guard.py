"""An object loaded from one dossier can never be saved, refreshed, deleted or linked in another.

Every connection is called `default`, so Django's own record of an object's origin (`_state.db`) cannot tell dossiers
apart. `install` makes that record remember the dossier too; the router, which Django consults before each write and
each lazy read of an object, refuses one that came from elsewhere.
"""

from typing import Any

from django.db.models import Model
from django.db.models.base import ModelState

from comptoir.dossiers.binding import current_dossier


class ForeignObject(RuntimeError):
    """An object loaded from a dossier was used while another one is bound."""


class _Origin:
    """`ModelState.db`, which also notes the bound dossier each time Django sets it."""

    def __get__(self, state: ModelState | None, owner: type | None = None) -> Any:
        return None if state is None else state.__dict__.get("db")

    def __set__(self, state: ModelState, alias: str | None) -> None:
        dossier = current_dossier()
        state.__dict__["db"] = alias
        state.__dict__["dossier"] = dossier.uuid if alias is not None and dossier is not None else None


def _refuse_foreign(instance: Any) -> None:
    if not isinstance(instance, Model):
        return
    origin = instance._state.__dict__.get("dossier")
    dossier = current_dossier()
    if origin is not None and dossier is not None and origin != dossier.uuid:
        raise ForeignObject(f"{type(instance).__name__} was loaded from another dossier")


class OneDossierRouter:
    """Answers nothing of its own: there is one alias. It only refuses."""

    def db_for_read(self, model: type[Model], **hints: Any) -> None:
        _refuse_foreign(hints.get("instance"))

    def db_for_write(self, model: type[Model], **hints: Any) -> None:
        _refuse_foreign(hints.get("instance"))

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> None:
        _refuse_foreign(one)
        _refuse_foreign(other)


def install() -> None:
    """Called once by the settings, before any object is loaded."""
    ModelState.db = _Origin()
