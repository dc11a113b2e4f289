"""« Clés » and « Ancrages »: read by who inspects, changed by the owner with the password typed again."""

import json

import pytest

from comptoir.apps.access.services.authenticate import lift_wait
from comptoir.apps.fiscal.anchor_address import anchor_address
from comptoir.apps.fiscal.models import Event, Record, SealingKey
from comptoir.apps.fiscal.services.anchor_heads import anchor_heads
from comptoir.apps.till.models import Device
from comptoir.apps.till.services.verify_dossier import verify_dossier
from tests.apps.access.people import PASSWORD
from tests.apps.till.shop import send
from tests.backoffice.test_copies_room import read


def test_keys_say_what_they_sealed(shop, visit, at) -> None:
    page = read(visit("auditor").get(at("controle/cles/")))
    server, register = SealingKey.objects.get(register="S"), SealingKey.objects.get(register="C1")
    assert server.thumbprint in page and register.thumbprint in page
    assert "tickets 2" in page and "caisse 2" in page and "Z 1" in page
    assert page.count("scelle maintenant") == 2 and "Changer la clé" not in page
    assert "Changer la clé" in read(visit("owner").get(at("controle/cles/")))


def test_the_servers_key_changes_with_the_password_typed_again(shop, visit, at) -> None:
    owner, path = visit(), at("controle/cles/serveur/changer/")
    for given in ("", "pas le bon mot de passe"):
        refused = owner.post(path, {"password": given})
        assert refused.status_code == 422
    assert SealingKey.objects.filter(register="S").count() == 1 and not Event.objects.filter(code=9130).exists()
    lift_wait("claire")  # a wrong password makes the next try wait
    done = owner.post(path, {"password": PASSWORD})
    assert done["Location"] == at("controle/cles/")
    assert [key.generation for key in SealingKey.objects.filter(register="S").order_by("generation")] == [1, 2]
    page = read(owner.get(at("controle/cles/")))
    assert "Le serveur scelle maintenant par la clé S-2." in page and page.count("ne scelle plus") == 1
    assert verify_dossier().findings == []


def test_a_registers_key_changes_once_its_z_is_made(shop, visit, at) -> None:
    owner, path = visit(), at("controle/cles/C1/changer/")
    shop.till.open()
    send(shop.till)
    refused = owner.post(path, {"password": PASSWORD})
    assert refused.status_code == 422 and "Faites son Z d’abord" in read(refused)
    assert Device.objects.get(register_id="C1").revoked_at is None and not Event.objects.filter(code=9132).exists()
    done = owner.post(path, {"password": PASSWORD, "lost": "on"})
    assert done.status_code == 200 and done["Cache-Control"] == "no-store"
    assert "Code de rattachement" in read(done)
    assert Device.objects.get(register_id="C1").revoked_at is not None
    assert json.loads(Event.objects.get(code=9132).detail) == {"register": "C1", "generation": 1, "lost": 1}
    unknown = owner.post(at("controle/cles/C9/changer/"), {"password": PASSWORD})
    assert unknown.status_code == 422 and "n’est pas rattachée" in read(unknown)


@pytest.mark.parametrize("role", ["manager", "auditor"])
def test_only_the_owner_changes_keys_and_address(shop, visit, at, role: str) -> None:
    other = visit(role)
    for path in ("controle/cles/serveur/changer/", "controle/cles/C1/changer/"):
        assert other.get(at(path)).status_code == 403
        assert other.post(at(path), {"password": PASSWORD}).status_code == 403
    assert other.post(at("controle/ancrages/"), {"address": "x@exemple.fr"}).status_code == 422
    assert other.post(at("controle/ancrages/ecrire/")).status_code == 403
    assert (anchor_address().address, SealingKey.objects.count()) == ("", 2)


def test_anchors_are_listed_and_compared(shop, visit, at) -> None:
    anchor_heads(reason="daily")
    page = read(visit("auditor").get(at("controle/ancrages/")))
    assert '<span class="chip ok">Concorde</span>' in page and "du jour" in page and "après un Z" in page
    total = Record.objects.count()
    assert f"suites, {total} enregistrements" in page
    from comptoir.apps.fiscal.services.anchor_heads import anchor_path

    path = anchor_path()
    path.write_bytes(path.read_bytes().replace(b'["C1-1-ticket",2,', b'["C1-1-ticket",5,'))
    page = read(visit("auditor").get(at("controle/ancrages/")))
    assert '<span class="chip bad">Ne concorde plus</span>' in page and "connaît le n° 5" in page


def test_the_owner_chooses_who_receives_the_anchor(shop, visit, at) -> None:
    owner = visit()
    refused = owner.post(at("controle/ancrages/"), {"address": "pas une adresse"})
    assert refused.status_code == 422 and "nom@domaine" in read(refused)
    assert anchor_address().address == "" and not Event.objects.filter(code=270).exists()
    assert owner.post(at("controle/ancrages/"), {"address": "compta@exemple.fr"}).status_code == 302
    assert anchor_address().address == "compta@exemple.fr"
    event = Event.objects.get(code=270)
    assert (json.loads(event.detail)["setting"], event.operator_name) == ("anchor_mail", "Claire Martin")
    assert "Réglez d’abord l’envoi des e-mails" in read(owner.get(at("controle/ancrages/")))


def test_an_anchor_is_written_and_the_log_taken_away(shop, visit, at) -> None:
    owner = visit()
    assert owner.post(at("controle/ancrages/ecrire/")).status_code == 302
    assert "à la demande" in read(owner.get(at("controle/ancrages/")))
    taken = owner.get(at("controle/ancrages/journal/"))
    assert b'"reason":"demand"' in b"".join(taken.streaming_content)
    assert json.loads(Event.objects.get(code=110).detail)["file"] == "ancrages.log"
