"""Compacting: the room comes back, nothing sealed moves, protections are still there; a refusal changes nothing."""

import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.db import connection, connections

from comptoir.apps.fiscal.models import Event, Record
from comptoir.apps.till.services.verify_dossier import verify_dossier
from comptoir.config.cli import main
from comptoir.dossiers.append_only import missing_triggers
from comptoir.dossiers.lock import exclusive
from tests.apps.access.people import one_of_each
from tests.apps.till.shop import enrolled_till, send, set_up_shop


@pytest.fixture
def shop(dossier_copy):
    set_up_shop("C1")
    people = one_of_each()
    till = enrolled_till()
    till.open()
    till.sell()
    send(till)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE ballast (content text)")
        cursor.executemany("INSERT INTO ballast VALUES (%s)", [["x" * 4000]] * 500)
        cursor.execute("DROP TABLE ballast")
    return dossier_copy, people


def compact(dossier, *more: str, by: str = "claire") -> Result:
    return CliRunner().invoke(main, ["dossier", "compact", dossier.slug, "--by", by, *more])


def rows() -> list[tuple]:
    return list(Record.objects.order_by("chain", "seq").values_list("chain", "seq", "body", "signature"))


def test_the_room_comes_back_and_nothing_sealed_moves(shop) -> None:
    dossier, _people = shop
    before = rows()
    done = compact(dossier, "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    if dossier.engine == "sqlite":
        assert said["after"] < said["before"] - 1_000_000
    event = Event.objects.get(code=9142)
    assert (event.operator_name, json.loads(event.detail)) == (
        "Claire Martin", {"bytes_before": said["before"], "bytes_after": said["after"]},
    )  # fmt: skip
    assert [row for row in rows() if row[0] != "S-1-event"] == [row for row in before if row[0] != "S-1-event"]
    assert missing_triggers() == []
    assert verify_dossier().findings == []


def test_who_may_not_and_a_served_dossier(shop) -> None:
    dossier, _people = shop
    before = rows()
    assert compact(dossier, by="manager").exit_code == 1
    assert "Personne ne s’appelle" in compact(dossier, by="personne").stderr
    if dossier.engine == "sqlite":
        with exclusive(dossier, purpose="le serveur Comptoir"):
            refused = compact(dossier)
    else:
        import psycopg

        with psycopg.connect(dbname=dossier.location, **dossier.options):
            refused = compact(dossier)
    assert (refused.exit_code, "Fermez-le d’abord" in refused.stderr) == (3, True)
    assert (rows(), Event.objects.filter(code=9142).count()) == (before, 0)


def test_a_dossier_that_is_not_sound_is_left_as_it_is(sqlite_copy) -> None:
    set_up_shop("C1")
    one_of_each()
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER fiscal_record_no_update")
    refused = compact(sqlite_copy)
    assert refused.exit_code == 1 and "fiscal_record contre UPDATE" in refused.stderr
    assert Event.objects.filter(code=9142).count() == 0


def test_a_full_disk_is_told_beforehand(sqlite_copy, monkeypatch) -> None:
    set_up_shop("C1")
    one_of_each()
    connections.forget(sqlite_copy)
    import shutil
    from types import SimpleNamespace

    content = Path(sqlite_copy.location).read_bytes()
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=1000))
    refused = compact(sqlite_copy)
    assert refused.exit_code == 1 and "Il faut deux fois la taille" in refused.stderr
    connections.forget(sqlite_copy)
    assert Path(sqlite_copy.location).read_bytes() == content


def test_somebody_else_writing_is_told(sqlite_copy, monkeypatch) -> None:
    """Another program that goes round the lock: SQLite itself refuses, and nothing is half done."""
    set_up_shop("C1")
    one_of_each()
    connections.forget(sqlite_copy)
    other = sqlite3.connect(sqlite_copy.location, isolation_level=None)
    real = sqlite3.connect

    def impatient(*arguments, **options):
        return real(*arguments, **{**options, "timeout": 0.1})

    from comptoir.dossiers import compacting

    def rewrite(dossier, *, done) -> None:
        other.execute("BEGIN IMMEDIATE")
        monkeypatch.setattr(compacting.sqlite3, "connect", impatient)
        try:
            real_rewrite(dossier, done=done)
        finally:
            monkeypatch.setattr(compacting.sqlite3, "connect", real)
            other.execute("ROLLBACK")

    real_rewrite = compacting.rewrite
    monkeypatch.setattr("comptoir.config.compact_dossier.rewrite", rewrite)
    refused = compact(sqlite_copy)
    other.close()
    assert refused.exit_code == 1 and "SQLite n’a pas pu compacter" in refused.stderr
    assert Event.objects.filter(code=9142).count() == 0
