"""The photo of a petty expense: kept once, only for the record that names it, only when it is a picture."""

import base64
import hashlib
import io

import pytest
from PIL import Image

from comptoir.apps.access.queries import till_limits
from comptoir.apps.treasury.models import Attachment, CashEntry
from comptoir.exchange.replay.clocks import fresh_id
from tests.apps.till.shop import Till, enrolled_till, send, set_up_shop

from .test_till_api import Caller, problem


def jpeg(colour: str = "white") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 60), colour).save(out, "JPEG")
    return out.getvalue()


def expense(till: Till, content: bytes) -> dict:
    """A petty expense of 12,00 at 20 %, whose record names the photo."""
    head = till.soft._head("cash")
    return till.soft._seal_body(
        head,
        {
            **head, "kind": "out", "amount_minor": 1200, "reason": "fournisseur", "label": "Ampoules", "pieces": [],
            "counted": [], "vat_e4": 2000, "attachment": hashlib.sha256(content).hexdigest(),
        },
    )  # fmt: skip


def posted(record: dict, photo: bytes, **changes: str) -> dict:
    return {"id": fresh_id(), "record": record["id"], "content": base64.b64encode(photo).decode(), **changes}


@pytest.fixture
def till(dossier) -> Till:
    set_up_shop("C1", "C2")
    till = enrolled_till()
    till.open()
    return till


@pytest.mark.feature("CASH-03")
def test_a_photo_is_kept_once_beside_its_record(dossier, till: Till) -> None:
    record = expense(till, jpeg())
    send(till)
    assert CashEntry.objects.filter(kind="out").get().amount_minor == 1200
    caller, body = Caller(dossier.slug, till.token), posted(record, jpeg())
    digest = hashlib.sha256(jpeg()).hexdigest()
    for _ in range(2):
        answer = caller.post("attachments", body)
        assert (answer.status_code, answer.json()) == (200, {"id": body["id"], "digest": digest})
    kept = Attachment.objects.get()
    assert (str(kept.record), bytes(kept.content), kept.digest) == (record["id"], jpeg(), digest)


def test_what_is_not_the_photo_of_the_record_is_refused_and_nothing_is_kept(dossier, till: Till) -> None:
    page = b"<html>not a picture</html>"
    named, text = expense(till, jpeg()), expense(till, page)
    caller = Caller(dossier.slug, till.token)
    assert problem(caller.post("attachments", posted(named, jpeg()))) == (409, "no_record")  # not arrived yet
    send(till)
    assert problem(caller.post("attachments", posted(named, jpeg("red")))) == (409, "other_content")
    assert problem(caller.post("attachments", posted(text, page))) == (400, "not_a_picture")
    assert problem(caller.post("attachments", posted(named, jpeg() + bytes(300_001)))) == (413, "too_large")
    assert problem(caller.post("attachments", posted(named, jpeg(), content="pas du base64 !"))) == (400, "wrong_shape")
    assert problem(caller.post("attachments", posted(named, jpeg(), id="x"))) == (400, "wrong_shape")
    other = Caller(dossier.slug, enrolled_till("C2").token)  # another register's record
    assert problem(other.post("attachments", posted(named, jpeg()))) == (409, "no_record")
    assert problem(Caller(dossier.slug).post("attachments", posted(named, jpeg()))) == (401, "no_token")
    assert Attachment.objects.count() == 0


def test_the_till_is_told_rates_and_limits(dossier, till: Till) -> None:
    answer = Caller(dossier.slug, till.token).get("bootstrap").json()
    assert [row["rate_e4"] for row in answer["vat_rates"]] == [2000, 1000, 550, 210, 0]
    assert answer["limits"] == till_limits()
    assert answer["limits"]["cash_out_max_minor"] == {
        "owner": 10_000_000,
        "manager": 100_000,
        "cashier": 10_000,
        "auditor": 0,
    }
