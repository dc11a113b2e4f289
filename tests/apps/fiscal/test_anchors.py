"""Heads kept outside the dossier: the day's anchor, its mail on a real SMTP server, the journal of a real bridge."""
# ruff: noqa: S608 - whoever tampers writes SQL

import json
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from django.core.exceptions import ValidationError

from comptoir.apps.access.refusals import RightMissing
from comptoir.apps.fiscal.anchor_address import anchor_address
from comptoir.apps.fiscal.models import Event
from comptoir.apps.fiscal.sealed import signature_digest
from comptoir.apps.fiscal.services.anchor_heads import anchor_daily, anchor_heads, anchor_path, read_anchors
from comptoir.apps.outreach.services.change_anchor_address import change_anchor_address
from comptoir.apps.outreach.services.change_mail_settings import change_mail_settings
from comptoir.apps.till.services.verify_dossier import verify_dossier
from comptoir.config.anchor_worker import anchor_due
from comptoir.config.cli.anchor import command as anchor
from comptoir.config.cli.verify import command as verify
from comptoir.exchange.mail.smtp import MailNotSent
from tests.apps.access.people import one_of_each
from tests.apps.fiscal.test_verify import DETAILS, TICKETS
from tests.apps.outreach.mailbox import ACCOUNT, mailbox
from tests.apps.till.shop import Till, enrolled_till, send, set_up_shop
from tests.bridge.test_server import Bridge
from tests.tampering import tamper

