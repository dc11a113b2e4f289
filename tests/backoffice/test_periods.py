"""Closings in the office, through HTTP: calendar, what blocks, closing, PDF, statement, what is set aside, rights."""

import json
import re
from types import SimpleNamespace

import pytest
from django.db import connection

from comptoir.apps.fiscal.models import Event, Record
from comptoir.apps.till.models import Device
from comptoir.apps.treasury.models import PeriodClosing, SetAside
from comptoir.apps.treasury.periods import automatic_closing, fiscal_first_month, next_to_close
from comptoir.apps.treasury.services.close_period import close_periods
from comptoir.dossiers.binding import Dossier
from tests.apps.access.people import one_of_each
from tests.apps.till.shop import enrolled_till, send, set_up_shop
from tests.apps.treasury.months import BREAD, SOAP, open_day, whole_day


@pytest.fixture
def shop(sqlite_dossier: Dossier) -> SimpleNamespace:
    """September: C1 sells 1,20 and 4,50. October: C1 sells 4,50; its drawer of the 15th is still open."""
    set_up_shop("C1", "C2")
    people = one_of_each()
    till = enrolled_till("C1")
    whole_day(till, "2026-09-03", sales=[(BREAD, "cash"), (SOAP, "card")])
    whole_day(till, "2026-10-05", sales=[(SOAP, "cash")], counted=10_445)
    open_day(till, "2026-10-15")
    till.sell(BREAD)
    send(till)
    return SimpleNamespace(dossier=sqlite_dossier, people=people, till=till)


def text_of(answer) -> str:
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()


def close(client, at, *, kind: str = "month", first: str = "2026-09-01"):
    return client.post(at("clotures/cloturer/"), {"kind": kind, "first": first}, follow=True)


@pytest.mark.feature("FISC-03")
def test_a_month_is_closed_from_the_calendar(shop, visit, at) -> None:
    client = visit("manager")
    page = text_of(client.get(at("clotures/?mois=2026-09")))
    assert "Clôturer septembre 2026" in page and "Rien ne manque" in page
    page = text_of(close(client, at))
    assert "Clôturé : septembre 2026." in page and "5,70\u00a0€" in page
    month = PeriodClosing.objects.get(kind="month")
    assert (month.total_minor, month.operator_name) == (570, shop.people["manager"].name)
    # from the 3rd, the day of the first Z, to the 30th: 27 days on which nobody opened
    assert PeriodClosing.objects.filter(kind="day").count() == 27
    assert "C’était déjà clôturé" in text_of(close(client, at))
    assert PeriodClosing.objects.filter(kind="month").count() == 1
    assert "Fermé, scellé" in text_of(client.get(at("clotures/?mois=2026-09")))


def test_what_blocks_is_named_with_its_place(shop, visit, at) -> None:
    client = visit("owner")
    page = text_of(client.get(at("clotures/?mois=2026-10")))
    assert "n’a pas fait son Z du 15/10/2026" in page and "Voir la session" in page
    assert "Clôturer octobre" not in page and at("clotures/ecarter/C1/1/") in page
    before = Record.objects.filter(type="month").count()
    refused = text_of(close(client, at, first="2026-10-01"))
    assert "attend :" in refused and "n’a pas fait son Z" in refused
    # September stood in the way and was in order: it is closed, October is not
    assert Record.objects.filter(type="month").count() == before + 1
    assert at("clotures/ecarter/C1/1/") not in text_of(visit("manager").get(at("clotures/?mois=2026-10")))


def test_a_lost_till_is_set_aside_by_the_owner_alone(shop, visit, at) -> None:
    address = at("clotures/ecarter/C1/1/")
    asked = {"reason": "Caisse volée dans la nuit du 15", "sure": "on"}
    assert visit("manager").post(address, asked).status_code == 403
    client = visit("owner")
    assert client.post(address, {"reason": "Caisse volée"}).status_code == 422  # not ticked
    assert client.post(address, {"reason": "x", "sure": "on"}).status_code == 422
    assert (SetAside.objects.count(), Device.objects.filter(revoked_at=None).count()) == (0, 1)
    assert client.post(address, asked).status_code == 302
    assert SetAside.objects.get().reason == asked["reason"]
    assert Device.objects.filter(revoked_at=None).count() == 0
    assert list(Event.objects.filter(code__in=(127, 9171)).order_by("at", "code").values_list("code", flat=True)) == [
        127,
        9171,
    ]
    page = text_of(close(client, at, first="2026-10-01"))
    assert "Enregistrements sans Z, comptés tels quels" in page
    assert PeriodClosing.objects.get(kind="month", first_date="2026-10-01").total_minor == 450 + 120


def test_the_pdf_of_a_month_says_every_figure(shop, visit, at) -> None:
    client = visit("owner")
    close(client, at)
    month = PeriodClosing.objects.get(kind="month")
    answer = client.get(at(f"clotures/{month.pk}/pdf/"))
    assert answer["Content-Type"] == "application/pdf" and answer.content[:5] == b"%PDF-"
    assert answer.content == client.get(at(f"clotures/{month.pk}/pdf/")).content
    page = text_of(client.get(at(f"clotures/{month.pk}/")))
    for figure in (
        "5,70",
        "TVA par taux",
        "Espèces, du fonds de caisse à l’écart",
        "Opérations et compteurs",
        "Vendeurs",
    ):
        assert figure in page


