"""Copies of a dossier: whole while the shop sells, checked, named by their digest; a refusal leaves nothing."""

import json
import os
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.db import connection

from comptoir.apps.access.refusals import RightMissing
from comptoir.apps.fiscal.models import Event, Record
from comptoir.apps.fiscal.queries import chain_names, heads_of
from comptoir.apps.fiscal.sealed import signature_digest
from comptoir.backoffice.companies.copying import (
    copy_age,
    is_too_old,
    make_copy,
    make_daily_copy,
    present_copies,
    take_copy,
)  # fmt: skip
from comptoir.config.cli import main
from comptoir.dossiers.copies import SUFFIX, CopyRefused, copies_folder, digest_of, forget_old, read_copy, write_copy
from tests.apps.access.people import one_of_each
from tests.apps.till.shop import enrolled_till, send, set_up_shop, till_of_two_tickets

NOW = datetime(2026, 11, 22, 8, 0, 0, tzinfo=UTC)


@pytest.fixture
def shop(dossier_copy):
    """A shop of two tickets, its till, its people."""
    return dossier_copy, till_of_two_tickets(), one_of_each()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["dossier", *arguments])


def test_a_copy_by_command(shop) -> None:
    dossier, _till, _people = shop
    done = run("backup", dossier.slug, "--by", "claire", "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    path = Path(said["file"])
    assert path.parent == copies_folder(dossier) and path.stat().st_mode & 0o777 == 0o600
    assert (said["sha256"], said["bytes"], said["records"]) == (
        digest_of(path), path.stat().st_size, Record.objects.count(),
    )  # fmt: skip
    manifest = read_copy(path).manifest
    heads = heads_of(chain_names())
    expected = [[name, head.seq, signature_digest(head.signature)] for name, head in sorted(heads.items())]
    assert (manifest.dossier, manifest.reason, manifest.heads) == (str(dossier.uuid), "demand", expected)
    assert {one.name for one in path.parent.iterdir()} == {path.name, f"{path.name}.json"}
    listed = json.loads(run("copies", dossier.slug, "--json").stdout)["copies"]
    assert [(row["file"], row["reason"]) for row in listed] == [(str(path), "demand")]


def test_a_sqlite_copy_is_one_file_with_every_commit(sqlite_copy) -> None:
    """Commits still in the journal beside the file are in the copy, which needs no second file."""
    set_up_shop("C1")
    till = enrolled_till()
    till.open()
    till.sell()
    send(till)
    assert Path(f"{sqlite_copy.location}-wal").stat().st_size > 0
    copy = write_copy(sqlite_copy, reason="demand", version="1")
    opened = sqlite3.connect(f"{copy.path.as_uri()}?mode=ro&immutable=1", uri=True)
    assert opened.execute("SELECT count(*) FROM till_ticket").fetchone() == (1,)
    assert opened.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    opened.close()


def test_who_may_not_writes_nothing(shop, comptoir_home: Path) -> None:
    dossier, _till, people = shop
    for role in ("manager", "cashier", "auditor"):
        with pytest.raises(RightMissing):
            make_copy(by=people[role])
        refused = run("backup", dossier.slug, "--by", people[role].login)
        assert (refused.exit_code, "Sauvegarder" in refused.stderr) == (1, True)
    nobody = run("backup", dossier.slug, "--by", "personne")
    assert (nobody.exit_code, nobody.stderr) == (1, "Personne ne s’appelle « personne » dans ce dossier.\n")
    assert run("backup", dossier.slug).exit_code == 2
    assert not (comptoir_home / "copies").exists()


def test_a_folder_that_takes_nothing_is_told(shop, tmp_path: Path) -> None:
    dossier, _till, _people = shop
    place = tmp_path / "clé"
    place.write_text("un fichier, pas un dossier")
    refused = run("backup", dossier.slug, "--by", "claire", "--to", str(place / "usb"))
    assert refused.exit_code == 1 and "ne peut pas être créé" in refused.stderr
    assert present_copies() == []


def test_a_damaged_dossier_is_not_copied(sqlite_copy) -> None:
    set_up_shop("C1")
    connection.close()
    path = Path(sqlite_copy.location)
    data = bytearray(path.read_bytes())
    data[4096 * 5 : 4096 * 6] = bytes(4096)
    path.write_bytes(data)
    with pytest.raises(CopyRefused, match="abîmé"):
        write_copy(sqlite_copy, reason="demand", version="1")
    assert list(copies_folder(sqlite_copy).iterdir()) == []


def test_one_a_day_and_fourteen_kept(shop) -> None:
    dossier, _till, _people = shop
    assert copy_age(now=NOW) is None and is_too_old(None)
    made = [make_daily_copy(now=NOW + timedelta(days=day)) for day in range(3)]
    assert make_daily_copy(now=NOW + timedelta(days=2, hours=3)) is None
    assert [one.path.name for one in present_copies()] == [one.path.name for one in reversed(made)]
    age = copy_age(now=NOW + timedelta(days=4, hours=1))
    assert (age, is_too_old(age), is_too_old(timedelta(days=2))) == (timedelta(days=2, hours=1), True, False)
    assert forget_old(dossier, kept=2) == [made[0].path.name]
    assert {one.name for one in copies_folder(dossier).iterdir()} == {
        name for one in made[1:] for name in (one.path.name, f"{one.path.name}.json")
    }


def test_a_copy_dated_by_a_clock_gone_astray_does_not_stop_the_next_ones(shop) -> None:
    astray = make_daily_copy(now=NOW + timedelta(days=900))
    made = make_daily_copy(now=NOW)
    assert [one.path.name for one in present_copies()] == [astray.path.name, made.path.name]
    assert make_daily_copy(now=NOW) is None


def test_what_a_killed_copy_left_is_removed_a_day_later(shop) -> None:
    dossier, _till, _people = shop
    folder = copies_folder(dossier)
    folder.mkdir(parents=True)
    suffix = SUFFIX[dossier.engine]
    left, under_way = (folder / f".{dossier.slug}-2026-01-0{day}-120000{suffix}.77" for day in (1, 2))
    for path in (left, under_way):
        path.write_bytes(b"half a copy")
    os.utime(left, (0, 0))
    copy = write_copy(dossier, reason="demand", version="1")
    assert {one.name for one in folder.iterdir()} == {copy.path.name, f"{copy.path.name}.json", under_way.name}


def test_who_takes_a_copy_is_told_first(shop) -> None:
    _dossier, _till, people = shop
    copy = make_copy(by=people["owner"], now=NOW)
    with pytest.raises(RightMissing):
        take_copy(copy.path.name, by=people["manager"])
    with pytest.raises(CopyRefused):
        take_copy("../../dossiers.json", by=people["owner"])
    assert Event.objects.filter(code=110).count() == 0
    assert take_copy(copy.path.name, by=people["owner"]) == copy.path
    event = Event.objects.get(code=110)
    assert (event.operator_name, json.loads(event.detail)) == (
        "Claire Martin", {"kind": "copie du dossier", "file": copy.path.name, "sha256": copy.manifest.sha256},
    )  # fmt: skip
