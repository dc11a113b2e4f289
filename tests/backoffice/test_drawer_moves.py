"""What the tills put into the safe stands in « Coffre et banque » with its Z; a petty expense stands there with its photo."""

import csv
import hashlib
import io
from uuid import uuid4

import pytest
from PIL import Image

from comptoir.apps.treasury.balances import balances
from comptoir.apps.treasury.models import Attachment, CashEntry, Closing
from comptoir.exchange.replay.clocks import fresh_id
from tests.apps.till.shop import send


def jpeg(colour: str = "white") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 60), colour).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def day(shop):
    """C1: 100,00 of float, 60,00 to the safe and 12,00 for bulbs; closed by its second Z with 28,00 left."""
    till = shop.till
    till.open(float_minor=10_000)
    till.soft.move_cash(kind="out", amount_minor=6_000, reason="to_safe", label="Mise au coffre")
    head = till.soft._head("cash")
    sealed = {
        "kind": "out",
        "amount_minor": 1_200,
        "reason": "expense",
        "label": "Ampoules",
        "pieces": [],
        "counted": [],
    }
    proof = {"vat_e4": 2000, "attachment": hashlib.sha256(jpeg()).hexdigest()}
    till.soft._seal_body(head, {**head, **sealed, **proof})
    till.close({"tender": "cash", "amount_minor": 2_800, "pieces": []})
    send(till)
    return shop


def _rows(answer) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


@pytest.mark.feature("CASH-04")
def test_what_the_z_put_in_the_safe_is_a_movement_with_its_z(day, visit, at) -> None:
    """60,00 by the till and 100,00 by the office: 160,00 in the safe, two lines, one of them with its Z."""
    client, z = visit("manager"), Closing.objects.get(seq=2)
    assert balances()["safe/1"] == 6_000
    form = {"request": uuid4(), "safe": "safe/1", "direction": "in", "amount_minor": "100,00", "label": "Apport"}
    assert client.post(at("coffre/autre/"), form).status_code == 302
    assert balances()["safe/1"] == 16_000
    columns = _rows(client.get(at("coffre/mouvements/?tri=amount_minor&export=csv")))
    assert [[row[0], *row[2:6], row[-1]] for row in columns] == [
        ["Libellé", "Nature", "Z", "De", "Vers", "Montant"],
        ["Mise au coffre", "Sortie de caisse", "C1-1-2", "caisse C1", "Coffre", "60,00"],
        ["Apport", "Mouvement", "", "extérieur", "Coffre", "100,00"],
    ]
    for path in ("coffre/", "coffre/mouvements/"):
        page = client.get(at(path)).content.decode()
        moved = CashEntry.objects.get(reason="to_safe")
        assert f'href="{at(f"coffre/caisses/{moved.pk}/")}"' in page
        assert f'href="{at(f"z/{z.pk}/")}">Z C1-1-2</a>' in page


def test_a_move_of_an_open_session_has_no_z_yet(shop, visit, at) -> None:
    shop.till.open(float_minor=10_000)
    shop.till.soft.move_cash(kind="out", amount_minor=6_000, reason="to_safe", label="Mise au coffre")
    send(shop.till)
    rows = _rows(visit().get(at("coffre/mouvements/?export=csv")))
    assert [(row[0], row[3]) for row in rows[1:]] == [("Mise au coffre", "")]
    entry = CashEntry.objects.get(reason="to_safe")
    assert "pas encore clôturée" in visit().get(at(f"coffre/caisses/{entry.pk}/")).content.decode()


@pytest.mark.feature("CASH-03")
def test_a_petty_expense_shows_its_photo(day, visit, at) -> None:
    client, entry = visit("auditor"), CashEntry.objects.get(reason="expense")
    page, photo = at(f"coffre/caisses/{entry.pk}/"), at(f"coffre/caisses/{entry.pk}/photo/")
    waiting = client.get(page).content.decode()
    assert ("pas encore arrivée au serveur" in waiting, photo in waiting) == (True, False)
    assert client.get(photo).status_code == 404
    Attachment.objects.create(
        id=fresh_id(), record=entry.pk, digest=hashlib.sha256(jpeg()).hexdigest(), media_type="image/jpeg", content=jpeg(),
        received_at=entry.at,
    )  # fmt: skip
    seen = client.get(page).content.decode()
    assert (f'<img src="{photo}"' in seen, "20 %" in seen.replace("\u00a0", " "), "Ampoules" in seen) == (
        True,
        True,
        True,
    )
    answer = client.get(photo)
    assert (answer.status_code, answer["Content-Type"], answer.content) == (200, "image/jpeg", jpeg())
    assert answer["X-Content-Type-Options"] == "nosniff"
    rows = _rows(client.get(at("coffre/caisses/?motif=expense&export=csv")))
    assert [(row[0], row[4], row[5], row[7], row[8]) for row in rows[1:]] == [
        ("Ampoules", "Petit achat", "C1-1-2", "photo", "12,00")
    ]
    assert [visit("cashier").get(one).status_code for one in (page, photo)] == [403, 403]


@pytest.mark.parametrize("content", [jpeg("red"), b"<html><script>alert(1)</script>"], ids=["other", "page"])
def test_a_photo_that_is_no_longer_the_sealed_one_is_not_served(day, visit, at, content: bytes) -> None:
    entry = CashEntry.objects.get(reason="expense")
    Attachment.objects.create(
        id=fresh_id(), record=entry.pk, digest=hashlib.sha256(content).hexdigest(), media_type="image/jpeg", content=content,
        received_at=entry.at,
    )  # fmt: skip
    assert visit("owner").get(at(f"coffre/caisses/{entry.pk}/photo/")).status_code == 404
