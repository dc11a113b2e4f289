"""Repairing: rows come back from sealed records, torn pages are gone round, no sealed record is ever written."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.db import connection, connections

from comptoir.apps.fiscal.models import Event, Record
from comptoir.apps.fiscal.services.anchor_heads import anchor_heads
from comptoir.apps.till.models import Ticket, TicketLine
from comptoir.apps.till.services.verify_dossier import verify_dossier
from comptoir.apps.treasury.models import CashTransfer, Closing
from comptoir.config.cli import main
from comptoir.dossiers.append_only import missing_triggers
from comptoir.dossiers.binding import bound
from comptoir.dossiers.lock import exclusive
from tests.apps.access.people import one_of_each
from tests.apps.till.shop import enrolled_till, send, set_up_shop, statuses
from tests.tampering import tamper


@pytest.fixture
def shop(dossier_copy):
    """A closed day of four tickets, a fifth after it."""
    set_up_shop("C1")
    one_of_each()
    till = enrolled_till()
    till.open()
    for _ in range(4):
        till.sell()
    till.close({"tender": "cash", "amount_minor": 10_000, "pieces": []})
    till.open()
    till.sell()
    send(till)
    anchor_heads(reason="daily")
    return dossier_copy


def repair(dossier, *more: str, by: str = "claire") -> Result:
    return CliRunner().invoke(main, ["dossier", "repair", dossier.slug, "--by", by, *more])


def sealed() -> list[tuple]:
    """Every sealed record but the server's, whose journal grows."""
    fields = ("chain", "seq", "id", "body", "to_sign", "signature", "received_at")
    return list(Record.objects.exclude(register="S").order_by("chain", "seq").values_list(*fields))


def amounts() -> tuple:
    return (
        list(Ticket.objects.order_by("chain", "seq").values_list("seq", "gross_minor", "operator_name")),
        list(TicketLine.objects.order_by("ticket__seq", "position").values_list("ticket_id", "label", "gross_minor")),
        sorted(CashTransfer.objects.values_list("id", "from_account", "to_account", "amount", "recorded_at")),
        list(Closing.objects.values_list("seq", "total_minor", "booked_at", "agrees")),
    )


def test_a_sound_dossier_is_left_alone(shop) -> None:
    before = sealed()
    done = repair(shop)
    assert (done.exit_code, done.stdout) == (0, "Le dossier est sain : rien à réparer, rien n’a été écrit.\n")
    assert sealed() == before and not Event.objects.filter(code=9141).exists()
    if shop.engine == "sqlite":
        assert not list(Path(shop.location).parent.glob("*ancien*"))


