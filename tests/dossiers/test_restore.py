"""A copy put back: checked whole beforehand, told and sealed, refilled by the tills; a refusal changes nothing."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.db import connections

from comptoir.apps.access.models import Session, User
from comptoir.apps.fiscal.models import Event, Record, SealingKey
from comptoir.apps.fiscal.restorations import next_generation, still_behind
from comptoir.apps.fiscal.server_key import server_key_path
from comptoir.apps.fiscal.services.anchor_heads import anchor_heads, anchor_path
from comptoir.apps.fiscal.services.seal_on_server import log_event
from comptoir.apps.till.models import Device, Ticket
from comptoir.apps.till.services.enrol_register import revoke_device
from comptoir.apps.till.services.verify_dossier import verify_dossier
from comptoir.config.cli import main
from comptoir.dossiers import registry
from comptoir.dossiers.binding import bound
from comptoir.dossiers.copies import Copy, copies_folder, manifest_path, write_copy
from comptoir.dossiers.lock import exclusive
from tests.apps.access.people import one_of_each
from tests.apps.till.shop import enrolled_till, send, set_up_shop, statuses


class Shop:
    """Two tickets before the copy, two after it."""

    def __init__(self, dossier) -> None:
        self.dossier = dossier
        set_up_shop("C1", "C2")
        self.people = one_of_each()
        self.till = enrolled_till()
        self.till.open()
        self.till.sell()
        self.till.sell()
        self.early = self.till.waiting()
        send(self.till)
        log_event(80)
        self.copy: Copy = write_copy(dossier, reason="demand", version="1")
        self.till.sell()
        self.till.sell()
        self.late = self.till.waiting()
        send(self.till)
        log_event(80)
        log_event(80)
        self.tops = tops()

    def restore(self, *more: str, by: str = "claire") -> Result:
        return CliRunner().invoke(main, ["dossier", "restore", str(self.copy.path), "--by", by, *more])


def tops() -> dict[str, int]:
    found: dict[str, int] = {}
    for chain, seq in Record.objects.values_list("chain", "seq"):
        found[chain] = max(seq, found.get(chain, 0))
    return found


def restored_events() -> list[dict]:
    return [json.loads(one.detail) for one in Event.objects.filter(code=9140).order_by("record__generation")]


@pytest.fixture
def shop(dossier_copy) -> Shop:
    return Shop(dossier_copy)


def unchanged(shop: Shop) -> None:
    """The dossier in use is as it was, and nothing lies beside it."""
    assert tops() == shop.tops
    assert restored_events() == []
    if shop.dossier.engine == "sqlite":
        beside = {path.name for path in Path(shop.dossier.location).parent.iterdir()}
        name = Path(shop.dossier.location).name
        assert beside <= {name, f"{name}-wal", f"{name}-shm", f"{name}.verrou"}


@pytest.mark.feature("SEC-03")
def test_a_copy_is_put_back_and_the_till_completes_it(shop: Shop) -> None:
    before = {chain: seq for chain, seq, _ in shop.copy.manifest.heads}
    done = shop.restore("--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert Ticket.objects.count() == 2
    assert said["behind"] == {"C1-1-ticket": [2, 4]}
    assert said["lost"] == {"S-1-event": [before["S-1-event"], before["S-1-event"] + 2]}
    (detail,) = restored_events()
    assert (detail["C1-1-ticket"], detail["C1-1-cash"], detail["seen"], detail["findings"]) == ("2:4", "1:1", 1, 0)
    assert detail["sha256"] == shop.copy.manifest.sha256
    event = Event.objects.get(code=9140)
    assert (event.operator_name, event.record.chain, event.record.seq) == ("Claire Martin", "S-2-event", 2)
    assert not server_key_path(1).exists() and server_key_path(2).exists()
    found = verify_dossier(anchors=True)
    assert [one[:3] for one in found.findings] == [("C1-1-ticket", 3, "tail_cut")]
    assert statuses(send(shop.till, shop.early + shop.late)) == ["duplicate"] * 3 + ["stored"] * 2
    assert still_behind() == {} and Ticket.objects.count() == 4
    found = verify_dossier(anchors=True)
    assert found.findings == []
    assert any(remark.startswith("S-1-event n°") and "perdus" in remark for remark in found.remarks)


def test_the_replaced_dossier_is_kept_whole(shop: Shop) -> None:
    aside = json.loads(shop.restore("--json").stdout)["aside"]
    connections.forget(shop.dossier)
    from dataclasses import replace

    with bound(replace(shop.dossier, location=aside)):
        assert (tops(), Ticket.objects.count()) == (shop.tops, 4)
        connections.forget(shop.dossier)


def test_twice_is_once(shop: Shop) -> None:
    assert shop.restore().exit_code == 0
    known = tops()
    again = shop.restore("--json")
    assert (again.exit_code, json.loads(again.stdout)["already"], json.loads(again.stdout)["aside"]) == (0, True, "")
    assert tops() == known and len(restored_events()) == 1


def test_who_may_not_and_what_is_no_copy(shop: Shop, tmp_path: Path) -> None:
    refused = shop.restore(by="manager")
    assert (refused.exit_code, "ne comprend pas le droit" in refused.stderr) == (1, True)
    unknown = shop.restore(by="personne")
    assert unknown.exit_code == 1 and "Personne ne s’appelle" in unknown.stderr
    other = tmp_path / "autre.comptoir"
    other.write_bytes(b"rien")
    bare = CliRunner().invoke(main, ["dossier", "restore", str(other), "--by", "claire"])
    assert bare.exit_code == 1 and "n’est pas une copie de Comptoir" in bare.stderr
    unchanged(shop)


def test_no_room_to_prepare_it(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    if shop.dossier.engine == "postgresql":
        pytest.skip("its room is its server's")
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage._replace(free=1_000_000))
    refused = shop.restore()
    folder = Path(shop.dossier.location).parent
    assert (refused.exit_code, refused.stderr) == (
        1, f"Il n’y a plus assez de place sur le disque de {folder} pour y préparer la copie.\n",
    )  # fmt: skip
    unchanged(shop)


def test_a_touched_copy_is_refused(shop: Shop) -> None:
    data = bytearray(shop.copy.path.read_bytes())
    data[len(data) // 2] ^= 1
    shop.copy.path.write_bytes(data)
    refused = shop.restore()
    assert refused.exit_code == 1 and "son empreinte a changé" in refused.stderr
    unchanged(shop)


def test_a_copy_of_something_tampered_with_is_refused(shop: Shop) -> None:
    """Its file is sound, its seals are not: `verify` finds it before anything is replaced."""
    from tests.tampering import tamper

    tamper("UPDATE till_ticket SET gross_minor = gross_minor - 100 WHERE seq = 1")
    shop.copy = write_copy(shop.dossier, reason="demand", version="1")
    refused = shop.restore()
    assert refused.exit_code == 1 and "n’est pas saine" in refused.stderr and "C1-1-ticket" in refused.stderr
    unchanged(shop)
    done = shop.restore("--accept-findings", "--json")
    assert (done.exit_code, restored_events()[0]["findings"]) == (0, json.loads(done.stdout)["findings"])
    assert restored_events()[0]["findings"] > 0


def test_a_served_dossier_is_left_alone(shop: Shop) -> None:
    if shop.dossier.engine == "sqlite":
        with exclusive(shop.dossier, purpose="le serveur Comptoir"):
            refused = shop.restore()
    else:
        import psycopg

        with psycopg.connect(dbname=shop.dossier.location, **shop.dossier.options):
            refused = shop.restore()
    assert refused.exit_code == 3 and "Fermez-le d’abord" in refused.stderr
    unchanged(shop)


def test_the_copy_of_another_dossier_is_refused(shop: Shop) -> None:
    path = manifest_path(shop.copy.path)
    said = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**said, "dossier": "0192f0c1-0000-7000-8000-00000000000a"}), encoding="utf-8")
    refused = shop.restore()
    assert refused.exit_code == 1
    unchanged(shop)


def test_who_was_shut_out_stays_out(shop: Shop) -> None:
    revoke_device("C1", generation=1, by=shop.people["owner"])
    User.objects.filter(login="manager").update(active=False)
    assert shop.restore().exit_code == 0
    assert Device.objects.get(register_id="C1").revoked_at is not None
    assert (User.objects.get(login="manager").active, Session.objects.count()) == (False, 0)


def test_numbers_of_a_register_enrolled_since_are_never_given_again(shop: Shop) -> None:
    late = enrolled_till("C2")
    late.open()
    late.sell()
    send(late)
    done = json.loads(shop.restore("--json").stdout)
    assert done["behind"]["C2-1-ticket"] == [0, 1]
    assert SealingKey.objects.filter(register="C2").count() == 0
    assert next_generation("C2") == 2
    again = enrolled_till("C2")
    assert again.soft.place.generation == 2
    again.open()
    again.sell()
    assert set(statuses(send(again))) == {"stored"}
    assert [one.code for one in verify_dossier().findings] == []


def test_the_server_key_changes_again_after_a_restoration(shop: Shop) -> None:
    """The copy knows S-1 alone; the replaced dossier had S-2: the next one is S-3, and all three verify."""
    from comptoir.apps.till.services.rotate_keys import rotate_server_key

    assert rotate_server_key(by=shop.people["owner"]) == 2
    assert shop.restore().exit_code == 0
    assert Event.objects.get(code=9140).record.chain == "S-3-event"
    send(shop.till, shop.late)
    assert [one[:3] for one in verify_dossier(anchors=True).findings] == []
    assert rotate_server_key(by=User.objects.get(login="claire")) == 4
    assert verify_dossier(anchors=True).findings == []


def test_a_lost_file_comes_back_on_a_new_machine(sqlite_copy, comptoir_home: Path) -> None:
    """The disk is gone with registry, keys and anchors; the copy was on a USB key."""
    shop = Shop(sqlite_copy)
    connections.forget(sqlite_copy)
    registry.forget(sqlite_copy.slug)
    shutil.rmtree(Path(sqlite_copy.location).parent)
    shutil.rmtree(comptoir_home / "keys")
    done = shop.restore()
    assert done.exit_code == 0, done.output
    assert "ouvrez une fois la page de chaque caisse" in done.stdout
    dossier = registry.find_dossier(sqlite_copy.slug)
    assert dossier.uuid == sqlite_copy.uuid
    connections.forget(sqlite_copy)
    with bound(dossier):
        assert restored_events()[0]["seen"] == 0
        assert set(statuses(send(shop.till, shop.late))) == {"stored"}
        assert verify_dossier().findings == []
        connections.forget(dossier)


@pytest.mark.parametrize("broken", ["os.link", "os.replace"])
def test_a_process_that_dies_leaves_a_dossier_that_opens(sqlite_copy, monkeypatch, broken: str) -> None:
    import os

    shop = Shop(sqlite_copy)
    real = getattr(os, broken.split(".")[1])

    def die(source, *rest, **more):
        if ".comptoir" in str(source) and not str(source).endswith(".json"):
            raise KeyboardInterrupt
        return real(source, *rest, **more)

    with monkeypatch.context() as patch:
        patch.setattr(broken, die)
        assert shop.restore().exit_code == 1
    connections.forget(sqlite_copy)
    assert (tops(), restored_events()) == (shop.tops, [])
    assert verify_dossier(anchors=True).findings == []
    assert shop.restore().exit_code == 0
    assert Ticket.objects.count() == 2


def test_a_death_after_the_exchange_is_finished_by_the_next_try(shop: Shop, monkeypatch) -> None:
    from comptoir.config import restore_dossier

    def die(dossier) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(restore_dossier, "_finish", die)
        assert shop.restore().exit_code == 1
    assert server_key_path(1).exists()
    again = json.loads(shop.restore("--json").stdout)
    assert (again["already"], server_key_path(1).exists(), len(restored_events())) == (True, False, 1)
    assert b'"reason":"restore"' in anchor_path().read_bytes()


def test_a_damaged_dossier_is_replaced(sqlite_copy) -> None:
    shop = Shop(sqlite_copy)
    anchor_heads(reason="daily")
    connections.forget(sqlite_copy)
    Path(sqlite_copy.location).write_bytes(b"\0" * 8192)
    done = shop.restore("--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert (said["seen"], said["behind"]) == (False, {"C1-1-ticket": [2, 4]})
    assert Path(said["aside"]).read_bytes() == b"\0" * 8192
    assert copies_folder(sqlite_copy).is_dir()


def test_a_copy_carried_away_without_its_description(sqlite_copy, tmp_path: Path) -> None:
    """What the office downloads is one file: it says by itself whose accounts it holds."""
    shop = Shop(sqlite_copy)
    carried = tmp_path / "copie.comptoir"
    shutil.copyfile(shop.copy.path, carried)
    done = CliRunner().invoke(main, ["dossier", "restore", str(carried), "--by", "claire", "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert (said["slug"], said["behind"]) == (sqlite_copy.slug, {"C1-1-ticket": [2, 4]})
    again = CliRunner().invoke(main, ["dossier", "restore", str(carried), "--by", "claire", "--json"])
    assert json.loads(again.stdout)["already"] is True


def test_an_archive_made_after_a_restoration_is_verified_alone(shop: Shop, tmp_path: Path) -> None:
    """`verify.py` walks from S-1 to S-3: the numbers between are those that the replaced dossier had."""
    from comptoir.apps.till.services.rotate_keys import rotate_server_key
    from comptoir.exchange.archives.create import create_archive
    from tests.exchange.archived import verified

    rotate_server_key(by=shop.people["owner"])
    assert shop.restore().exit_code == 0
    send(shop.till, shop.late)
    owner = User.objects.get(login="claire")
    made = create_archive(date(2026, 11, 1), date(2026, 11, 30), scope="ALL", actor=owner, folder=tmp_path)
    code, findings = verified(made.path)
    assert (code, findings) == (0, [])
    assert Record.objects.filter(chain__startswith="S-3-").count() > 2