EVENING = datetime(2026, 11, 22, 23, 30, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.fixture
def morning(dossier_copy) -> Till:
    """Six tickets and no Z: nothing inside the dossier knows where the chain ends."""
    set_up_shop("C1")
    till = enrolled_till()
    till.open()
    for _ in range(6):
        till.sell()
    send(till)
    return till


def cut_after(seq: int) -> None:
    """Takes the last tickets out with everything that follows from them."""
    late = f"(SELECT id FROM fiscal_record WHERE chain = '{TICKETS}' AND seq > {seq})"
    tamper(
        *[f"DELETE FROM {table} WHERE ticket_id IN {late}" for table in DETAILS],
        f"DELETE FROM treasury_cashtransfer WHERE source IN {late}", f"DELETE FROM till_ticket WHERE id IN {late}",
        f"DELETE FROM fiscal_record WHERE id IN {late}",
    )  # fmt: skip


def reasons() -> list[str]:
    return [json.loads(line)["reason"] for line in anchor_path().read_text().splitlines()]


def test_one_daily_anchor_a_local_day(morning: Till) -> None:
    assert anchor_daily(now=EVENING) is True
    assert anchor_daily(now=EVENING + timedelta(minutes=29)) is False
    assert anchor_daily(now=EVENING + timedelta(minutes=31)) is True  # past midnight in the shop, not in UTC
    assert anchor_daily(now=EVENING) is False  # a clock that went back writes nothing twice
    assert reasons() == ["daily", "daily"]


@pytest.mark.parametrize("torn", [b'{"at":"2026-11-22T2', b"\x00" * 900], ids=["half a line", "blocks never written"])
def test_a_line_that_the_power_cut_tore_accuses_nobody(morning: Till, torn: bytes) -> None:
    """Its writing had not returned. The log goes on after the last whole line, and still proves what it proved."""
    anchor_heads(reason="demand")
    with anchor_path().open("ab") as log:
        log.write(torn)
    assert verify_dossier(anchors=True).findings == []
    assert anchor_daily(now=EVENING) is True and anchor_daily(now=EVENING) is False
    anchor_heads(reason="demand")
    assert reasons() == ["demand", "daily", "demand"]
    assert verify_dossier(anchors=True).findings == []
    cut_after(4)
    assert [(one.chain, one.seq, one.code) for one in verify_dossier(anchors=True).findings] == [
        (TICKETS, 5, "tail_cut")
    ]


def test_lines_written_at_once_follow_each_other(morning: Till, dossier_copy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tills that close while the office and a command write anchors: nobody is accused of having changed the log."""

    def slowly(signature: str) -> str:
        time.sleep(0.01)  # between the line before and ours
        return signature_digest(signature)

    monkeypatch.setattr("comptoir.apps.fiscal.services.anchor_heads.signature_digest", slowly)
    command = [sys.executable, "-m", "comptoir", "anchor", "now", dossier_copy.slug]
    others = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(2)]
    written = 0
    while any(one.poll() is None for one in others):
        anchor_heads(reason="demand")
        written += 1
        time.sleep(0.005)
    assert [one.returncode for one in others] == [0, 0]
    lines, wrong = read_anchors(anchor_path())
    assert (len(lines), wrong) == (written + 2, None)


def test_a_line_longer_than_the_end_that_is_read_is_followed(morning: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("comptoir.apps.fiscal.services.anchor_heads._TAIL_BYTES", 64)
    for _ in range(3):
        anchor_heads(reason="demand")
    assert read_anchors(anchor_path())[1] is None and len(reasons()) == 3


def test_the_mailed_anchor_reveals_a_cut_tail_even_without_the_log(morning: Till, tmp_path: Path) -> None:
    people = one_of_each()
    with mailbox() as box:
        account(people, box.port)
        assert anchor_due(now=EVENING) == (True, False)  # nobody to send it to
        change_anchor_address("comptable@example.fr", by=people["owner"])
        assert anchor_due(now=EVENING) == (False, True)
        assert anchor_due(now=EVENING) == (False, False)  # once a day
        ((to, message),) = box.received
    assert to == ["comptable@example.fr"]
    assert message["Subject"] == "Ancrage du 2026-11-22 : Essai"
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "ancrage-2026-11-22.log"
    assert f"{TICKETS} : n° 6, empreinte " in message.get_body().get_content()
    kept = tmp_path / "ancrage.log"
    kept.write_bytes(attached.get_content().encode())
    assert verify_dossier(anchor_log=kept).findings == []
    cut_after(4)
    anchor_path().unlink()  # and the log of this machine with it
    assert verify_dossier(anchors=True).findings == []
    found = verify_dossier(anchor_log=kept).findings
    assert [one[:3] for one in found] == [(TICKETS, 5, "tail_cut")]
    assert found[0].detail == "l’ancrage du 2026-11-22T22:30:00Z connaît le n° 6"


def test_a_mail_that_does_not_leave_stays_due(morning: Till) -> None:
    people = one_of_each()
    with mailbox() as box:
        port = box.port
    account(people, port)
    change_anchor_address("comptable@example.fr", by=people["owner"])
    with pytest.raises(MailNotSent):
        anchor_due(now=EVENING)
    assert reasons() == ["daily"]
    with mailbox() as box:
        account(people, box.port)
        assert anchor_due(now=EVENING) == (False, True)
        assert len(box.received) == 1


def test_who_receives_anchors_is_the_owners_choice_and_an_event(morning: Till) -> None:
    people = one_of_each()
    for role in ("manager", "cashier", "auditor"):
        with pytest.raises(RightMissing):
            change_anchor_address("ailleurs@example.fr", by=people[role])
    with pytest.raises(ValidationError):
        change_anchor_address("nulle part", by=people["owner"])
    assert anchor_address().address == ""
    assert not Event.objects.filter(code=270).exists()
    change_anchor_address("comptable@example.fr", by=people["owner"])
    change_anchor_address("comptable@example.fr", by=people["owner"])  # the same again changes nothing
    change_anchor_address("", by=people["owner"])
    assert [json.loads(one) for one in Event.objects.filter(code=270).order_by("at", "pk").values_list("detail", flat=True)] == [
        {"setting": "anchor_mail", "value": 1}, {"setting": "anchor_mail", "value": 0},
    ]  # fmt: skip


def test_the_bridges_journal_reveals_a_cut_tail(morning: Till, dossier_copy, tmp_path: Path) -> None:
    bridge = Bridge(tmp_path, server="http://127.0.0.1:9", printer="127.0.0.1:9")
    try:
        for record in [morning.sell(), morning.sell()]:
            body = {name: record[name] for name in ("id", "chain", "seq", "type", "body", "to_sign", "signature")}
            assert bridge.ask("POST", "/bridge/v1/journal", body)[0] == 201
        send(morning)
        address = f"http://127.0.0.1:{bridge.port}"
        run = CliRunner().invoke(verify, [dossier_copy.slug, "--bridge", address, "--json"])
        assert (run.exit_code, json.loads(run.output)["findings"]) == (0, [])
        cut_after(7)
        assert CliRunner().invoke(verify, [dossier_copy.slug]).exit_code == 0  # from inside, nothing can be seen
        run = CliRunner().invoke(verify, [dossier_copy.slug, "--bridge", address, "--json"])
        assert run.exit_code == 1
        (found,) = json.loads(run.output)["findings"]
        assert (found["chain"], found["seq"], found["code"]) == (TICKETS, 8, "tail_cut")
    finally:
        bridge.stop()
    gone = CliRunner().invoke(verify, [dossier_copy.slug, "--bridge", address])
    assert gone.exit_code == 1 and "passerelle" in gone.output


def test_the_anchor_commands(morning: Till, dossier_copy) -> None:
    people = one_of_each()
    slug = dossier_copy.slug
    assert json.loads(CliRunner().invoke(anchor, ["now", slug, "--json"]).output)["log"] == str(anchor_path())
    refused = CliRunner().invoke(anchor, ["address", slug, "comptable@example.fr", "--by", people["manager"].login])
    assert refused.exit_code == 1 and anchor_address().address == ""
    done = CliRunner().invoke(anchor, ["address", slug, "comptable@example.fr", "--by", "claire"])
    assert done.output == "L’ancrage de chaque jour part à comptable@example.fr.\n"
    with mailbox() as box:
        account(people, box.port)
        assert json.loads(CliRunner().invoke(anchor, ["mail", slug, "--json"]).stdout) == {
            "written": True,
            "mailed": True,
        }
        assert [to for to, _ in box.received] == [["comptable@example.fr"]]


def account(people, port: int) -> None:
    change_mail_settings(
        by=people["owner"], host="127.0.0.1", port=port, security="none", username=ACCOUNT.login.decode(),
        sender="caisse@example.fr", origin="", active=False, password=ACCOUNT.password.decode(),
    )  # fmt: skip
