"""T15: the file changed behind the application's back, not by SQL but byte by byte on the disk.

SQLite's own integrity_check says ok to nearly all of them; `verify` names the chain and the number."""

import uuid
from pathlib import Path

import pytest
from django.db import connection, connections

from comptoir.apps.till.services.verify_dossier import verify_dossier
from comptoir.dossiers.binding import Dossier, bound

from .conftest import size
from .machine import Machine
from .stream import Stream, receive, sealed_stream

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def day(shop_content: bytes, django_db_blocker) -> Stream:
    """A received day, as the bytes of its file; `records` are what the till sealed."""
    with django_db_blocker.unblock():
        stream = sealed_stream(shop_content, tickets=4)
        machine = Machine(content=stream.content, seed=1, identity=stream.identity)
        with machine.open():
            assert set(receive(stream.records)) == {"stored"}
        content = machine.content()
        machine.stop()
    return stream._replace(content=content)


def verdicts(content: bytes, *, identity: uuid.UUID, folder: Path) -> tuple[list[tuple[str, int]], str]:
    """What `verify` finds wrong in a file with these bytes, and what SQLite's own check says."""
    path = folder / "essai.comptoir"
    path.write_bytes(content)
    dossier = Dossier(slug="essai", uuid=identity, name="Essai", engine="sqlite", location=str(path))
    with bound(dossier):
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            said = cursor.fetchone()[0]
        found = [(one.chain, one.seq) for one in verify_dossier(processes=1).findings]
        connections.forget(dossier)
    return found, said


def test_an_untouched_file_is_intact(day: Stream, tmp_path: Path) -> None:
    assert verdicts(day.content, identity=day.identity, folder=tmp_path) == ([], "ok")


@pytest.mark.parametrize("field", ["body", "to_sign", "signature"])
def test_any_changed_byte_of_a_sealed_ticket_is_found_at_its_number(day: Stream, tmp_path: Path, field: str) -> None:
    ticket = next(record for record in day.records if record["type"] == "ticket" and record["seq"] == 2)
    row = (ticket["body"] + ticket["to_sign"] + ticket["signature"]).encode()  # as the file holds them, side by side
    assert day.content.count(row) == 1
    sealed = ticket[field].encode()
    start = day.content.index(row) + row.index(sealed)
    blind = 0
    step = size(ci=max(1, len(sealed) // 12), full=1)
    for offset in range(0, len(sealed), step):
        flipped = bytearray(day.content)
        flipped[start + offset] ^= 1 << (offset % 7)
        found, said = verdicts(bytes(flipped), identity=day.identity, folder=tmp_path)
        assert ("C1-1-ticket", 2) in found, f"byte {offset} of {field}: {found}"
        blind += said == "ok"
    assert blind > 0  # what SQLite itself does not see
