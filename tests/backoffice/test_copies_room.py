"""« Sauvegardes » and the notice of a copy put back, through the pages."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from comptoir.apps.fiscal.event_codes import RESTORED
from comptoir.apps.fiscal.models import Event
from comptoir.apps.fiscal.restorations import restoration_detail, tops
from comptoir.apps.fiscal.services.seal_on_server import log_event
from comptoir.backoffice.companies.copying import make_daily_copy, note_problem, present_copies
from comptoir.config.copy_worker import CopyWorker
from comptoir.dossiers import copies
from comptoir.dossiers.copies import CopyRefused
from tests.apps.till.shop import send


def read(answer) -> str:
    return b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()


def put_back(shop, *, known: dict[str, int], seen: bool = True) -> None:
    """The event that a restoration seals, as if chains had gone further than what is here."""
    detail = restoration_detail(
        file="x.comptoir",
        made_at="2026-11-21T21:00:00Z",
        sha256="0" * 64,
        seen=seen,
        findings=0,
        copy=tops(),
        known=known,
    )
    log_event(RESTORED, detail=detail, operator={"id": str(shop.people["owner"].pk), "name": "Claire Martin"})


@pytest.mark.feature("SEC-03")
def test_the_age_of_the_last_copy_is_shown(shop, visit, at) -> None:
    owner = visit()
    assert "Aucune copie n’a encore été faite." in read(owner.get(at("sauvegardes/")))
    home = read(owner.get(at("")))
    assert "Sauvegarde à faire" in home
    make_daily_copy(now=timezone.now() - timedelta(days=3, hours=1))
    page = read(owner.get(at("sauvegardes/")))
    assert '<span class="chip bad">Dernière copie il y a 3 jours.</span>' in page
    assert "La dernière copie est trop ancienne." in page
    make_daily_copy(now=timezone.now() - timedelta(hours=5, minutes=1))
    page = read(owner.get(at("sauvegardes/")))
    assert '<span class="chip ok">Dernière copie il y a 5 heures.</span>' in page
    assert "Sauvegarde à faire" not in read(owner.get(at("")))


@pytest.mark.feature("SEC-03")
def test_a_copy_is_made_and_taken_from_the_page(shop, visit, at) -> None:
    owner = visit()
    started = owner.post(at("sauvegardes/faire/"))
    deadline = time.monotonic() + 30
    while (followed := owner.get(started["Location"])).status_code == 200 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert followed["Location"].endswith("/sauvegardes/")
    page = read(owner.get(followed["Location"]))
    (copy,) = present_copies()
    assert f"sauvegardes/{copy.path.name}/telecharger/" in page and "à la demande" in page
    taken = owner.get(at(f"sauvegardes/{copy.path.name}/telecharger/"))
    assert taken["Content-Disposition"] == f'attachment; filename="{copy.path.name}"'
    assert b"".join(taken.streaming_content) == copy.path.read_bytes()
    event = Event.objects.get(code=110)
    assert json.loads(event.detail)["file"] == copy.path.name


@pytest.mark.parametrize("role", ["manager", "auditor", "cashier"])
def test_only_the_owner_makes_and_takes_copies(shop, visit, at, role: str) -> None:
    copy = make_daily_copy()
    other = visit(role)
    for path in ("sauvegardes/", f"sauvegardes/{copy.path.name}/telecharger/"):
        assert other.get(at(path)).status_code == 403
    assert other.post(at("sauvegardes/faire/")).status_code == 403
    assert len(present_copies()) == 1 and not Event.objects.filter(code=110).exists()


def test_the_worker_makes_one_a_day_and_says_why_not(shop, visit, at, monkeypatch) -> None:
    worker = CopyWorker(shop.dossier)
    worker.round()
    worker.round()
    assert [one.manifest.reason for one in present_copies()] == ["daily"]
    (copy,) = present_copies()
    copies.manifest_path(copy.path).unlink()

    def full(*_args, **_more):
        raise CopyRefused("Il n’y a plus assez de place.")

    monkeypatch.setattr("comptoir.backoffice.companies.copying.write_copy", full)
    worker.round()
    assert "La copie du jour n’a pas été faite : Il n’y a plus assez de place." in read(visit().get(at("sauvegardes/")))
    note_problem("")


def test_a_copy_put_back_is_told_until_the_tills_have_refilled(shop, visit, at) -> None:
    top = tops()
    shop.till.open()
    shop.till.sell()
    shop.till.sell()
    put_back(shop, known={**top, "C1-1-ticket": top["C1-1-ticket"] + 2, "C1-1-cash": top["C1-1-cash"] + 1})
    owner = visit()
    page = read(owner.get(at("controle/")))
    assert "Une copie a été remise en place" in page and "Claire Martin a remis la copie du 21/11/2026 à 22:00" in page
    assert "opérations de caisse n° 3, tickets n° 3 à 4" in page
    home = read(owner.get(at("")))
    assert "Une copie a été remise en place" in home and "À ouvrir une fois : Caisse C1" in home
    send(shop.till)
    assert "Une copie a été remise en place" not in read(owner.get(at("controle/")))
    assert "Une copie a été remise en place" not in read(owner.get(at("")))


def test_a_register_attached_after_the_copy_is_told_so(shop, visit, at) -> None:
    put_back(shop, known={"C2-1-ticket": 7})
    page = read(visit().get(at("controle/")))
    assert "Caisse C2 : tickets n° 1 à 7" in page and "rattachez-la de nouveau" in page


def test_when_nobody_knows_what_is_lacking_every_till_is_asked_for(shop, visit, at, monkeypatch) -> None:
    put_back(shop, known=tops(), seen=False)
    owner = visit()
    assert "ouvrez une fois la page de chaque caisse" in read(owner.get(at("controle/")))
    later = datetime.now(UTC) + timedelta(days=3, minutes=1)
    monkeypatch.setattr("comptoir.backoffice.companies.refill.timezone.now", lambda: later)
    assert "Une copie a été remise en place" not in read(owner.get(at("controle/")))
