"""The rules of returns, credit notes and printing: changed by the owner, read by tills, refused whole."""

import json

import pytest

from comptoir.apps.access.refusals import RightMissing
from comptoir.apps.fiscal.models import Event
from comptoir.apps.settings.models import Establishment, ReturnReason, TenderType
from comptoir.apps.settings.queries import main_establishment, print_rules, return_reasons
from comptoir.apps.settings.services.change_return_rules import change_return_rules
from comptoir.apps.settings.services.set_up_company import SettingsRefused

ADDRESS = "reglages/retours/"


def posted(**changes):
    rows = ReturnReason.objects.filter(active=True)
    data = {"return_days": "", "credit_note_days": "", "print_from_minor": "", "always_for": []}
    for place, row in enumerate(rows, start=1):
        data |= {f"label_{place}": row.label, f"goods_{place}": row.disposition}
    for place in range(rows.count() + 1, rows.count() + 3):
        data |= {f"label_{place}": "", f"goods_{place}": "resale"}
    return data | changes


def test_the_owner_changes_the_rules(shop, visit, at) -> None:
    owner = visit("owner")
    assert "Validité d’un avoir" in owner.get(at(ADDRESS)).content.decode()
    changes = {
        "credit_note_days": "365", "return_days": "30", "print_from_minor": "25,50", "print_with_customer": "on", "always_for": ["cheque"],
        "label_1": "", "label_2": "Taille", "goods_2": "supplier", "label_7": "Cadeau en double", "goods_7": "resale",
    }  # fmt: skip
    assert owner.post(at(ADDRESS), posted(**changes)).status_code == 302
    place = main_establishment()
    assert (place.credit_note_days, place.return_days, print_rules(place)) == (
        365, 30, {"policy": "on_demand", "always_from_minor": 2550, "always_for_tenders": ["cheque"], "always_with_customer": True},
    )  # fmt: skip
    offered = {row["label"]: row["disposition"] for row in return_reasons()}
    assert offered["Taille"] == "supplier" and offered["Cadeau en double"] == "resale" and len(offered) == 6
    assert ReturnReason.objects.get(code="changed_mind").active is False
    assert ReturnReason.objects.get(code="changed_mind").label == "A changé d’avis"
    event = Event.objects.filter(code=270).last()
    detail = json.loads(event.detail) if isinstance(event.detail, str) else event.detail
    assert detail["fields"] == [
        "always_for_tenders", "credit_note_days", "print_from_minor", "print_with_customer", "return_days", "return_reasons",
    ]  # fmt: skip
    before = Event.objects.count()
    same = {
        "credit_note_days": "365",
        "return_days": "30",
        "print_from_minor": "25,50",
        "print_with_customer": "on",
        "always_for": ["cheque"],
    }
    assert owner.post(at(ADDRESS), posted(**same)).status_code == 302
    assert Event.objects.count() == before  # nothing changed, nothing told


@pytest.mark.parametrize(
    "changes",
    [{"credit_note_days": "0"}, {"credit_note_days": "4000"}, {"return_days": "0"}, {"print_from_minor": "-1"}, {"print_from_minor": "beaucoup"},
     {"goods_1": "poubelle"}, {"always_for": ["rien"]}],
)  # fmt: skip
def test_a_wrong_rule_changes_nothing(shop, visit, at, changes) -> None:
    before = written()
    assert visit("owner").post(at(ADDRESS), posted(label_2="Autre chose", **changes)).status_code == 422
    assert written() == before


def written() -> list:
    tables = (ReturnReason, Establishment, TenderType)
    return [list(table.objects.order_by("pk").values()) for table in tables] + [Event.objects.count()]


def test_nobody_else_changes_them(shop, visit, at) -> None:
    before = written()
    assert visit("manager").get(at(ADDRESS)).status_code == 200
    assert [
        visit(role).post(at(ADDRESS), posted(credit_note_days="9")).status_code for role in ("manager", "auditor")
    ] == [422, 422]
    assert visit("cashier").get(at(ADDRESS)).status_code == 403
    with pytest.raises(RightMissing):
        change_return_rules(main_establishment(), by=shop.people["manager"], reasons=[], always_for=[])
    assert written() == before


def test_more_reasons_than_a_till_shows(shop) -> None:
    before = written()
    many = [("", f"Motif {n}", "resale") for n in range(13)]
    with pytest.raises(SettingsRefused, match="12 motifs"):
        change_return_rules(main_establishment(), by=shop.people["owner"], reasons=many, always_for=[])
    assert written() == before
