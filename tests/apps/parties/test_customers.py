"""Customers: codes in order, dated consents, and being forgotten."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from comptoir.apps.access.refusals import RightMissing
from comptoir.apps.parties.models import Customer
from comptoir.apps.parties.queries import customer_by_id, customers, customers_for_tills
from comptoir.apps.parties.services.manage_customers import (
    CustomerRefused,
    change_customer,
    create_customer,
    erase_customer,
    record_consent,
)
from comptoir.dossiers.binding import Dossier
from tests.apps.access.people import one_of_each

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def test_codes_follow_one_another(dossier: Dossier) -> None:
    manager = one_of_each()["manager"]
    names = ["Dupont", "Łukasz 🧀", "مريم", 'O\'Neil "Jo"']
    made = [create_customer(by=manager, name=name, phone="06 11 22 33 44") for name in names]
    assert [one.code for one in made] == ["C00001", "C00002", "C00003", "C00004"]
    assert {row["name"] for row in customers_for_tills()} == set(names)
    assert {row["phone_tail"] for row in customers_for_tills()} == {"3344"}
    assert set(customers_for_tills()[0]) == {"id", "name", "phone_tail"}


@pytest.mark.parametrize("fields", [{"name": " "}, {"name": "A", "loyalty": 3}, {"name": "A", "erased_at": NOW}])
def test_a_refusal_writes_nothing(sqlite_dossier: Dossier, fields: dict) -> None:
    manager = one_of_each()["manager"]
    with pytest.raises(CustomerRefused):
        create_customer(by=manager, **fields)
    assert Customer.objects.count() == 0


def test_only_who_may_edits(sqlite_dossier: Dossier) -> None:
    people = one_of_each()
    customer = create_customer(by=people["manager"], name="Dupont")
    for role in ("cashier", "auditor"):
        with pytest.raises(RightMissing):
            create_customer(by=people[role], name="X")
        with pytest.raises(RightMissing):
            change_customer(customer, by=people[role], name="X")
        with pytest.raises(RightMissing):
            erase_customer(customer, now=NOW, by=people[role])
    assert list(customers().values_list("name", flat=True)) == ["Dupont"]


def test_a_consent_is_dated_and_sourced(dossier: Dossier) -> None:
    manager = one_of_each()["manager"]
    customer = create_customer(by=manager, name="Dupont", email="d@example.org")
    assert customer.email_consent_at is None  # an address is no consent
    with pytest.raises(CustomerRefused):
        record_consent(customer, channel="email", given=True, source=" ", now=NOW, by=manager)
    record_consent(customer, channel="email", given=True, source="en caisse", now=NOW, by=manager)
    stored = Customer.objects.get()
    assert (stored.email_consent_at, stored.email_consent_source) == (NOW, "en caisse")
    record_consent(customer, channel="email", given=False, source="", now=NOW, by=manager)
    assert Customer.objects.get().email_consent_at is None
    with pytest.raises(IntegrityError), transaction.atomic():
        Customer.objects.update(sms_consent_at=NOW, sms_consent_source="")


def test_the_forgotten_leave_their_id_alone(dossier: Dossier) -> None:
    manager = one_of_each()["manager"]
    customer = create_customer(by=manager, name="Dupont", first_name="Léa", phone="0611223344", email="l@example.org")
    erase_customer(customer, now=NOW, by=manager)
    row = Customer.objects.values().get()
    assert row["id"] == customer.id and row["erased_at"] == NOW
    assert not {"Dupont", "Léa", "0611223344", "l@example.org"} & {str(value) for value in row.values()}
    assert customer_by_id(customer.id) is None and customers_for_tills() == []
