"""Is a dossier sound? The database's own checks, ours, and those that the caller hands in (seals, ledgers)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from comptoir.dossiers.append_only import missing_triggers
from comptoir.dossiers.backends.unsafe import UnsafeDatabase
from comptoir.dossiers.binding import Dossier, bound


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong: the check that found it, and what, in French."""

    check: str
    message: str


# A check of another area: it looks at the bound dossier and says what is wrong.
OutsideCheck = Callable[[], Iterable[Finding]]


def check_dossier(dossier: Dossier, *, outside: Iterable[OutsideCheck] = ()) -> list[Finding]:
    """Everything that can be found wrong with a dossier; an empty list when it is sound.

    integrity_check sees torn pages and not changed content (one flipped bit passes it): hence the seals in `outside`.
    """
    with bound(dossier):
        return [finding for check in (serving_obstacles, _damage, *outside) for finding in _findings_of(check)]


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
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        return [Finding("tables", f"Les tables ne sont pas à jour ({len(pending)} étapes). Lancez la mise à jour.")]
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
