"""Brings the tables of a dossier up to date in one transaction: whoever dies in the middle finds the dossier as it was."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from comptoir.dossiers.append_only import install_triggers

Done = Callable[[int], None]


def apply_pending(*, also: Callable[[int], None], done: Done = lambda steps: None) -> int:
    """Applies what the bound dossier lacks, puts its triggers back, then calls `also` with the number of steps: all of it or
    nothing. `done` is told each step. Returns the number of steps, 0 when another process did them meanwhile.

    Raises DatabaseError, and what a step or `also` raises: the dossier is then as it was."""
    with _links_checked_between_steps(), transaction.atomic(durable=True):
        _take_turn()
        executor = MigrationExecutor(connection, _after_each(done))
        targets = executor.loader.graph.leaf_nodes()
        plan = executor.migration_plan(targets)
        if not plan:
            return 0
        executor.loader.check_consistent_history(connection)
        executor.migrate(targets, plan=plan)
        for config in apps.get_app_configs():
            install_triggers(config)
        also(len(plan))
        return len(plan)


def _after_each(done: Done) -> Callable[..., None]:
    def told(action: str, *_: Any) -> None:
        if action != "apply_success":
            return
        if connection.vendor == "postgresql":  # PostgreSQL alters no table whose links still wait to be checked
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        done(1)

    return told


@contextmanager
def _links_checked_between_steps() -> Iterator[None]:
    """SQLite writes a table anew to alter it, and can lift its watch over links only before a transaction begins; each step
    checks them all at its end."""
    connection.disable_constraint_checking()
    try:
        yield
    finally:
        connection.enable_constraint_checking()


def _take_turn() -> None:
    """Two servers of one PostgreSQL database: the second waits here and then finds nothing to do. SQLite has one writer."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('comptoir update'))")
