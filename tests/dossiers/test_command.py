"""`comptoir dossier create|list|check`, as a person and as a script."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.db import connections

from comptoir.apps.access.models import User
from comptoir.apps.settings.queries import company, registers
from comptoir.config.cli import main
from comptoir.dossiers import registry
from comptoir.dossiers.binding import bound

GOOD = [
    "dossier", "create", "halles", "--name", "Martin SARL", "--number", "73282932000074", "--owner", "claire",
    "--owner-name", "Claire Martin", "--password-stdin", "--json",
]  # fmt: skip


def run(*arguments: str, given: str = "le marché du samedi\n") -> Result:
    return CliRunner().invoke(main, arguments, input=given)


def test_create_list_and_check_on_sqlite(comptoir_home: Path, django_db_blocker) -> None:
    with django_db_blocker.unblock():
        made = run(*GOOD)
        assert made.exit_code == 0, made.output
        answer = json.loads(made.stdout)
        path = comptoir_home / "dossiers" / "halles" / "halles.comptoir"
        assert (answer["slug"], answer["engine"], answer["location"]) == ("halles", "sqlite", str(path))
        assert path.stat().st_mode & 0o777 == 0o600
        assert (comptoir_home / "dossiers.json").stat().st_mode & 0o777 == 0o600
        with bound(registry.find_dossier("halles")):
            assert (company().legal_name, User.objects.get().role) == ("Martin SARL", "owner")
            assert [register.code for register in registers()] == ["C1"]
        assert json.loads(run("dossier", "list", "--json").stdout)["dossiers"][0]["slug"] == "halles"
        sound = run("dossier", "check", "halles", "--json")
        assert (sound.exit_code, json.loads(sound.stdout)) == (0, {"slug": "halles", "sound": True, "findings": []})
        connections.forget(registry.find_dossier("halles"))


@pytest.mark.postgres
def test_create_and_check_on_postgresql(postgres, django_db_blocker) -> None:
    where = ["--engine", "postgresql", "--database", "halles"]
    where += [part for key, value in postgres.options.items() for part in (f"--{key}", value)]
    with django_db_blocker.unblock():
        made = run(*GOOD, *where)
        assert made.exit_code == 0, made.output
        assert run("dossier", "check", "halles").stdout == "Le dossier « halles » est sain.\n"
        again = run(*["autre" if part == "halles" and i == 2 else part for i, part in enumerate(GOOD)], *where)
        assert (again.exit_code, again.stderr) == (1, "La base « halles » existe déjà sur ce serveur.\n")
        connections.forget(registry.find_dossier("halles"))
        postgres.execute("DROP DATABASE halles WITH (FORCE)")


@pytest.mark.parametrize(
    ("change", "given", "said"),
    [
        ({"--number": "73282932000075"}, "le marché du samedi\n", "ne passe pas sa clé"),
        ({}, "court\n", "Choisissez au moins 12 caractères"),
        ({"--owner": "Léa Martin"}, "le marché du samedi\n", "L’identifiant s’écrit"),
        ({"halles": "Les Halles"}, "le marché du samedi\n", "Le nom court s’écrit"),
    ],
)
def test_a_refusal_leaves_nothing(comptoir_home: Path, django_db_blocker, change, given: str, said: str) -> None:
    arguments = list(GOOD)
    for option, value in change.items():
        position = arguments.index(option)
        arguments[position if option == "halles" else position + 1] = value
    with django_db_blocker.unblock():
        refused = run(*arguments, given=given)
    assert (refused.exit_code, said in refused.stderr) == (1, True), refused.stderr
    assert registry.dossiers() == []
    assert [path for path in comptoir_home.rglob("*") if path.is_file()] == []


def test_a_refused_creation_leaves_what_was_kept_aside(comptoir_home: Path, django_db_blocker) -> None:
    """A former dossier of the same name lies in its folder, taken off the list: the refusal is not its end."""
    folder = comptoir_home / "dossiers" / "halles"
    folder.mkdir(parents=True)
    kept = folder / "halles.comptoir.20260101120000.ancien"
    kept.write_bytes(b"six years of books")
    with django_db_blocker.unblock():
        refused = run(*GOOD, given="court\n")
    assert (refused.exit_code, registry.dossiers()) == (1, [])
    assert [(path.name, path.read_bytes()) for path in folder.iterdir()] == [(kept.name, b"six years of books")]


def test_a_data_folder_told_from_here_is_kept_whole(tmp_path: Path, monkeypatch, django_db_blocker) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMPTOIR_HOME", "./Données d’été")
    with django_db_blocker.unblock():
        made = run(*GOOD)
    assert made.exit_code == 0, made.output
    dossier = registry.find_dossier("halles")
    assert dossier.location == str(tmp_path / "Données d’été" / "dossiers" / "halles" / "halles.comptoir")
    monkeypatch.chdir("/")
    with django_db_blocker.unblock():
        assert run("dossier", "check", "halles").stdout == "Le dossier « halles » est sain.\n"
        connections.forget(dossier)


@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="needs a folder that nobody may write")
def test_a_folder_that_cannot_be_written_is_said_in_french(monkeypatch) -> None:
    monkeypatch.setenv("COMPTOIR_HOME", "/sys/kernel/comptoir")
    refused = run(*GOOD)
    assert (refused.exit_code, refused.stderr) == (1, "/sys/kernel/comptoir : l’accès est refusé.\n")


def test_a_torn_page_is_found(comptoir_home: Path, django_db_blocker) -> None:
    with django_db_blocker.unblock():
        assert run(*GOOD).exit_code == 0
        dossier = registry.find_dossier("halles")
        connections.forget(dossier)
        path = Path(dossier.location)
        data = bytearray(path.read_bytes())
        data[4096 * 5 : 4096 * 6] = bytes(4096)
        path.write_bytes(data)
        torn = run("dossier", "check", "halles", "--json")
        assert torn.exit_code == 1
        assert {row["check"] for row in json.loads(torn.stdout)["findings"]} >= {"integrity"}
        connections.forget(dossier)


def test_every_command_explains_itself() -> None:
    care = [["dossier", name] for name in ("backup", "copies", "restore", "compact", "repair")]
    for arguments in ([], ["dossier"], ["dossier", "create"], ["dossier", "check"], *care, ["serve"]):
        shown = run(*arguments, "--help")
        assert shown.exit_code == 0 and "Usage:" in shown.stdout
