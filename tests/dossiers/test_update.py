"""A dossier of an earlier version is brought up to date by itself: copied first, all at once, told; a later one is refused."""

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.db import connection, connections

from comptoir import __version__
from comptoir.apps.fiscal.models import Event, Record
from comptoir.apps.till.models import ParkedBasket
from comptoir.apps.till.services.verify_dossier import verify_dossier
from comptoir.config.cli import main
from comptoir.config.update_dossier import UpdateRefused, refuse_newer, update_dossier
from comptoir.dossiers.append_only import missing_triggers
from comptoir.dossiers.binding import Dossier, bound
from comptoir.dossiers.copies import copies_of
from comptoir.dossiers.lock import DossierBusy
from comptoir.dossiers.versions import Age, age, age_of
from tests.apps.access.people import one_of_each
from tests.apps.till.shop import enrolled_till, send, set_up_shop
from tests.dossiers.older import STEPS, make_newer, make_older
from tests.server_process import ROOT

OLDER = (
    f"Ce dossier date d’une version plus ancienne de Comptoir ({STEPS} étapes de mise à jour). "
    "Il se met à jour tout seul au prochain démarrage du serveur : comptoir serve"
)
NEWER = "Ce dossier vient d’une version plus récente de Comptoir. Mettez d’abord le logiciel à jour."


@pytest.fixture
def older_shop(dossier_copy: Dossier) -> Dossier:
    """Two tickets sold under an earlier version."""
    set_up_shop("C1")
    one_of_each()
    till = enrolled_till()
    till.open()
    till.sell()
    till.sell()
    send(till)
    make_older(dossier_copy)
    return dossier_copy


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def sealed() -> list[tuple]:
    return list(Record.objects.order_by("chain", "seq").values_list("chain", "seq", "body", "signature"))


def updates() -> list[dict]:
    return [json.loads(one.detail) for one in Event.objects.filter(code=250) if "steps" in json.loads(one.detail)]


def test_the_tables_come_up_to_date_and_it_is_told(older_shop: Dossier) -> None:
    before, told = sealed(), []
    copy = update_dossier(older_shop, done=told.append)
    assert (age(), told) == (Age(0, False), [1] * STEPS)
    assert sealed()[: len(before)] != [] and [one for one in sealed() if one not in before] != []
    assert [one for one in before if one not in sealed()] == []
    assert updates() == [
        {"version": __version__, "before": "", "steps": STEPS, "file": copy.path.name, "sha256": copy.manifest.sha256}
    ]
    assert (missing_triggers(), verify_dossier().findings, ParkedBasket.objects.count()) == ([], [], 0)
    assert run("dossier", "check", older_shop.slug).exit_code == 0
    kept = copies_of(older_shop)
    assert [(one.path, one.manifest.reason, one.here) for one in kept] == [(copy.path, "update", True)]


def test_what_is_kept_is_the_dossier_as_it_was(older_shop: Dossier) -> None:
    before = sealed()
    copy = update_dossier(older_shop)
    assert copy.manifest.records == len(before)
    put_back = run("dossier", "restore", str(copy.path), "--by", "claire", "--json")
    assert put_back.exit_code == 0, put_back.output
    assert [one for one in before if one not in sealed()] == []
    assert (age(), verify_dossier().findings) == (Age(0, False), [])


