"""The dossier bound to the current context: a context variable, so each thread and each task has its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID

_bound: ContextVar["Dossier | None"] = ContextVar("comptoir_dossier", default=None)


class NoDossierBound(RuntimeError):
    """Code touched the database outside any dossier: it must stop, not guess."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """One company's books: one SQLite file, or one PostgreSQL database."""

    slug: str
    uuid: UUID
    name: str
    engine: str  # "sqlite" | "postgresql"
    location: str  # the file's path, or the database's name
    options: dict[str, str] = field(default_factory=dict, hash=False)  # PostgreSQL: host, port, user, password


def current_dossier() -> Dossier | None:
    return _bound.get()


def required_dossier() -> Dossier:
    """The bound dossier; raises NoDossierBound when there is none."""
    dossier = _bound.get()
    if dossier is None:
        raise NoDossierBound("no dossier is bound to this context")
    return dossier


@contextmanager
def bound(dossier: Dossier) -> Iterator[Dossier]:
    """Bind a dossier for the length of a `with` block; the previous binding comes back afterwards."""
    token = _bound.set(dossier)
    try:
        yield dossier
    finally:
        _bound.reset(token)
