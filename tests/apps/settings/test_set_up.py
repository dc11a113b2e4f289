"""The first settings of a dossier, in the words that tills and receipts read."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from comptoir.apps.settings import queries
from comptoir.apps.settings.models import Company, Establishment, Register, TenderType
from comptoir.apps.settings.services.set_up_company import CompanyDetails, SettingsRefused, add_register, set_up_company
from comptoir.dossiers.binding import Dossier

TODAY = date(2026, 11, 22)
FRENCH = CompanyDetails(
    legal_name="Martin SARL", country="FR", number="732 829 320 00074", name="L’Épicerie du Coin", zone="metropole",
    vat_number="FR44732829320", naf="4711B", address="3 rue des Halles", postcode="75001", city="Paris",
    phone="01 02 03 04 05", registers=[("C1", "Caisse entrée"), ("C2", "Caisse fond")],
)  # fmt: skip


def test_a_french_shop(dossier: Dossier) -> None:
    establishment = set_up_company(FRENCH, on=TODAY)
    company = queries.company()
    assert (company.registration, establishment.number, company.vat_number) == (
        "732829320", "73282932000074", "FR44732829320",
    )  # fmt: skip
    assert (establishment.time_zone, establishment.print_policy) == ("Europe/Paris", "on_demand")
    assert [str(register) for register in queries.registers()] == ["C1 Caisse entrée", "C2 Caisse fond"]
    assert queries.shop(establishment, software="Comptoir 0.1.0") == {
        "name": "L’Épicerie du Coin", "legal_name": "Martin SARL", "address": ["3 rue des Halles", "75001 Paris"],
        "siret": "73282932000074", "naf": "4711B", "vat_number": "FR44732829320", "phone": "01 02 03 04 05",
        "footer": [], "software": "Comptoir 0.1.0", "lang": "fr", "rounding_note": "",
    }  # fmt: skip


def test_what_the_tills_are_given(dossier: Dossier) -> None:
    set_up_company(FRENCH, on=TODAY)
    tenders = {row["code"]: row for row in queries.tender_types(country="FR", on=TODAY)}
    assert list(tenders) == ["cash", "card", "meal_voucher", "cheque", "credit_note", "exchange"]
    assert tenders["cash"] == {
        "code": "cash", "label": "Espèces", "kind": "cash", "change": True, "cap_minor": None, "opens_drawer": True,
        "needs_reference": False, "eligible_only": False, "position": 1,
    }  # fmt: skip
    assert (tenders["meal_voucher"]["cap_minor"], tenders["meal_voucher"]["eligible_only"]) == (2500, True)
    assert queries.tender_types(country="FR", on=date(2022, 9, 30))[2]["cap_minor"] == 1900
    assert queries.denominations()[0] == {"value_minor": 20000, "bank_note": True}
    assert len(queries.denominations()) == 14
    assert {row["code"]: row["direction"] for row in queries.cash_reasons()} == {
        "change_in": "in", "from_safe": "in", "change_sent": "in", "other_in": "in", "to_safe": "out",
        "bank": "out", "expense": "out", "other_out": "out",
    }  # fmt: skip
    assert queries.barcode_patterns() == [
        {"prefix": "21", "item_digits": 5, "verifier": False, "value_digits": 5, "decimals": 2, "kind": "price",
         "name": "Prix sur l’étiquette"},
        {"prefix": "26", "item_digits": 5, "verifier": False, "value_digits": 5, "decimals": 3, "kind": "weight",
         "name": "Poids sur l’étiquette"},
    ]  # fmt: skip


def test_a_belgian_shop(sqlite_dossier: Dossier) -> None:
    details = replace(FRENCH, country="BE", zone="belgique", number="2.345.678.901", vat_number="BE0403170701", naf="")
    establishment = set_up_company(details, on=TODAY)
    assert (establishment.number, establishment.time_zone, establishment.print_policy) == (
        "2345678901", "Europe/Brussels", "always",
    )  # fmt: skip
    assert [row["code"] for row in queries.tender_types(country="BE", on=TODAY)] == [
        "cash", "card", "meal_voucher", "eco_voucher", "credit_note", "exchange",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [{"number": "73282932000075"}, {"number": ""}, {"zone": "belgique"}, {"vat_number": "FR00000000000"},
     {"registers": [("C1", "a"), ("c1", "b")]}, {"registers": [("1C", "a")]}, {"registers": [("C-1", "a")]}],
)  # fmt: skip
def test_nothing_is_written_when_a_part_is_refused(sqlite_dossier: Dossier, change: dict) -> None:
    with pytest.raises(SettingsRefused):
        set_up_company(replace(FRENCH, **change), on=TODAY)
    assert (Company.objects.count(), Establishment.objects.count(), TenderType.objects.count()) == (0, 0, 0)


def test_a_dossier_has_one_company(dossier: Dossier) -> None:
    set_up_company(FRENCH, on=TODAY)
    with pytest.raises(SettingsRefused, match="déjà son entreprise"):
        set_up_company(FRENCH, on=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Company.objects.create(id=2, legal_name="Une autre", country="FR")


def test_the_database_refuses_what_the_services_would(dossier: Dossier) -> None:
    establishment = set_up_company(FRENCH, on=TODAY)
    for make in (
        lambda: Register.objects.create(code="C-1", name="x", establishment=establishment),
        lambda: Register.objects.create(code="C1", name="x", establishment=establishment),
        lambda: TenderType.objects.create(code="x", label="x", kind="card", change=True),
        lambda: TenderType.objects.create(code="y", label="x", kind="cash", cap_minor=0),
        lambda: TenderType.objects.create(code="z", label="x", kind="bitcoin"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            make()


def test_a_register_is_added(dossier: Dossier) -> None:
    establishment = set_up_company(FRENCH, on=TODAY)
    assert add_register(" c3 ", name="Comptoir traiteur", establishment=establishment).code == "C3"
    assert queries.register_by_code("C3").name == "Comptoir traiteur"
    assert queries.register_by_code("C9") is None