@pytest.mark.slow
@pytest.mark.parametrize("step", [1, 3, STEPS])
def test_the_power_goes_in_the_middle(older_shop: Dossier, step: int) -> None:
    """Killed after a step, the last one included: nothing is half done, and the next try does all of it."""
    connections.forget(older_shop)
    child = f"""
import os, signal
from comptoir.config.cli import start_django
start_django()
from comptoir.config.update_dossier import update_dossier
from comptoir.dossiers.registry import find_dossier
left = [{step}]
def done(steps):
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
update_dossier(find_dossier({older_shop.slug!r}), done=done)
"""
    killed = subprocess.run([sys.executable, "-c", child], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert (age_of(older_shop), updates()) == (Age(STEPS, False), [])
    assert {one.table for one in missing_triggers()} == {"treasury_attachment"}  # which that version did not have
    assert len(copies_of(older_shop)) == 1
    update_dossier(older_shop)
    assert (age(), missing_triggers(), len(updates()), verify_dossier().findings) == (Age(0, False), [], 1, [])


def test_a_step_that_fails_leaves_the_dossier_as_it_was(older_shop: Dossier) -> None:
    with connection.cursor() as cursor:  # the last step makes a table of this name
        cursor.execute("CREATE TABLE treasury_attachment (n INTEGER)")
    before = sealed()
    with pytest.raises(UpdateRefused, match="Il est resté tel qu’il était") as refused:
        update_dossier(older_shop)
    assert f"Le dossier « {older_shop.slug} » n’a pas pu être mis à jour" in str(refused.value)
    assert (age(), sealed(), updates(), copies_of(older_shop)) == (Age(STEPS, False), before, [], [])
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE treasury_attachment")
    if older_shop.engine == "sqlite":
        assert connection.cursor().execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_no_room_for_the_copy(older_shop: Dossier, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage(10**9, 10**9, 10_000_000))
    with pytest.raises(UpdateRefused, match="place"):
        update_dossier(older_shop)
    assert (age(), copies_of(older_shop)) == (Age(STEPS, False), [])


def test_a_torn_dossier_is_not_updated(sqlite_copy: Dossier) -> None:
    set_up_shop("C1")
    make_older(sqlite_copy)
    file = sqlite3.connect(sqlite_copy.location)
    page = file.execute("SELECT rootpage FROM sqlite_master WHERE name = 'catalog_article'").fetchone()[0]
    file.close()
    content = bytearray(Path(sqlite_copy.location).read_bytes())
    content[4096 * (page - 1) : 4096 * page] = bytes(4096)
    Path(sqlite_copy.location).write_bytes(content)
    with pytest.raises(UpdateRefused, match="Le dossier est abîmé"):
        update_dossier(sqlite_copy)
    repaired = run("dossier", "repair", sqlite_copy.slug, "--by", "claire")
    assert (repaired.exit_code, "réparez-le avec la version qui le tenait" in repaired.stderr) == (1, True)


@pytest.mark.postgres
def test_a_database_in_use_elsewhere_is_left_alone(older_shop: Dossier) -> None:
    if older_shop.engine == "sqlite":
        pytest.skip("SQLite has the lock file: tests/dossiers/test_serving.py")
    import psycopg

    options = {key: value for key, value in older_shop.options.items() if key in ("host", "port", "user", "password")}
    with psycopg.connect(dbname=older_shop.location, **options), pytest.raises(DossierBusy, match="est ouvert par"):
        update_dossier(older_shop)
    assert (age(), copies_of(older_shop)) == (Age(STEPS, False), [])


def test_commands_say_it(older_shop: Dossier) -> None:
    slug, where = older_shop.slug, ("--by", "claire")
    checked = run("dossier", "check", slug, "--json")
    assert (checked.exit_code, json.loads(checked.stdout)["findings"]) == (1, [{"check": "tables", "message": OLDER}])
    row = json.loads(run("dossier", "list", "--json").stdout)["dossiers"][0]
    assert (row["state"], row["message"]) == ("older", OLDER)
    assert run("dossier", "list").stdout.endswith(f"Essai\n  ✗ {OLDER}\n")
    for command in (["verify", slug], ["dossier", "backup", slug, *where], ["dossier", "compact", slug, *where],
                    ["report", "x", slug], ["close", "due", slug]):  # fmt: skip
        refused = run(*command)
        assert (refused.exit_code, refused.stderr) == (4, f"Dossier « {slug} » : {OLDER}\n"), command
    refused = run("dossier", "repair", slug, *where)
    assert (refused.exit_code, refused.stderr) == (1, f"{OLDER}\n")
    assert (age(), updates()) == (Age(STEPS, False), [])


@pytest.mark.parametrize("app", ["till", "workshop"])  # a later version may add a whole area and touch no other
def test_a_later_dossier_is_refused_before_another_is_changed(older_shop: Dossier, copy_template, app: str) -> None:
    from comptoir.dossiers import registry

    later = copy_template("sqlite")
    registry.register(later)
    make_newer(later, app=app)
    with pytest.raises(UpdateRefused) as refused:
        refuse_newer(registry.dossiers())
    assert str(refused.value) == f"Dossier « {later.slug} » : {NEWER}"
    rows = {row["slug"]: row["state"] for row in json.loads(run("dossier", "list", "--json").stdout)["dossiers"]}
    assert rows == {older_shop.slug: "older", later.slug: "newer"}
    assert run("verify", later.slug).stderr == f"Dossier « {later.slug} » : {NEWER}\n"
    with bound(later):
        assert age() == Age(0, True)
    connections.forget(later)


def test_every_step_of_the_house_goes_into_one_transaction() -> None:
    from django.db.migrations.loader import MigrationLoader

    alone = [name for name, step in MigrationLoader(None).disk_migrations.items() if not step.atomic]
    assert alone == []
