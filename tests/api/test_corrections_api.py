"""What a till asks about tickets of other registers and about credit notes, over HTTP."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from comptoir.apps.fiscal.models import Record
from comptoir.apps.parties.models import Customer
from comptoir.apps.settings.models import Establishment, ReturnReason, TenderType
from comptoir.apps.till.queries import found_tickets, tickets_with
from comptoir.engine.money import format_euro
from tests.apps.till.returning import cancel, correct, own_note, seal, take_back
from tests.apps.till.shop import enrolled_till, line, send, set_up_shop


@pytest.fixture
def till(dossier):
    set_up_shop("C1", "C2")
    till = enrolled_till()
    till.open()
    return till


@pytest.fixture
def ask(dossier, till):
    """GET by the second register."""
    other, client = enrolled_till("C2"), Client()
    other.open()
    send(other)

    def get(path: str, *, token: str = other.token):
        return client.get(f"/d/{dossier.slug}/api/till/{path}", headers={"Authorization": f"Bearer {token}"})

    return get


def sell(till, *, label="Chemise", price_e4=40_000, quantity_milli=3000, tender="card", **more):
    basket = till.soft.basket([line(label, price_e4=price_e4, vat_e4=2000, quantity_milli=quantity_milli)])
    return seal(till, "sale", basket, (tender, price_e4 * quantity_milli // 100_000), origin=None, **more)


def numbers(answer) -> list[int]:
    assert answer.status_code == 200
    return [one["seq"] for one in answer.json()["tickets"]]


def test_a_ticket_with_what_came_after_it(till, ask) -> None:
    sale = sell(till, tender="cash")
    assert ask("tickets/C1-1-ticket/1").status_code == 404
    send(till)
    first = ask("tickets/C1-1-ticket/1").json()
    kept = {name: sale[name] for name in ("id", "chain", "seq", "type", "body", "to_sign", "signature")}
    assert first == {
        "ticket": kept, "returned": [], "cancelled": False, "duplicates": 0, "refunded": [],
        "payments": [{"type": "cash", "amount_minor": 1200, "reference": None}],
    }  # fmt: skip
    take_back(till, sale, [("Chemise", 1000)])
    correct(till, sale, ("cash", -1200), ("card", 1200))
    send(till)
    later = ask("tickets/C1-1-ticket/1").json()
    assert later["returned"] == [{"line": "Chemise", "quantity_milli": 1000}]
    assert later["payments"] == [{"type": "card", "amount_minor": 1200, "reference": None}]
    assert later["refunded"] == [{"type": "cash", "amount_minor": -400, "reference": None}]
    other = sell(till)
    cancel(till, other)
    send(till)
    assert ask("tickets/C1-1-ticket/4").json()["cancelled"] is True


def test_tickets_are_found_by_number_amount_customer_seller_and_article(till, ask) -> None:
    luc = Customer.objects.create(name="Delvaux", first_name="Luc")
    sell(till)
    sell(till, label="Écharpe", price_e4=347_000, quantity_milli=1000, tender="cash", customer=str(luc.pk))
    take_back(till, sell(till), [("Chemise", 3000)])
    send(till)
    assert numbers(ask("tickets")) == [4, 3, 2, 1]
    assert numbers(ask("tickets?limit=2")) == [4, 3]
    assert numbers(ask("tickets?text=C1-1-2")) == [2]
    assert numbers(ask("tickets?text=TC1-1-3")) == [3]
    assert numbers(ask("tickets?text=3")) == [3]
    assert numbers(ask("tickets?text=34,70")) == [2]
    assert numbers(ask("tickets?text=12")) == [4, 3, 1]  # 12,00 €, given or given back
    assert numbers(ask("tickets?text=delv")) == [2]
    assert numbers(ask("tickets?text=L%C3%A9a")) == [4, 3, 2, 1]
    assert numbers(ask("tickets?text=charpe")) == []  # articles only on a given day
    assert numbers(ask("tickets?text=charpe&date=2026-11-22")) == [2]
    assert numbers(ask("tickets?date=2026-11-21")) == []
    row = ask("tickets?text=C1-1-2").json()["tickets"][0]
    assert row == {
        "chain": "C1-1-ticket", "seq": 2, "at": "2026-11-22T11:00:02Z", "operator": "Léa", "operation": "sale",
        "total_minor": 3470, "payments": f"Espèces {format_euro(3470)}",
    }  # fmt: skip


def test_a_register_called_t1_has_its_tickets_found(dossier) -> None:
    """T also begins the code that a receipt carries: C1-1-2 is scanned as TC1-1-2."""
    set_up_shop("T1", "C1")
    for code in ("T1", "C1"):
        till = enrolled_till(code)
        till.open()
        till.sell()
        send(till)
    for text in ("T1-1-1", "TT1-1-1", "t1-1-1"):
        assert [one.register for one in found_tickets(text)] == ["T1"]
    for text in ("C1-1-1", "TC1-1-1"):
        assert [one.register for one in found_tickets(text)] == ["C1"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("tickets?date=hier", 400, "wrong_shape"),
        ("tickets?limit=0", 400, "wrong_shape"),
        ("tickets?limit=-1", 400, "wrong_shape"),
        ("tickets/C1-1-ticket/9", 404, "unknown_ticket"),
        ("tickets/C1-1-z/1", 404, "unknown_ticket"),
        ("tickets/C1-1-ticket/99999999999999999999", 404, "unknown_ticket"),
        ("credit-notes/AC1-1-9", 404, "unknown_credit_note"),
    ],
)
def test_refusals_are_problem_documents(ask, path, status, code) -> None:
    before = Record.objects.count()
    answer = ask(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert Record.objects.count() == before


def test_nobody_asks_without_a_device(ask, till) -> None:
    for path in ("tickets", "tickets/C1-1-ticket/1", "credit-notes/AC1-1-1"):
        assert ask(path, token="rien").status_code == 401  # noqa: S106


def test_a_credit_note_and_what_is_left(till, ask) -> None:
    sale = sell(till)
    note = own_note(till)
    take_back(till, sale, [("Chemise", 3000)], ("credit_note", -1200, note), credit_valid_until="2027-11-22")
    basket = till.soft.basket([line("Bonnet", price_e4=50_000, vat_e4=2000)])
    seal(till, "sale", basket, ("credit_note", 500, note), origin=None)
    send(till)
    assert ask(f"credit-notes/{note}").json() == {
        "reference": "AC1-1-2", "issued_minor": 1200, "balance_minor": 700, "at": "2026-11-22T11:00:02Z",
        "valid_until": "2027-11-22",
    }  # fmt: skip


def test_bootstrap_tells_reasons_and_rules(ask) -> None:
    Establishment.objects.update(credit_note_days=365, return_days=30, print_from_minor=2500, print_with_customer=True)
    TenderType.objects.filter(code="cheque").update(print_always=True)
    ReturnReason.objects.exclude(code__in=["size", "defective"]).update(active=False)
    start = ask("bootstrap").json()
    assert (start["credit_note"], start["returns"]) == ({"valid_days": 365}, {"max_days": 30})
    assert {name: start["print"][name] for name in ("always_from_minor", "always_for_tenders", "always_with_customer")} == {
        "always_from_minor": 2500, "always_for_tenders": ["cheque"], "always_with_customer": True,
    }  # fmt: skip
    assert start["return_reasons"] == [
        {"code": "size", "label": "Taille ou modèle", "disposition": "resale"},
        {"code": "defective", "label": "Défectueux", "disposition": "supplier"},
    ]
    assert [one["code"] for one in start["drawer_reasons"]] == ["change", "check", "forgotten", "other"]
    kinds = {one["code"]: (one["kind"], one["change"], one["needs_reference"]) for one in start["tenders"]}
    assert kinds["exchange"] == ("exchange", False, False)
    assert kinds["credit_note"] == ("credit_note", False, True)
    assert json.dumps(start)


def test_a_lost_receipt_is_found_by_its_article(till, ask) -> None:
    """Three sales, a return of the first one: the article names the sale, an amount and a day narrow it, 90 days are the end."""
    first = sell(till, label="Chemise lin")
    sell(till, label="Chemise coton", price_e4=50_000, quantity_milli=1000)
    sell(till, label="Nappe", price_e4=90_000, quantity_milli=1000)
    take_back(till, first, [("Chemise lin", 1000)])
    send(till)
    assert numbers(ask("tickets?articles=&text=chemise")) == [2, 1]
    assert numbers(ask("tickets?articles=&text=lin chemise")) == [1]
    assert numbers(ask("tickets?articles=&text=chemise&amount=500")) == [2]
    assert numbers(ask("tickets?articles=&text=chemise&amount=1200&date=2026-11-22")) == [1]
    assert numbers(ask("tickets?articles=&text=chemise&date=2026-11-21")) == []
    basket = till.soft.basket([line("Foulard", article="a7", price_e4=100_000)])
    seal(till, "sale", basket, ("card", 1000), origin=None)
    send(till)
    assert numbers(ask("tickets?articles=a1,a7&text=")) == [5]
    assert numbers(ask("tickets?articles=a7&text=nappe")) == [5, 3]
    assert numbers(ask("tickets?articles=&text=")) == []
    for wrong in ("amount=-5", "amount=12,5", "date=hier"):
        assert ask(f"tickets?articles=&text=chemise&{wrong}").status_code == 400
    day = datetime(2026, 11, 22, 12, tzinfo=UTC)
    found = [tickets_with("nappe", articles=[], now=day + timedelta(days=days)).count() for days in (0, 89, 91)]
    assert found == [1, 1, 0]
