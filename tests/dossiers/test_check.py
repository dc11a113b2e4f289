"""`dossier check` joins the database's own checks with those of the seals; a flipped byte passes the first alone."""

import json
import sqlite3

from click.testing import CliRunner
from django.db import connections, transaction

from comptoir.apps.fiscal.models import Event
from comptoir.apps.fiscal.services.seal_on_server import log_event
from comptoir.config.cli import main
from comptoir.dossiers import registry
from comptoir.dossiers.append_only import Trigger
from comptoir.dossiers.binding import Dossier
from comptoir.dossiers.creation import new_postgresql_dossier


def check(dossier: Dossier) -> tuple[int, list[dict[str, str]]]:
    answer = CliRunner().invoke(main, ["dossier", "check", dossier.slug, "--json"])
    return answer.exit_code, json.loads(answer.stdout)["findings"]


def tamper(dossier: Dossier, *statements: str) -> None:
    connections.forget(dossier)
    file = sqlite3.connect(dossier.location)
    for statement in statements:
        file.execute(statement)
    file.commit()
    file.close()


def test_a_sound_dossier(dossier_copy: Dossier) -> None:
    with transaction.atomic():
        log_event(130, detail={"change": "user_created"})
    assert check(dossier_copy) == (0, [])
    assert Event.objects.count() == 1


def test_a_changed_seal_and_an_orphan_are_named(sqlite_copy: Dossier) -> None:
    with transaction.atomic():
        log_event(130, detail={"change": "user_created"})
        log_event(130, detail={"change": "role_changed"})
    trigger = Trigger("fiscal_record", "UPDATE")
    tamper(
        sqlite_copy,
        f'DROP TRIGGER "{trigger.name}"',
        "UPDATE fiscal_record SET body = replace(body, 'role_changed', 'rolechanged_') WHERE seq = 2",
        "PRAGMA foreign_keys = OFF",
        "INSERT INTO settings_register (id, code, name, establishment_id, active) VALUES ('a', 'C9', 'x', 'nowhere', 1)",
    )
    code, findings = check(sqlite_copy)
    assert code == 1
    assert [row["check"] for row in findings] == ["triggers", "links", "seals"]
    assert findings[0]["message"] == "La protection de la table fiscal_record contre UPDATE manque."
    assert "settings_register" in findings[1]["message"] and "settings_establishment" in findings[1]["message"]
    assert findings[2]["message"].startswith("S-1-event n° 2 : ")


def test_any_sqlite_tool_can_read_and_check_the_file(sqlite_copy: Dossier) -> None:
    """No constraint or index leans on a function that only our connections define."""
    connections.forget(sqlite_copy)
    file = sqlite3.connect(sqlite_copy.location)
    assert file.execute("SELECT name FROM sqlite_master WHERE sql LIKE '%REGEXP%'").fetchall() == []
    assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    file.close()


def test_a_stopped_postgresql_is_no_damaged_dossier(comptoir_home, django_db_blocker) -> None:
    """One finding, one sentence, nothing of the driver's on the terminal; the list and the commands say the same."""
    away = new_postgresql_dossier(
        "halles", name="Halles", database="halles", options={"host": "127.0.0.1", "port": "1"}
    )
    registry.register(away)
    said = (
        "Dossier « halles » : la base « halles » ne répond pas. Vérifiez que le serveur PostgreSQL est démarré, son adresse "
        "et son compte."
    )
    with django_db_blocker.unblock():
        assert check(away) == (1, [{"check": "unreachable", "message": said}])
        row = json.loads(CliRunner().invoke(main, ["dossier", "list", "--json"]).stdout)["dossiers"][0]
        refused = CliRunner().invoke(main, ["verify", "halles"])
    assert (row["state"], row["message"]) == ("unreadable", said)
    assert (refused.exit_code, refused.stderr) == (4, f"{said}\n")
    connections.forget(away)
