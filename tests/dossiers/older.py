"""A dossier as an earlier or a later version of Comptoir leaves it."""

from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from comptoir.dossiers.binding import Dossier, bound

# Where the tables of an earlier version stood, and how many steps led from there to the first of those that follow.
EARLIER = (
    ("fiscal", "0001_initial"), ("settings", "0003_propose_returns"), ("till", "0002_corrections"),
    ("treasury", "0004_money_of_the_office"),
)  # fmt: skip
STEPS = 5  # fiscal 0002, settings 0004 and 0005, till 0003, treasury 0005


def make_older(dossier: Dossier) -> None:
    """Takes back the last steps of four areas, as if they had never been made."""
    with bound(dossier):
        executor = MigrationExecutor(connection)
        later = [step for step in executor.loader.graph.nodes if step not in _kept(executor)]
        assert len(later) == STEPS, later
        executor.migrate(list(EARLIER))
    connections.forget(dossier)


def make_newer(dossier: Dossier, *, app: str = "till") -> None:
    """Notes a step that this version does not know."""
    with bound(dossier):
        MigrationRecorder(connection).record_applied(app, "9999_of_tomorrow")
    connections.forget(dossier)


def _kept(executor: MigrationExecutor) -> set[tuple[str, str]]:
    areas = {app for app, _ in EARLIER}
    kept = {step for step in executor.loader.graph.nodes if step[0] not in areas}
    return kept.union(*(executor.loader.graph.forwards_plan(step) for step in EARLIER))
