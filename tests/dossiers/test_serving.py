"""`comptoir serve` takes a dossier alone, or refuses to start (T16, T17, T18 of the fault plan)."""

import os
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django.db import connections

from comptoir.dossiers.append_only import Trigger, append_only_tables
from comptoir.dossiers.binding import Dossier
from comptoir.dossiers.lock import DossierBusy, DossierLock, writing
from tests.ports import free_port
from tests.server_process import ServerProcess, serve

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture
def server(sqlite_copy: Dossier, comptoir_home: Path) -> Iterator[ServerProcess]:
    connections.forget(sqlite_copy)
    server = ServerProcess(comptoir_home)
    yield server
    server.kill()


def refused(home: Path) -> tuple[int, str]:
    process = serve(home, "--port", str(free_port()))
    try:
        _, errors = process.communicate(timeout=60)
    finally:
        if process.poll() is None:  # it should have refused, and serves
            os.killpg(process.pid, signal.SIGKILL)
    return process.returncode, errors


def test_a_second_server_on_the_same_dossier_is_refused(server: ServerProcess, sqlite_copy: Dossier) -> None:
    server.start()
    page = httpx.get(f"{server.url}/d/{sqlite_copy.slug}/connexion/", timeout=60)
    assert page.status_code == 200
    code, errors = refused(server.home)
    assert code == 3
    assert f"Le dossier « {sqlite_copy.slug} » est déjà ouvert par le serveur Comptoir" in errors
    assert "deux programmes ne peuvent pas tenir les mêmes comptes" in errors
    assert httpx.get(f"{server.url}/d/{sqlite_copy.slug}/connexion/", timeout=60).status_code == 200
    assert server.stop() == 0


def test_a_killed_server_leaves_no_lock(server: ServerProcess, sqlite_copy: Dossier) -> None:
    for _ in range(2):
        server.start()
        assert httpx.get(f"{server.url}/d/{sqlite_copy.slug}/connexion/", timeout=60).status_code == 200
        server.kill()
    DossierLock(sqlite_copy).acquire(purpose="un essai", patience_s=10)


def test_a_stopped_server_leaves_one_whole_file(server: ServerProcess, sqlite_copy: Dossier) -> None:
    """What was written after the start is in the file itself: a copy of it alone is a good copy."""
    server.start()
    form = httpx.get(f"{server.url}/d/{sqlite_copy.slug}/connexion/", timeout=60)
    book = Path(sqlite_copy.location)
    with sqlite3.connect(book) as beside:  # written while the server holds the file, so into its journal
        beside.execute("CREATE TABLE written_late (n INTEGER)")
    beside.close()
    assert (form.status_code, server.stop()) == (200, 0)
    assert not book.with_name(book.name + "-wal").exists()
    copy = sqlite3.connect(f"file:{book}?immutable=1", uri=True)
    assert copy.execute("SELECT count(*) FROM sqlite_master WHERE name = 'written_late'").fetchone() == (1,)
    copy.close()


def test_a_missing_trigger_stops_the_start(server: ServerProcess, sqlite_copy: Dossier) -> None:
    trigger = Trigger(append_only_tables()[0], "DELETE")
    with sqlite3.connect(sqlite_copy.location) as file:
        file.execute(f'DROP TRIGGER "{trigger.name}"')
    file.close()
    code, errors = refused(server.home)
    assert code == 4
    assert f"La protection de la table {trigger.table} contre DELETE manque." in errors


def test_a_lost_file_is_not_replaced_by_an_empty_one(server: ServerProcess, sqlite_copy: Dossier) -> None:
    lost = Path(sqlite_copy.location)
    for path in lost.parent.glob(f"{lost.name}*"):
        path.unlink()
    code, errors = refused(server.home)
    assert code == 4
    assert f"Le fichier {lost} est introuvable." in errors
    assert not lost.exists()


def test_a_file_in_another_journal_mode_is_put_back_in_wal(server: ServerProcess, sqlite_copy: Dossier) -> None:
    file = sqlite3.connect(sqlite_copy.location)
    assert file.execute("PRAGMA journal_mode = DELETE").fetchone() == ("delete",)
    file.close()
    server.start()
    assert httpx.get(f"{server.url}/d/{sqlite_copy.slug}/connexion/", timeout=60).status_code == 200
    file = sqlite3.connect(sqlite_copy.location)
    assert file.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    file.close()


def test_a_command_holds_the_lock_when_no_server_does(sqlite_copy: Dossier) -> None:
    with writing(sqlite_copy, purpose="l’import d’articles") as alone:
        assert alone is True
        with pytest.raises(DossierBusy, match="l’import d’articles"):
            DossierLock(sqlite_copy).acquire(purpose="le serveur Comptoir")
        with writing(sqlite_copy, purpose="un autre import") as second:
            assert second is False
    DossierLock(sqlite_copy).acquire(purpose="le serveur Comptoir")
