"""Archives in the office, through HTTP: made beside the requests, verified, handed out, purged only when all is in order."""

import io
import json
import zipfile
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.db.utils import IntegrityError

from comptoir.apps.fiscal.identifiers import uuid7
from comptoir.apps.fiscal.models import Event, Record
from comptoir.apps.printing.models import PrintJob, PrintState
from comptoir.exchange.archives.check import take_archive, verify_archive
from comptoir.exchange.archives.create import ArchiveRefused, create_archive
from comptoir.exchange.archives.purge import purge_covered
from comptoir.exchange.archives.shelf import shelved_archives

NOVEMBER = {"du": "2026-11-01", "au": "2026-11-30", "caisse": ""}
LATER = datetime(2027, 2, 1, 8, 0, tzinfo=UTC)


def a_paper(at: datetime) -> PrintJob:
    job = PrintJob.objects.create(
        id=uuid7(),
        register="C1",
        kind="receipt",
        receipt={"format": "receipt/1"},
        drawer=False,
        copies=1,
        digest="x",
        at=at,
    )
    PrintState.objects.create(job=job, state="printed", at=at)
    return job


def codes() -> list[int]:
    return list(
        Event.objects.filter(code__in=(20, 110, 9173, 9174, 9175))
        .order_by("at", "record_id")
        .values_list("code", flat=True)
    )


@pytest.mark.feature("FISC-10")
def test_verified_downloaded_then_purged(shop, visit, at) -> None:
    owner = shop.people["owner"]
    made = create_archive(date(2026, 11, 1), date(2026, 11, 30), actor=owner)
    pk = shelved_archives()[0].pk
    old, young = a_paper(datetime(2026, 11, 22, tzinfo=UTC)), a_paper(datetime(2026, 12, 2, tzinfo=UTC))
    for missing in ("Vérifiez d’abord", "Téléchargez d’abord"):
        with pytest.raises(ArchiveRefused, match=missing):
            purge_covered(pk, by=owner, now=LATER)
        if missing.startswith("V"):
            assert verify_archive(pk, by=owner).intact
    answer = visit().get(at(f"archives/{pk}/telecharger/"))
    content = b"".join(answer.streaming_content)
    assert zipfile.ZipFile(io.BytesIO(content)).namelist()[0] == "records.jsonl" and content == made.path.read_bytes()
    with pytest.raises(ArchiveRefused, match="trop récente"):
        purge_covered(pk, by=owner, now=datetime(2026, 12, 20, tzinfo=UTC))
    assert PrintJob.objects.count() == 2 and 9173 not in codes()
    before = Record.objects.exclude(type="event").count()
    assert purge_covered(pk, by=owner, now=LATER).papers == 1
    assert list(PrintJob.objects.values_list("pk", flat=True)) == [young.pk] and old.pk != young.pk
    assert Record.objects.exclude(type="event").count() == before
    assert sorted(codes()) == [20, 110, 9173, 9174, 9175]
    with pytest.raises(IntegrityError), connection.cursor() as cursor:  # the refusal is back
        cursor.execute("DELETE FROM printing_printjob")


def test_an_archive_made_before_its_last_day_purges_what_it_could_hold(shop) -> None:
    """Made on the 25th for all of November: the paper of the 28th is not its matter."""
    owner, made = shop.people["owner"], datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
    create_archive(date(2026, 11, 1), date(2026, 11, 30), actor=owner, now=made)
    pk = shelved_archives()[0].pk
    a_paper(datetime(2026, 11, 22, tzinfo=UTC))
    later = a_paper(datetime(2026, 11, 28, tzinfo=UTC))
    assert verify_archive(pk, by=owner).intact
    take_archive(pk, by=owner)
    done = purge_covered(pk, by=owner, now=LATER)
    assert (done.papers, done.before) == (1, made)
    assert list(PrintJob.objects.values_list("pk", flat=True)) == [later.pk]


def test_a_touched_archive_is_told_and_purges_nothing(shop) -> None:
    owner = shop.people["owner"]
    made = create_archive(date(2026, 11, 1), date(2026, 11, 30), actor=owner)
    with zipfile.ZipFile(made.path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["records.jsonl"] = parts["records.jsonl"].replace(b'\\"gross_minor\\":980', b'\\"gross_minor\\":981', 1)
    with zipfile.ZipFile(made.path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    pk = shelved_archives()[0].pk
    assert not verify_archive(pk, by=owner).intact
    assert json.loads(Event.objects.get(code=9175).detail)["intact"] == 0
    with pytest.raises(ArchiveRefused, match="Vérifiez"):
        purge_covered(pk, by=owner, now=LATER)


def test_a_file_moved_away_is_said(shop, visit, at) -> None:
    made = create_archive(date(2026, 11, 1), date(2026, 11, 30), actor=shop.people["owner"])
    made.path.unlink()
    pk = shelved_archives()[0].pk
    client = visit("auditor")
    assert "plus sur ce serveur" in client.get(at("archives/")).content.decode()
    answer = client.get(at(f"archives/{pk}/telecharger/"), follow=True)
    assert "cherchez votre copie" in answer.content.decode() and 9174 not in codes()


@pytest.mark.parametrize("role", ["manager", "auditor", "cashier"])
def test_only_the_owner_purges(shop, visit, at, role: str) -> None:
    create_archive(date(2026, 11, 1), date(2026, 11, 30), actor=shop.people["owner"])
    a_paper(datetime(2026, 11, 22, tzinfo=UTC))
    assert visit(role).post(at(f"archives/{shelved_archives()[0].pk}/purger/")).status_code == 403
    assert PrintJob.objects.count() == 1


def test_wrong_days_make_no_archive(shop, visit, at) -> None:
    client = visit("owner")
    for wrong in ({}, NOVEMBER | {"du": "2026-12-01"}, NOVEMBER | {"caisse": "ZZ"}):
        assert client.post(at("archives/faire/"), wrong)["Location"].endswith("/archives/")
    assert shelved_archives() == []
