"""Is a dossier sound? The database's own checks, ours, and those that the caller hands in (seals, ledgers)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import DatabaseError, OperationalError, connection

from comptoir.dossiers.append_only import missing_triggers
from comptoir.dossiers.backends.unsafe import UnsafeDatabase
from comptoir.dossiers.binding import Dossier, bound
from comptoir.dossiers.versions import age


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong: the check that found it, and what, in French."""

    check: str
    message: str


# A check of another area: it looks at the bound dossier and says what is wrong.
OutsideCheck = Callable[[], Iterable[Finding]]


def check_dossier(dossier: Dossier, *, outside: Iterable[OutsideCheck] = ()) -> list[Finding]:
    """Everything that can be found wrong with a dossier; an empty list when it is sound.

    integrity_check sees torn pages and not changed content (one flipped bit passes it): hence the seals in `outside`. A dossier
    of another version is not handed to them: they would take a table they do not know for a damaged one.
    """
    with bound(dossier):
        if not _answers():
            return [Finding("unreachable", unreadable(dossier, OperationalError()))]
        found = [finding for check in (serving_obstacles, _damage) for finding in _findings_of(check)]
        if any(finding.check == "tables" for finding in found):
            return found
        return found + [finding for check in outside for finding in _findings_of(check)]


def _answers() -> bool:
    """Whether the database can be asked at all: a PostgreSQL server that is stopped is no damaged dossier."""
    if connection.vendor == "sqlite":
        return True
    try:
        connection.ensure_connection()
    except OperationalError:
        return False
    except UnsafeDatabase:
        pass  # it answers; what is unsafe about it is a finding of its own
    return True


def unreadable(dossier: Dossier, problem: Exception) -> str:
    """Why a dossier cannot even be asked how old it is, in French."""
    if dossier.engine == "postgresql":
        return (
            f"Dossier « {dossier.slug} » : la base « {dossier.location} » ne répond pas. Vérifiez que le serveur PostgreSQL est "
            "démarré, son adresse et son compte."
        )
    said = (str(problem).strip().splitlines() or [type(problem).__name__])[0]
    return (
        f"Dossier « {dossier.slug} » : le fichier {dossier.location} ne se lit pas ({said}). "
        f"Voyez : comptoir dossier check {dossier.slug}"
    )


def _findings_of(check: OutsideCheck) -> list[Finding]:
    """What a check finds; a database too damaged to be asked is itself a finding, and the next checks still run."""
    try:
        return list(check())
    except DatabaseError as problem:
        return [Finding("integrity", f"La base est trop abîmée pour être lue : {problem}")]


def serving_obstacles() -> list[Finding]:
    """What forbids serving the bound dossier: unsafe durability, missing triggers, tables not up to date."""
    try:
        connection.ensure_connection()  # the backend asserts the durability settings, or raises
    except UnsafeDatabase as refusal:
        return [Finding("durability", str(refusal))]
    if told := age().told:
        return [Finding("tables", told)]
    return [
        Finding("triggers", f"La protection de la table {t.table} contre {t.event} manque.") for t in missing_triggers()
    ]


def _damage() -> list[Finding]:
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        torn = [row for row in cursor.fetchall() if row != ("ok",)]
        cursor.execute("PRAGMA foreign_key_check")
        orphans = cursor.fetchall()
    return [Finding("integrity", f"Page abîmée : {row[0]}") for row in torn] + [
        Finding("links", f"La ligne {row} de {table} renvoie à une ligne absente de {parent}.")
        for table, row, parent, _ in orphans
    ]
