"""Tables whose rows are never changed nor removed, and the triggers that see to it.

An app declares them in its AppConfig: `append_only = ("Record", "Payment")` (names of models). The triggers are put
back after each `migrate` (on SQLite, altering a column rebuilds the table and silently drops them), and looked for
before a dossier is served. They deter and they catch our own mistakes; who owns the file can drop them, which the
chains of sealed records reveal.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig, apps
from django.db import connection

SQLITE_TRIGGER = """CREATE TRIGGER "{name}" BEFORE {event} ON "{table}"
BEGIN SELECT RAISE(ABORT, 'append-only table {table}: {event} refused'); END"""

POSTGRESQL_FUNCTION = """CREATE OR REPLACE FUNCTION comptoir_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'append-only table %: % refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'integrity_constraint_violation';
END $$"""

# ENABLE ALWAYS: they also fire under session_replication_role = replica, which silences ordinary triggers.
POSTGRESQL_TRIGGER = """CREATE OR REPLACE TRIGGER "{name}" BEFORE {event} ON "{table}"
FOR EACH {level} EXECUTE FUNCTION comptoir_refuse_change();
ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{name}";
REVOKE UPDATE, DELETE, TRUNCATE ON "{table}" FROM PUBLIC"""

EVENTS = {"sqlite": ("UPDATE", "DELETE"), "postgresql": ("UPDATE", "DELETE", "TRUNCATE")}


@dataclass(frozen=True, slots=True, order=True)
class Trigger:
    table: str
    event: str

    @property
    def name(self) -> str:
        return f"{self.table}_no_{self.event.lower()}"


def append_only_tables(config: AppConfig | None = None) -> list[str]:
    """The append-only tables of one app, or of all."""
    configs = [config] if config is not None else apps.get_app_configs()
    models = [one.get_model(name) for one in configs for name in getattr(one, "append_only", ())]
    return sorted(model._meta.db_table for model in models)


def expected_triggers(config: AppConfig | None = None) -> list[Trigger]:
    """The triggers that the bound dossier's engine should carry."""
    events = EVENTS[connection.vendor]
    return [Trigger(table, event) for table in append_only_tables(config) for event in events]


def install_triggers(config: AppConfig) -> None:
    """Create the missing triggers of an app's tables that exist; doing it again changes nothing."""
    present = set(connection.introspection.table_names())
    missing = [t for t in expected_triggers(config) if t.table in present and t not in _installed()]
    if not missing:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRESQL_FUNCTION)
        for trigger in missing:
            create_trigger(cursor, trigger)


def create_trigger(cursor: Any, trigger: Trigger) -> None:
    """Create a trigger in place of whatever bears its name."""
    if connection.vendor == "sqlite":
        cursor.execute(f'DROP TRIGGER IF EXISTS "{trigger.name}"')
    cursor.execute(_statement(trigger))


@contextmanager
def deletion_allowed(*tables: str) -> Iterator[None]:
    """Lifts the refusal to delete from these tables for the length of a `with` block, inside the caller's transaction: what
    is undone takes the refusal back with it. Purging is the only use; the settings hand it to business code."""
    triggers = [Trigger(table, "DELETE") for table in tables]
    with connection.cursor() as cursor:
        for trigger in triggers:
            where = f' ON "{trigger.table}"' if connection.vendor == "postgresql" else ""
            cursor.execute(f'DROP TRIGGER IF EXISTS "{trigger.name}"{where}')
    yield
    with connection.cursor() as cursor:
        for trigger in triggers:
            create_trigger(cursor, trigger)


def lift_all() -> None:
    """Removes every refusal of the bound dossier, and has PostgreSQL's foreign keys watch again if somebody silenced them:
    for a dossier being repaired apart, whose tables are built anew (`build_tables`) before it serves."""
    with connection.cursor() as cursor:
        for trigger in expected_triggers():
            where = f' ON "{trigger.table}"' if connection.vendor == "postgresql" else ""
            cursor.execute(f'DROP TRIGGER IF EXISTS "{trigger.name}"{where}')
        if connection.vendor == "postgresql":
            for table in connection.introspection.table_names(cursor):
                cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER ALL')


def missing_triggers() -> list[Trigger]:
    """The triggers that should be there and are not, or that were weakened."""
    installed = _installed()
    return sorted(trigger for trigger in expected_triggers() if trigger not in installed)


def install_after_migrate(app_config: AppConfig, **_: Any) -> None:
    """Receiver of `post_migrate`, the only signal of the house."""
    install_triggers(app_config)


def _statement(trigger: Trigger) -> str:
    template = SQLITE_TRIGGER if connection.vendor == "sqlite" else POSTGRESQL_TRIGGER
    level = "STATEMENT" if trigger.event == "TRUNCATE" else "ROW"
    return template.format(name=trigger.name, table=trigger.table, event=trigger.event, level=level)


def _installed() -> set[Trigger]:
    """The triggers whose definition, not only their name, is the one expected."""
    read = _installed_on_sqlite if connection.vendor == "sqlite" else _installed_on_postgresql
    return read()


def _installed_on_sqlite() -> set[Trigger]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        definitions = dict(cursor.fetchall())
    return {trigger for trigger in expected_triggers() if definitions.get(trigger.name) == _statement(trigger)}


def _installed_on_postgresql() -> set[Trigger]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE p.proname = 'comptoir_refuse_change' AND t.tgenabled = 'A'"
            " AND p.prosrc LIKE '%%RAISE EXCEPTION%%' AND c.relnamespace = current_schema()::regnamespace"
        )
        found = set(cursor.fetchall())
    return {trigger for trigger in expected_triggers() if (trigger.table, trigger.name) in found}