@pytest.mark.feature("FISC-04")
def test_a_statement_says_that_it_is_no_closing(shop, visit, at) -> None:
    client = visit("auditor")
    before = Record.objects.exclude(type="event").count()
    address = at("clotures/releve/?du=2026-09-01&au=2026-10-31&caisse=")
    page = text_of(client.get(address))
    assert "n’est pas une clôture" in page and "10,20" in page  # 1,20 + 4,50 + 4,50
    assert client.get(address + "&export=pdf").content[:5] == b"%PDF-"
    rows = text_of(client.get(address + "&export=csv")).split("\r\n")
    assert rows[0] == "\ufeffDu 01/09/2026 au 31/10/2026;Relevé de période"
    assert "Total TTC;10,20" in rows and "Z additionnés;2" in rows
    # 104,50 expected and 104,45 counted in October; figures a spreadsheet adds, not words
    assert "Écart;-0,05" in rows and "Espèces;2;205,70;205,65;-0,05" in rows and "Total;8,64;1,56;10,20" in rows
    assert client.get(at("clotures/releve/?du=2026-10-31&au=2026-09-01&caisse=")).status_code == 422
    assert Record.objects.exclude(type="event").count() == before


def test_a_year_shortened_by_a_change_of_fiscal_year_is_closed_from_the_calendar(shop, visit, at) -> None:
    """2024 was closed as a civil year; from July on, years start in July: January to June 2025 are a year of their own."""
    till = enrolled_till("C2")
    for day in ("2024-11-05", "2025-02-03", "2025-06-10", "2025-07-02"):
        whole_day(till, day)
    close_periods("year", through=next_to_close("year"))
    client = visit("owner")
    assert client.post(at("clotures/regles/"), {"first_month": 7, "enabled": "on", "after_days": 5}).status_code == 302
    page = text_of(client.get(at("clotures/?mois=2025-02")))
    [first] = re.findall(r'name="kind" value="year"><input type="hidden" name="first" value="([0-9-]+)"', page)
    assert (first, "Exercice du 01/01/2025 au 30/06/2025" in page) == ("2025-01-01", True)
    assert "Clôturé : janvier 2025, " in text_of(close(client, at, kind="year", first=first))
    year = PeriodClosing.objects.filter(kind="year").latest("first_date")
    assert (f"{year.first_date} {year.last_date}", year.total_minor) == ("2025-01-01 2025-06-30", 240)
    assert "Exercice du 01/07/2025 au 30/06/2026" in text_of(client.get(at("clotures/?mois=2025-07")))


def test_rules_of_closing_are_events(shop, visit, at) -> None:
    fields = {"first_month": "7", "after_days": "9"}
    assert visit("manager").post(at("clotures/regles/"), fields).status_code == 422
    client = visit("owner")
    assert client.post(at("clotures/regles/"), fields | {"after_days": "40"}).status_code == 422
    assert Event.objects.filter(code=270).count() == 0
    assert client.post(at("clotures/regles/"), fields).status_code == 302
    assert (fiscal_first_month(), automatic_closing()) == (7, (False, 9))
    details = [json.loads(one.detail)["setting"] for one in Event.objects.filter(code=270)]
    assert sorted(details) == ["automatic_closing_after_days", "fiscal_year_first_month"]


@pytest.mark.parametrize("role", ["cashier", "auditor"])
def test_who_may_not_close(shop, visit, at, role: str) -> None:
    before = Record.objects.count()
    assert visit(role).post(at("clotures/cloturer/"), {"kind": "month", "first": "2026-09-01"}).status_code == 403
    assert Record.objects.count() == before and connection.alias == "default"


@pytest.mark.parametrize(
    "asked", [{}, {"kind": "month"}, {"kind": "year", "first": "2026-01-01"}, {"kind": "x", "first": "a"}]
)
def test_a_wrong_demand_closes_nothing(shop, visit, at, asked: dict) -> None:
    before = Record.objects.count()
    answer = visit("owner").post(at("clotures/cloturer/"), asked)
    assert answer.status_code == 302 and Record.objects.count() == before


def test_the_year_says_what_each_month_makes_so_far(shop, visit, at) -> None:
    """Eight months before the shop opened stand in one row; September's Z has two tickets and 5,70, October's one and 4,50;
    the drawer that stands open counts for nothing yet."""
    client = visit("owner")
    close(client, at)
    page = text_of(client.get(at("clotures/")))
    body = page.split("<tbody>")[-1]
    rows = [re.sub(r"<[^>]+>", " ", row).split() for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)]
    assert [" ".join(row) for row in rows] == [
        "Janvier à août 2026 Avant l’ouverture", "Septembre 2026 Clôturé 2 tickets 5,70",
        "Octobre 2026 À clôturer · Z faits jusqu’ici 1 ticket 4,50", "Novembre 2026 En cours", "Décembre 2026 À venir",
        "Total 3 tickets 10,20",
    ]  # fmt: skip


def test_a_day_with_a_z_and_a_drawer_left_open_leads_to_the_drawer(shop, visit, at) -> None:
    """C1 stands open since the 15th; C2 did its Z that day: the cell names C1 and leads where both are seen."""
    second = enrolled_till("C2")
    whole_day(second, "2026-10-15")
    page = text_of(visit("owner").get(at("clotures/?mois=2026-10")))
    assert f'<a class="state bad" href="{at("sessions/?du=2026-10-15&amp;au=2026-10-15")}">C1 à clôturer</a>' in page
