"""Was a dossier last brought up to date by this version of Comptoir, an earlier or a later one? Its own list of steps says it."""

from dataclasses import dataclass

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from comptoir.dossiers.binding import Dossier, bound

NEWER = "Ce dossier vient d’une version plus récente de Comptoir. Mettez d’abord le logiciel à jour."


@dataclass(frozen=True, slots=True)
class Age:
    """`pending` steps that this version knows and the dossier lacks; `newer` when it has some that this version does not know."""

    pending: int
    newer: bool

    @property
    def current(self) -> bool:
        return not self.pending and not self.newer

    @property
    def told(self) -> str:
        """What a person must know, in French; empty for a dossier of this version."""
        if self.newer:
            return NEWER
        if not self.pending:
            return ""
        many = "étape" if self.pending == 1 else "étapes"
        return (
            f"Ce dossier date d’une version plus ancienne de Comptoir ({self.pending} {many} de mise à jour). "
            "Il se met à jour tout seul au prochain démarrage du serveur : comptoir serve"
        )


def age() -> Age:
    """How old the bound dossier is. Raises DatabaseError, UnsafeDatabase when it cannot be opened."""
    executor = MigrationExecutor(connection)
    known = executor.loader.disk_migrations
    newer = any(step not in known for step in executor.loader.applied_migrations)
    return Age(len(executor.migration_plan(executor.loader.graph.leaf_nodes())), newer)


def age_of(dossier: Dossier) -> Age:
    """The same for a dossier that is not bound."""
    with bound(dossier):
        return age()
