"""Care beside a real server: copies while it sells, and what asks to be alone is refused until it stops."""

import json
from pathlib import Path

import pytest
from django.db import connections

from comptoir.apps.fiscal.models import Event
from comptoir.apps.till.services.verify_dossier import verify_dossier
from comptoir.dossiers.binding import bound
from comptoir.dossiers.registry import find_dossier
from tests.faults.real_server import SLUG, Server, comptoir, create_dossier

pytestmark = pytest.mark.slow


def test_a_served_dossier_is_copied_and_nothing_else(comptoir_home: Path, django_db_blocker) -> None:
    home = comptoir_home
    create_dossier(home)
    server = Server(home)
    server.start()
    try:
        copy = json.loads(comptoir("dossier", "backup", SLUG, "--by", "ana", "--json", home=home).stdout)
        for command in (("restore", copy["file"]), ("compact", SLUG), ("repair", SLUG)):
            refused = comptoir("dossier", *command, "--by", "ana", home=home, check=False)
            assert refused.returncode == 3, refused.stderr
            assert "est déjà ouvert par le serveur Comptoir" in refused.stderr
    finally:
        server.stop()
    compacted = comptoir("dossier", "compact", SLUG, "--by", "ana", home=home)
    assert "Dossier compacté" in compacted.stdout
    restored = json.loads(comptoir("dossier", "restore", copy["file"], "--by", "ana", "--json", home=home).stdout)
    assert (restored["already"], restored["behind"], restored["seen"]) == (False, {}, True)
    assert list(restored["lost"]) == ["S-1-event"]  # the compaction was told there, after the copy
    sound = comptoir("dossier", "repair", SLUG, "--by", "ana", home=home)
    assert sound.stdout == "Le dossier est sain : rien à réparer, rien n’a été écrit.\n"
    server.start()  # what was put back is served
    server.stop()
    with django_db_blocker.unblock(), bound(find_dossier(SLUG)):
        assert [one.code for one in Event.objects.filter(code__in=(9140, 9142))] == [9140]
        assert verify_dossier(anchors=True).findings == []
        connections.forget(find_dossier(SLUG))