def test_rows_changed_removed_and_added_come_back_as_sealed(shop) -> None:
    before, right = sealed(), amounts()
    tamper(
        "UPDATE till_ticket SET gross_minor = 1 WHERE seq = 2",
        "DELETE FROM till_ticketline WHERE ticket_id IN (SELECT id FROM till_ticket WHERE seq = 3)",
        "DELETE FROM treasury_cashtransfer",
        "UPDATE treasury_closing SET total_minor = 0",
        "UPDATE fiscal_event SET operator_name = 'Personne'",
    )
    assert verify_dossier().findings != [] and amounts() != right
    done = repair(shop, "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert (said["left"], len(said["mended"]) > 0) == ([], True)
    assert (sealed(), amounts()) == (before, right)
    assert missing_triggers() == []
    assert verify_dossier(anchors=True).findings == []
    event = Event.objects.get(code=9141)
    detail = json.loads(event.detail)
    assert (event.operator_name, event.record.chain, detail["left"], detail["unproven"]) == (
        "Claire Martin", "S-1-event", 0, "",
    )  # fmt: skip
    connections.forget(shop)
    with bound(replace(shop, location=said["aside"])):
        assert Ticket.objects.get(seq=2).gross_minor == 1  # the former dossier, as it was found
        connections.forget(shop)


def test_a_sealed_record_that_was_changed_stays_as_it_was_found(shop) -> None:
    tamper(
        "UPDATE fiscal_record SET body = replace(body, 'Pain', 'Pair') WHERE chain = 'C1-1-ticket' AND seq = 3",
        "UPDATE till_ticket SET gross_minor = 1 WHERE seq IN (2, 3)",
    )
    before = sealed()
    done = repair(shop, "--json")
    assert done.exit_code == 1, done.output
    said = json.loads(done.stdout)
    assert len(said["left"]) == 1 and "C1-1-ticket n° 3" in said["left"][0]
    assert sealed() == before
    assert list(Ticket.objects.order_by("seq").values_list("gross_minor", flat=True))[1:3] == [120, 1]
    assert json.loads(Event.objects.get(code=9141).detail)["unproven"] == "C1-1-ticket n° 3"
    again = repair(shop)
    assert again.exit_code == 1 and "Rien de plus ne peut être réparé" in again.stderr
    assert Event.objects.filter(code=9141).count() == 1


def test_lost_protections_come_back(shop) -> None:
    with connection.cursor() as cursor:
        where = " ON fiscal_record" if shop.engine == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER fiscal_record_no_update{where}")
    done = repair(shop, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["mended"] == ["La protection de la table fiscal_record contre UPDATE manque."]
    assert missing_triggers() == []


def test_who_may_not_and_a_served_dossier(shop) -> None:
    tamper("UPDATE till_ticket SET gross_minor = 1 WHERE seq = 2")
    assert repair(shop, by="manager").exit_code == 1
    assert "Personne ne s’appelle" in repair(shop, by="personne").stderr
    connections.forget(shop)
    if shop.engine == "sqlite":
        with exclusive(shop, purpose="le serveur Comptoir"):
            refused = repair(shop)
    else:
        import psycopg

        with psycopg.connect(dbname=shop.location, **shop.options):
            refused = repair(shop)
    assert (refused.exit_code, "Fermez-le d’abord" in refused.stderr) == (3, True)
    assert Ticket.objects.get(seq=2).gross_minor == 1 and not Event.objects.filter(code=9141).exists()


def page_of(path: Path, content: bytes) -> int:
    """The last page of a file that holds these bytes."""
    data = path.read_bytes()
    return data.rindex(content) // 4096


def tear(dossier, content: bytes) -> None:
    connections.forget(dossier)
    path = Path(dossier.location)
    data = bytearray(path.read_bytes())
    start = page_of(path, content) * 4096
    data[start : start + 4096] = bytes(4096)
    path.write_bytes(data)


@pytest.fixture
def long_day(sqlite_copy):
    """Sixty tickets: their records fill many pages."""
    set_up_shop("C1")
    one_of_each()
    till = enrolled_till()
    till.open()
    for _ in range(60):
        till.sell()
    records = till.waiting()
    send(till)
    anchor_heads(reason="daily")
    return sqlite_copy, till, records


@pytest.mark.slow
def test_a_torn_page_of_rows_is_written_anew(long_day) -> None:
    dossier, _till, _records = long_day
    before, right = sealed(), amounts()
    with connection.cursor() as cursor:
        cursor.execute("SELECT rootpage FROM sqlite_master WHERE name = 'till_ticketvat'")
        page = cursor.fetchone()[0]
    connections.forget(dossier)
    path = Path(dossier.location)
    data = bytearray(path.read_bytes())
    data[(page - 1) * 4096 : page * 4096] = bytes(4096)
    path.write_bytes(data)
    done = repair(dossier, "--json")
    assert done.exit_code == 0, done.output
    assert (sealed(), amounts()) == (before, right)
    assert verify_dossier(anchors=True).findings == []
    assert Event.objects.get(code=9141).record.chain == "S-2-event"  # torn pages: the server begins a new key


@pytest.mark.slow
def test_sealed_records_on_a_torn_page_are_lost_and_said_so_and_the_till_brings_the_end_back(long_day) -> None:
    dossier, till, records = long_day
    last = records[-1]
    tear(dossier, last["signature"].encode())
    done = repair(dossier, "--json")
    assert done.exit_code in (0, 1), done.output
    kept = Record.objects.filter(chain="C1-1-ticket").count()
    assert 50 < kept < 60
    send(till, records)
    assert Record.objects.filter(chain="C1-1-ticket").count() == 60
    assert statuses(send(till, records)) == ["duplicate"] * 61
    assert verify_dossier(anchors=True).findings == []


def test_a_file_that_says_nothing_any_more_is_left_as_it_is(sqlite_copy) -> None:
    set_up_shop("C1")
    one_of_each()
    connections.forget(sqlite_copy)
    path = Path(sqlite_copy.location)
    path.write_bytes(b"\xff" * 20_000)
    refused = repair(sqlite_copy)
    connections.forget(sqlite_copy)
    assert refused.exit_code == 1 and "Remettez une copie en place" in refused.stderr
    assert path.read_bytes() == b"\xff" * 20_000
    assert {one.name for one in path.parent.iterdir()} <= {
        path.name, f"{path.name}-wal", f"{path.name}-shm", f"{path.name}.verrou",
    }  # fmt: skip
