"""Keys change and are lost: what they sealed is verified for ever, and nobody slips one in."""

import json

import pytest
from click.testing import CliRunner
from django.db import connection

from comptoir.apps.access.refusals import RightMissing
from comptoir.apps.fiscal.models import Event, Record, SealingKey
from comptoir.apps.fiscal.server_key import server_key_path
from comptoir.apps.fiscal.services.seal_on_server import log_event
from comptoir.apps.fiscal.signatures import thumbprint
from comptoir.apps.till.services.rotate_keys import RotationRefused, rotate_register_key, rotate_server_key
from comptoir.apps.till.services.verify_dossier import verify_dossier
from comptoir.config.cli.keys import command as keys
from tests.apps.access.people import one_of_each
from tests.apps.till.shop import enrolled_till, send, statuses, till_of_two_tickets
from tests.tampering import tamper


@pytest.fixture
def shop(dossier_copy):
    """A shop with an open till of two tickets; its owner and the others."""
    return dossier_copy, till_of_two_tickets(), one_of_each()


def codes_found() -> list[tuple[str, int, str]]:
    return [one[:3] for one in verify_dossier().findings]


def events(code: int) -> list[tuple[str, dict]]:
    chosen = Event.objects.filter(code=code).select_related("record").order_by("record__generation", "record__seq")
    return [(one.record.chain, json.loads(one.detail)) for one in chosen]


def test_the_servers_key_changes_and_the_old_one_still_proves(shop) -> None:
    _dossier, _till, people = shop
    old = SealingKey.objects.get(register="S").thumbprint
    assert rotate_server_key(by=people["owner"]) == 2
    assert not server_key_path(1).exists() and server_key_path(2).exists()
    new = SealingKey.objects.get(register="S", generation=2).thumbprint
    assert new != old
    (announcing, announced), (opening, opened) = events(9130)
    assert (announcing, announced) == ("S-1-event", {"generation": 2, "thumbprint": new})
    assert (opening, opened["thumbprint"]) == ("S-2-event", new)
    ended = {record.chain: record.seq for record in Record.objects.filter(register="S", generation=1).order_by("seq")}
    assert {chain: int(opened[chain].split(":")[0]) for chain in ended} == ended
    log_event(80)
    assert Record.objects.filter(chain="S-2-event").count() == 2
    found = verify_dossier()
    assert (found.findings, found.remarks) == ([], [])


def test_a_lost_server_key_is_followed_by_another_and_told(shop) -> None:
    server_key_path(1).unlink()
    log_event(80)
    ((opening, opened),) = events(9130)
    assert (opening, opened["generation"]) == ("S-2-event", 2)
    assert codes_found() == []


def test_the_tail_of_an_old_chain_cannot_be_cut_after_the_change(shop) -> None:
    rotate_server_key(by=shop[2]["owner"])
    top = Record.objects.filter(chain="S-1-event").count()
    tamper(
        f"DELETE FROM fiscal_event WHERE id = (SELECT id FROM fiscal_record WHERE chain = 'S-1-event' AND seq = {top})",  # noqa: S608
        f"DELETE FROM fiscal_record WHERE chain = 'S-1-event' AND seq = {top}",  # noqa: S608
    )
    assert codes_found() == [("S-1-event", top, "tail_cut")]


def test_nothing_is_added_to_a_chain_whose_key_has_ended(shop) -> None:
    """Whoever kept a copy of the old key can sign, but not come after the end that the new key sealed."""
    kept = server_key_path(1).read_bytes()
    rotate_server_key(by=shop[2]["owner"])
    top = Record.objects.filter(chain="S-1-event").count()
    server_key_path(1).write_bytes(kept)
    from comptoir.apps.fiscal.services import seal_on_server

    seal_on_server._seal_events(1, [seal_on_server._event(80, {})], now=None)
    server_key_path(1).unlink()
    assert codes_found() == [("S-1-event", top + 1, "sealed_after_change")]


def test_a_server_key_slipped_in_is_found(shop) -> None:
    from comptoir.exchange.replay.keys import RegisterKey

    spki = RegisterKey().spki
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO fiscal_sealingkey (thumbprint, register, generation, spki, establishment, origin, added_at)"
            " VALUES (%s, 'S', 2, %s, '', '', '2026-11-22 12:00:00+00')",
            [thumbprint(spki), spki],
        )
    assert codes_found() == [("S-2", 0, "key_not_announced")]


