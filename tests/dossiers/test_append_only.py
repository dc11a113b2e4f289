"""Append-only tables refuse every change, whoever asks and however."""

import pytest
from django.db import DatabaseError, connection, transaction

from comptoir.dossiers.append_only import (
    EVENTS,
    Trigger,
    append_only_tables,
    create_trigger,
    expected_triggers,
    missing_triggers,
)
from comptoir.dossiers.binding import Dossier
from comptoir.dossiers.creation import build_tables

CHANGES = {
    "sqlite": ["UPDATE probe SET x = 2", "DELETE FROM probe", "INSERT OR REPLACE INTO probe (id, x) VALUES (1, 2)",
               "REPLACE INTO probe (id, x) VALUES (1, 2)", "INSERT INTO probe (id, x) VALUES (1, 2)"
               " ON CONFLICT (id) DO UPDATE SET x = 2"],
    "postgresql": ["UPDATE probe SET x = 2", "DELETE FROM probe", "TRUNCATE probe",
                   "INSERT INTO probe (id, x) VALUES (1, 2) ON CONFLICT (id) DO UPDATE SET x = 2",
                   "SET LOCAL session_replication_role = replica; DELETE FROM probe"],
}  # fmt: skip


def test_every_declared_table_carries_its_triggers(dossier: Dossier) -> None:
    assert "fiscal_record" in append_only_tables()
    assert len(expected_triggers()) == len(EVENTS[connection.vendor]) * len(append_only_tables())
    assert missing_triggers() == []


def test_each_way_of_changing_a_row_is_refused(dossier: Dossier) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE probe (id integer PRIMARY KEY, x integer)")
        for event in EVENTS[connection.vendor]:
            create_trigger(cursor, Trigger("probe", event))
        cursor.execute("INSERT INTO probe (id, x) VALUES (1, 1)")
        for change in CHANGES[connection.vendor]:
            with pytest.raises(DatabaseError, match="append-only table probe"), transaction.atomic():
                cursor.execute(change)
            cursor.execute("SELECT id, x FROM probe")
            assert cursor.fetchall() == [(1, 1)], change


def test_a_dropped_trigger_is_missed_then_put_back(dossier_copy: Dossier) -> None:
    trigger = Trigger(append_only_tables()[0], "DELETE")
    on_table = f' ON "{trigger.table}"' if dossier_copy.engine == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "{trigger.name}"{on_table}')
    assert missing_triggers() == [trigger]
    build_tables(dossier_copy)
    assert missing_triggers() == []


def test_a_trigger_weakened_under_its_own_name_is_missed_then_put_back(dossier_copy: Dossier) -> None:
    trigger = Trigger(append_only_tables()[0], "UPDATE")
    with connection.cursor() as cursor:
        if dossier_copy.engine == "sqlite":
            cursor.execute(f'DROP TRIGGER "{trigger.name}"')
            cursor.execute(f'CREATE TRIGGER "{trigger.name}" UPDATE ON "{trigger.table}" WHEN 0 BEGIN SELECT 1; END')
        else:
            cursor.execute(f'ALTER TABLE "{trigger.table}" DISABLE TRIGGER "{trigger.name}"')
    assert missing_triggers() == [trigger]
    build_tables(dossier_copy)
    assert missing_triggers() == []
