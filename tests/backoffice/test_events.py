"""Events that the server writes by itself: exports whoever the page, settings, versions, clock; and how they are shown."""

import json
from datetime import datetime, timedelta

import pytest

from comptoir import __version__
from comptoir.apps.fiscal.event_codes import event_codes, event_label
from comptoir.apps.fiscal.models import Event
from comptoir.apps.fiscal.queries import last_received
from comptoir.apps.settings.queries import company
from comptoir.config.start_events import tell_start
from comptoir.dossiers.home import home
from tests.backoffice.test_rooms import SETTINGS


def told(code: int) -> list[dict]:
    return [
        json.loads(text)
        for text in Event.objects.filter(code=code).order_by("at", "record_id").values_list("detail", flat=True)
    ]


@pytest.mark.feature("FISC-12")
@pytest.mark.parametrize(
    ("path", "name"),
    [("articles/?export=csv", "csv"), ("tickets/?export=xlsx", "xlsx"), ("controle/evenements/?export=csv", "csv"),
     ("clotures/releve/?du=2026-11-01&au=2026-11-30&caisse=&export=pdf", "pdf"), ("controle/attestation/", "pdf")],
)  # fmt: skip
def test_every_file_that_leaves_is_an_event(shop, visit, at, path: str, name: str) -> None:
    client = visit("auditor")
    assert told(110) == []
    answer = client.get(at(path))
    assert answer.status_code == 200
    told_now = told(110)
    assert [(one["kind"], one["page"]) for one in told_now] == [(name, "/" + path.split("?")[0])]
    assert Event.objects.get(code=110).operator_name == shop.people["auditor"].name


def test_a_page_is_no_export_and_a_refused_export_neither(shop, visit, at) -> None:
    visit("owner").get(at("articles/"))
    assert visit("cashier").get(at("articles/?export=csv")).status_code == 403
    assert told(110) == []


def test_changed_settings_are_named(shop, visit, at) -> None:
    client = visit("owner")
    fields = SETTINGS | {"legal_name": "Essai SARL"}
    answer = client.post(at("reglages/"), fields)
    if answer.status_code == 302:
        assert "legal_name" not in told(270)[-1]["fields"] and "address" in told(270)[-1]["fields"]
        count = len(told(270))
        client.post(at("reglages/"), fields)
        assert len(told(270)) == count
    assert company().legal_name == "Essai SARL"


@pytest.mark.feature("FISC-06")
def test_a_version_is_told_once(shop, monkeypatch) -> None:
    tell_start()
    assert told(250) == [{"before": "", "version": __version__}]
    tell_start()
    assert len(told(250)) == 1
    monkeypatch.setattr("comptoir.config.start_events.__version__", "9.0.0")
    tell_start()
    assert told(250)[-1] == {"before": __version__, "version": "9.0.0"}


def test_a_clock_gone_back_is_told(shop) -> None:
    """Against the last record received, once; then only when it goes back further still."""
    tell_start()  # the version is told first: on a slow machine its event is the last record received
    last = datetime.fromisoformat(last_received())
    tell_start(now=last - timedelta(seconds=90))
    assert told(9125) == []
    for back in (timedelta(hours=2), timedelta(hours=2), timedelta(hours=1)):
        tell_start(now=last - back)
    assert [one["seconds"] for one in told(9125)] == [7_200]
    for back in (timedelta(hours=30), timedelta(hours=30)):
        tell_start(now=last - back)
    assert sorted(one["seconds"] for one in told(9125)) == [7_200, 28 * 3_600]
    tell_start(now=last + timedelta(days=1))
    assert len(told(9125)) == 2


def test_codes_are_data_that_the_owner_of_the_list_completes(shop) -> None:
    own = home() / "event_codes.json"
    assert event_label(400) == "Événement 400"
    own.write_text(
        '[{"code": 400, "label": "Libellé officiel"}, {"code": 50, "label": "Autre libellé"}]', encoding="utf-8"
    )
    assert (event_label(400), event_label(50)) == ("Libellé officiel", "Autre libellé")
    own.write_text("[{", encoding="utf-8")
    assert event_label(50) == "Clôture de journée ou de mois"
    own.unlink()
    assert 400 not in event_codes()


def test_public_and_own_codes_are_told_apart(shop, visit, at) -> None:
    client = visit("auditor")
    page = client.get(at("controle/evenements/?plage=public")).content.decode()
    rows = page.split("<tbody")[1]
    assert "Ajout d’un poste" in rows and "Ouverture du tiroir" not in rows
    empty = client.get(at("controle/evenements/?plage=private&recherche=introuvable")).content.decode()
    assert "Rien ne correspond" in empty