@pytest.mark.parametrize(
    ("column", "value", "word"),
    [
        ("origin", "'https://ailleurs.example'", "l’adresse"),
        ("establishment", "'00000000000000'", "l’établissement"),
        ("enrolment", "'0192f0c100007000800000000000000f'", "l’inscription"),
        ("added_at", "'2026-11-22 11:00:01+00'", "la date"),
    ],
)
@pytest.mark.parametrize("register", ["C1", "S"])
def test_every_column_of_a_keys_row_counts(shop, register: str, column: str, value: str, word: str) -> None:
    if (register, column) == ("S", "added_at"):
        pytest.skip("no record says when the server's own key was made")
    if connection.vendor == "sqlite":
        value = value.replace("+00", "")
    tamper(f"UPDATE fiscal_sealingkey SET {column} = {value} WHERE register = '{register}'")  # noqa: S608
    (found,) = verify_dossier().findings
    assert (found.chain, found.seq, found.code) == (f"{register}-1", 0, "key_changed")
    assert found.detail.endswith(f"scellé avec elle : {word}")


def test_a_registers_key_changes_after_its_z(shop) -> None:
    _dossier, till, people = shop
    with pytest.raises(RotationRefused, match="session_open"):
        rotate_register_key("C1", by=people["owner"])
    assert events(9132) == []
    till.close({"tender": "cash", "amount_minor": 12_400 - 0, "pieces": None})
    send(till)
    code = rotate_register_key("C1", by=people["owner"])
    assert len(code) == 11
    assert events(9132) == [("S-1-event", {"register": "C1", "generation": 1, "lost": 0})]
    again = enrolled_till()
    assert again.soft.place.generation == 2
    assert again.key.thumbprint != till.key.thumbprint
    enrolment = json.loads(Record.objects.filter(chain="S-1-enrolment").order_by("-seq").first().body)["enrolled"]
    assert {one["chain"]: one["seq"] for one in enrolment["continues"]} == {
        "C1-1-cash": 2, "C1-1-ticket": 2, "C1-1-z": 1,
    }  # fmt: skip
    again.open()
    again.sell()
    assert statuses(send(again)) == ["stored", "stored"]
    assert codes_found() == []


def test_the_new_enrolment_holds_the_end_of_the_old_chain(shop) -> None:
    _dossier, _till, people = shop
    rotate_register_key("C1", by=people["owner"], lost=True)  # no Z has sealed these two tickets
    enrolled_till()
    late = "(SELECT id FROM fiscal_record WHERE chain = 'C1-1-ticket' AND seq = 2)"
    tamper(
        *[f"DELETE FROM {table} WHERE ticket_id = {late}" for table in ("till_ticketline", "till_ticketpayment", "till_ticketvat")],  # noqa: S608
        f"DELETE FROM treasury_cashtransfer WHERE source = {late}", f"DELETE FROM till_ticket WHERE id = {late}",  # noqa: S608
        "DELETE FROM fiscal_record WHERE chain = 'C1-1-ticket' AND seq = 2",
    )  # fmt: skip
    assert codes_found() == [("C1-1-ticket", 2, "tail_cut")]


def test_only_the_owner_changes_keys(shop) -> None:
    _dossier, _till, people = shop
    before = Record.objects.count(), SealingKey.objects.count()
    for role in ("manager", "cashier", "auditor"):
        with pytest.raises(RightMissing):
            rotate_server_key(by=people[role])
        with pytest.raises(RightMissing):
            rotate_register_key("C1", by=people[role], lost=True)
    with pytest.raises(RotationRefused, match="no_device"):
        rotate_register_key("C9", by=people["owner"])
    assert (Record.objects.count(), SealingKey.objects.count()) == before


def test_the_commands(shop) -> None:
    dossier, _till, _people = shop
    listed = json.loads(CliRunner().invoke(keys, ["list", dossier.slug, "--json"]).output)["keys"]
    assert [(row["register"], row["generation"]) for row in listed] == [("C1", 1), ("S", 1)]
    refused = CliRunner().invoke(keys, ["rotate-register", dossier.slug, "C1", "--by", "claire"])
    assert refused.exit_code == 1 and "Clôturez-la" in refused.output
    done = CliRunner().invoke(keys, ["rotate-server", dossier.slug, "--by", "claire", "--json"])
    assert json.loads(done.output) == {"generation": 2}
    assert CliRunner().invoke(keys, ["rotate-server", dossier.slug, "--by", "personne"]).exit_code == 1
