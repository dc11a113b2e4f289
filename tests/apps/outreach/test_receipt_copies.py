"""A receipt asked for by mail: queued once, sent by a real SMTP server, and the address gone with it."""

import json
import logging
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.utils import timezone
from pypdfium2 import PdfDocument

from comptoir.apps.access.refusals import RightMissing
from comptoir.apps.fiscal.models import Record
from comptoir.apps.outreach.mail_password import has_mail_password, mail_password
from comptoir.apps.outreach.models import CopyOutcome, MailSettings, ReceiptCopy, WaitingAddress
from comptoir.apps.outreach.queries import copies_offered
from comptoir.apps.outreach.services.change_mail_settings import MailSettingsRefused, change_mail_settings
from comptoir.apps.parties.models import Customer
from comptoir.config.mail_worker import send_due
from tests.api.test_till_api import Caller, problem
from tests.apps.access.people import one_of_each
from tests.apps.outreach.mailbox import Mailbox, mailbox
from tests.apps.till.shop import enrolled_till, send, set_up_shop

ADDRESS = "jeanne.martin@exemple.fr"


@pytest.fixture
def box():
    with mailbox() as opened:
        yield opened


def set_up_mail(people, box: Mailbox, **changes) -> MailSettings:
    values = {
        "host": "127.0.0.1", "port": box.port, "security": "none", "username": "boutique", "sender": "tickets@boutique.fr",
        "origin": "https://caisse.boutique.fr", "active": True, "password": "mot de passe d'envoi",
    }  # fmt: skip
    return change_mail_settings(by=people["owner"], **(values | changes))


@pytest.fixture
def shop(dossier, box) -> SimpleNamespace:
    """A register that sold once, and a mail account."""
    set_up_shop("C1", "C2")
    people = one_of_each()
    set_up_mail(people, box)
    till = enrolled_till()
    till.open()
    till.sell()
    return SimpleNamespace(people=people, till=till, caller=Caller(dossier.slug, till.token), box=box)


def asked(**changes) -> dict:
    return {"id": str(uuid4()), "chain": "C1-1-ticket", "seq": 1, "number": 0, "email": ADDRESS} | changes


def queue() -> tuple[int, int, int]:
    return ReceiptCopy.objects.count(), WaitingAddress.objects.count(), CopyOutcome.objects.count()


def everything_kept() -> str:
    """Every row of the tables that a mail touches, as text."""
    rows = [list(model.objects.values_list()) for model in (ReceiptCopy, WaitingAddress, CopyOutcome, Customer, Record)]
    return repr(rows)


def pdf_text(message) -> str:
    [attached] = list(message.iter_attachments())
    assert (attached.get_content_type(), attached.get_filename()) == ("application/pdf", "ticket-C1-1-1.pdf")
    pages = PdfDocument(attached.get_content())
    return "\n".join(page.get_textpage().get_text_range() for page in pages)


