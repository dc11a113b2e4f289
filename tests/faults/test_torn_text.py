"""T33: bytes that leave no text behind, in a sealed body and in a row that follows from it: `verify` names the number all the same."""

import sqlite3
import uuid
from pathlib import Path

import pytest
from django.db import connections

from comptoir.apps.till.services.verify_dossier import verify_dossier
from comptoir.dossiers.binding import Dossier, bound

from .stream import Stream
from .test_tampering import day  # noqa: F401 - a fixture

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize(
    ("table", "column", "key"), [("fiscal_record", "body", "id"), ("fiscal_record", "signature", "id"), ("till_ticketline", "label", "ticket_id")]
)  # fmt: skip
def test_torn_text_is_found_at_its_number(
    day: Stream, tmp_path: Path, table: str, column: str, key: str, processes: int  # noqa: F811
) -> None:  # fmt: skip
    path = tmp_path / "essai.comptoir"
    path.write_bytes(day.content)
    ticket = next(record for record in day.records if record["type"] == "ticket" and record["seq"] == 2)
    raw = sqlite3.connect(path)
    raw.executescript(
        "".join(
            f"DROP TRIGGER {name};" for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        )
    )
    changed = f"UPDATE {table} SET {column} = CAST(CAST(substr({column}, 1, 3) AS BLOB) || x'c328' || substr({column}, 5) AS TEXT) WHERE {key} = ?"  # noqa: S608
    assert raw.execute(changed, [uuid.UUID(ticket["id"]).hex]).rowcount > 0
    raw.commit()
    raw.close()
    dossier = Dossier(slug="essai", uuid=day.identity, name="Essai", engine="sqlite", location=str(path))
    with bound(dossier):
        found = [(one.chain, one.seq) for one in verify_dossier(processes=processes).findings]
        connections.forget(dossier)
    assert ("C1-1-ticket", 2) in found
