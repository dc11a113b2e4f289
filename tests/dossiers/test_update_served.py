"""`comptoir serve` brings every dossier of the installation up to date before a till is answered."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django.db import connections

from comptoir.apps.fiscal.models import Event
from comptoir.dossiers import registry
from comptoir.dossiers.binding import Dossier, bound
from comptoir.dossiers.copies import copies_of
from comptoir.dossiers.versions import Age, age_of
from tests.apps.till.shop import set_up_shop
from tests.dossiers.older import STEPS, make_newer, make_older
from tests.ports import free_port
from tests.server_process import ServerProcess, serve

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture
def two(sqlite_copy: Dossier, copy_template) -> Iterator[tuple[Dossier, Dossier]]:
    """Two dossiers of an earlier version on one installation."""
    set_up_shop("C1")
    make_older(sqlite_copy)
    other = copy_template("sqlite")
    registry.register(other)
    make_older(other)
    yield sqlite_copy, other
    connections.forget(other)


def versions(dossier: Dossier) -> list[dict]:
    with bound(dossier):
        found = [json.loads(one.detail) for one in Event.objects.filter(code=250).order_by("record__seq")]
    connections.forget(dossier)
    return found


def test_both_dossiers_are_brought_up_to_date_once(two, comptoir_home: Path) -> None:
    server = ServerProcess(comptoir_home)
    try:
        for _ in range(2):
            server.start()
            pages = [httpx.get(f"{server.url}/d/{one.slug}/connexion/", timeout=60).status_code for one in two]
            assert (pages, server.stop()) == ([200, 200], 0)
    finally:
        server.kill()
    for dossier in two:
        assert age_of(dossier) == Age(0, False)
        (copy,) = copies_of(dossier)
        assert (copy.manifest.reason, [(one.get("steps"), one.get("file")) for one in versions(dossier)]) == (
            "update", [(STEPS, copy.path.name)],
        )  # fmt: skip


def test_one_of_a_later_version_stops_the_start_and_leaves_the_others(two, comptoir_home: Path) -> None:
    older, later = sorted(two, key=lambda one: one.slug)
    make_newer(later)
    process = serve(comptoir_home, "--port", str(free_port()))
    try:
        _, errors = process.communicate(timeout=60)
    finally:
        if process.poll() is None:  # it should have refused, and serves
            os.killpg(process.pid, signal.SIGKILL)
    assert (process.returncode, errors) == (
        4, f"Dossier « {later.slug} » : Ce dossier vient d’une version plus récente de Comptoir. "
        "Mettez d’abord le logiciel à jour.\n",
    )  # fmt: skip
    assert (age_of(older), copies_of(older), copies_of(later)) == (Age(STEPS, False), [], [])