def test_the_copy_is_sent_once_and_the_address_is_erased(shop, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    send(shop.till)
    request = asked()
    assert shop.caller.post("receipt-copies", request).json() == {"id": request["id"], "status": "queued"}
    assert shop.caller.post("receipt-copies", request).json() == {"id": request["id"], "status": "duplicate"}
    assert queue() == (1, 1, 0)
    assert send_due() == 1
    assert send_due() == 0
    [(to, message)] = shop.box.received
    assert to == [ADDRESS] and message["To"] == ADDRESS and message["From"].endswith("<tickets@boutique.fr>")
    text = pdf_text(message)
    assert "Ticket C1-1-1" in text and "DUPLICATA" not in text
    assert queue() == (1, 0, 1) and CopyOutcome.objects.get().outcome == "sent"
    assert ADDRESS not in everything_kept()
    ours = [
        repr(vars(line)) for line in caplog.records if not line.name.startswith("mail.")
    ]  # the test's server tells all
    assert not any(ADDRESS in line or "mot de passe d'envoi" in line for line in ours)
    assert shop.caller.post("receipt-copies", request).json()["status"] == "duplicate"  # the till never saw the answer
    assert send_due() == 0 and len(shop.box.received) == 1


def test_a_copy_sent_again_is_a_duplicate_by_its_number(shop) -> None:
    send(shop.till)
    shop.caller.post("receipt-copies", asked(number=2))
    assert send_due() == 1
    assert "DUPLICATA n° 2" in pdf_text(shop.box.received[0][1])


def test_the_mail_waits_for_its_ticket(shop) -> None:
    shop.caller.post("receipt-copies", asked())
    assert send_due() == 0 and shop.box.received == [] and queue() == (1, 1, 0)
    send(shop.till)
    WaitingAddress.objects.update(not_before=timezone.now())
    assert send_due() == 1 and queue() == (1, 0, 1)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"email": "jeanne"}, "bad_address"),
        ({"email": "a@b.fr\r\nBcc: autre@b.fr"}, "bad_address"),
        ({"email": "é@exemple.fr"}, "bad_address"),
        ({"email": ""}, "wrong_shape"),
        ({"chain": "C2-1-ticket"}, "wrong_shape"),
        ({"chain": "C1-1-z"}, "wrong_shape"),
        ({"seq": 0}, "wrong_shape"),
        ({"seq": "1"}, "wrong_shape"),
        ({"number": -1}, "wrong_shape"),
        ({"id": "x"}, "wrong_shape"),
        ({"customer": "x"}, "wrong_shape"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_written(shop, change, code) -> None:
    assert problem(shop.caller.post("receipt-copies", asked(**change))) == (400, code)
    assert queue() == (0, 0, 0)


def test_a_lasting_refusal_gives_up_and_erases(shop) -> None:
    send(shop.till)
    shop.caller.post("receipt-copies", asked())
    shop.box.refuse = "550 5.1.1 unknown"
    assert send_due() == 0
    outcome = CopyOutcome.objects.get()
    assert (outcome.outcome, outcome.note) == ("given_up", "Le serveur n’accepte pas cette adresse (550)")
    assert queue() == (1, 0, 1) and ADDRESS not in everything_kept()


def test_a_passing_refusal_waits_longer_each_time_then_gives_up(shop) -> None:
    send(shop.till)
    shop.caller.post("receipt-copies", asked())
    shop.box.refuse = "451 later"
    for attempts, wait_s in ((1, 60), (2, 120), (3, 240)):
        before = timezone.now()
        assert send_due() == 0
        waiting = WaitingAddress.objects.get()
        assert waiting.attempts == attempts
        assert before + timedelta(seconds=wait_s) <= waiting.not_before <= timezone.now() + timedelta(seconds=wait_s)
        WaitingAddress.objects.update(not_before=timezone.now())
    later = timezone.now() + timedelta(days=3)
    from comptoir.apps.outreach.services.close_copy import postpone_copy

    postpone_copy(WaitingAddress.objects.get(), note="x", at=later)
    assert queue() == (1, 0, 1) and CopyOutcome.objects.get().outcome == "given_up"


def test_a_wrong_password_is_told_and_the_mail_waits(shop) -> None:
    set_up_mail(shop.people, shop.box, password="autre")
    send(shop.till)
    shop.caller.post("receipt-copies", asked())
    assert send_due() == 0 and queue() == (1, 1, 0)


def test_the_password_is_a_file_of_its_owner_alone(shop, comptoir_home) -> None:
    [path] = [one for one in (comptoir_home / "keys").iterdir() if one.name.endswith("-mail")]
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    set_up_mail(shop.people, shop.box, password=None)
    assert mail_password() == "mot de passe d'envoi"
    assert "mot de passe d'envoi" not in repr(list(MailSettings.objects.values_list()))
    set_up_mail(shop.people, shop.box, password="", username="")
    assert not has_mail_password()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"host": "", "active": True}, "host"),
        ({"sender": "pas une adresse"}, "sender"),
        ({"host": "smtp.exemple.fr", "security": "none"}, "security"),
        ({"origin": "caisse.exemple.fr"}, "origin"),
        ({"origin": "https://caisse.exemple.fr/d/demo"}, "origin"),
        ({"origin": "javascript://x"}, "origin"),
        ({"origin": "https://[::1"}, "origin"),
    ],
)
def test_settings_that_cannot_work_are_refused(shop, change, field) -> None:
    before = list(MailSettings.objects.values())
    with pytest.raises(MailSettingsRefused) as refused:
        set_up_mail(shop.people, shop.box, **change)
    assert refused.value.field == field
    assert list(MailSettings.objects.values()) == before and mail_password() == "mot de passe d'envoi"


def test_only_the_owner_changes_them_and_the_till_is_told(shop) -> None:
    with pytest.raises(RightMissing):
        set_up_mail({"owner": shop.people["manager"]}, shop.box)
    assert copies_offered() == {"mail": True, "qr": True, "origin": "https://caisse.boutique.fr"}
    assert shop.caller.get("bootstrap").json()["copies"] == copies_offered()
    set_up_mail(shop.people, shop.box, active=False, origin="")
    assert copies_offered() == {"mail": False, "qr": False, "origin": None}


def test_bodies_hold_no_address(shop) -> None:
    """The sealed ticket never knew the customer's address."""
    send(shop.till)
    shop.caller.post("receipt-copies", asked())
    send_due()
    assert all("@" not in json.dumps(json.loads(record.body)) for record in Record.objects.all())
