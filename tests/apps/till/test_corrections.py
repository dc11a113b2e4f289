"""Corrections received: returns, cancellations, wrong tenders, exchanges and reprints, as rows and as what is left."""

import json
from datetime import timedelta

import pytest

from comptoir.apps.access.services.manage_users import create_owner, create_user
from comptoir.apps.fiscal.models import Event, KeptRecord, Record
from comptoir.apps.till.corrections import (
    correction_state,
    duplicates_of,
    is_cancelled,
    payments_after_corrections,
    returned_quantities,
)
from comptoir.apps.till.models import Ticket, TicketLine
from comptoir.apps.treasury.models import Closing
from comptoir.apps.treasury.queries import expected_cash
from tests.apps.till.returning import body_of, cancel, correct, own_note, seal, take_back
from tests.apps.till.shop import enrolled_till, line, send, set_up_shop, statuses

CODES = (9126, 9127, 9128)


@pytest.fixture
def till(dossier):
    set_up_shop("C1", "C2")
    till = enrolled_till()
    till.open()
    return till


def shirts(till, *, tender: str = "card", **more):
    """Three shirts at 4,00, 2,00 off the ticket: 10,00, VAT 1,67."""
    basket = till.soft.basket([line("Chemise", price_e4=40_000, vat_e4=2000, quantity_milli=3000)])
    basket["discounts"] = [{"kind": "amount", "value_minor": 200, "reason": None}]
    return seal(till, "sale", basket, (tender, 1000), origin=None, **more)


def told() -> list[tuple[int, dict]]:
    rows = Event.objects.filter(code__in=CODES).order_by("code", "detail")
    return [(row.code, json.loads(row.detail) if isinstance(row.detail, str) else row.detail) for row in rows]


def test_three_returns_one_by_one_give_back_what_was_paid(till) -> None:
    sale = shirts(till)
    for done in range(3):
        returned = [("Chemise", 1000 * done)] if done else []
        take_back(till, sale, [("Chemise", 1000)], ("card", (-333, -334, -333)[done]), returned=returned)
    assert statuses(send(till)) == ["stored"] * 5
    rows = Ticket.objects.filter(operation="refund").order_by("seq")
    assert list(rows.values_list("gross_minor", "vat_minor", "net_minor")) == [
        (-333, -56, -277), (-334, -55, -279), (-333, -56, -277),
    ]  # fmt: skip
    assert sum(Ticket.objects.values_list("gross_minor", flat=True)) == 0
    assert sum(Ticket.objects.values_list("vat_minor", flat=True)) == 0
    back = TicketLine.objects.filter(origin_line="Chemise")
    assert set(back.values_list("disposition", "quantity_milli")) == {("resale", -1000)}
    original = Ticket.objects.get(operation="sale")
    assert {line: milli for (_o, line), milli in returned_quantities([original.pk]).items()} == {"Chemise": 3000}
    assert told() == []


def test_a_return_keeps_the_destination_and_its_reason(till) -> None:
    sale = shirts(till)
    take_back(till, sale, [("Chemise", 1000)], disposition="damaged", approved_by={"id": "x", "name": "Awa"})
    send(till)
    assert TicketLine.objects.get(quantity_milli__lt=0).disposition == "damaged"
    refund = Ticket.objects.get(operation="refund")
    assert (refund.approved_by, refund.approved_name, refund.origin) == ("x", "Awa", Ticket.objects.get(seq=1).pk)


def test_more_returned_than_sold_by_two_tills_is_booked_and_told(till) -> None:
    sale = shirts(till)
    other = enrolled_till("C2")
    other.open()
    send(till)
    send(other)
    take_back(till, sale, [("Chemise", 2000)])
    take_back(other, sale, [("Chemise", 2000)])  # offline: it does not know of the first one
    assert statuses(send(till)) == ["stored"]
    assert told() == []
    assert statuses(send(other)) == ["stored"]
    assert [(code, detail["number"], detail["lines"], detail["returned_minor"], detail["sold_minor"])
            for code, detail in told()] == [
        (9126, "C2-1-ticket-1", [{"line": "Chemise", "returned_milli": 4000, "sold_milli": 3000}], 1334, 1000)
    ]  # fmt: skip
    assert KeptRecord.objects.count() == 0


def test_a_cancelled_refund_gives_its_quantities_back(till) -> None:
    sale = shirts(till)
    refund = take_back(till, sale, [("Chemise", 2000)])
    cancel(till, refund)
    send(till)
    original = Ticket.objects.get(operation="sale")
    assert returned_quantities([original.pk]) == {}
    assert Ticket.objects.get(operation="cancel").gross_minor == 667
    take_back(till, sale, [("Chemise", 3000)])
    send(till)
    assert told() == []
    assert correction_state(original)["returned"] == [{"line": "Chemise", "quantity_milli": 3000}]


def test_a_cancellation_reverses_everything_and_twice_is_told(till) -> None:
    sale = shirts(till, tender="cash")
    cancel(till, sale)
    send(till)
    ticket = Ticket.objects.get(operation="cancel")
    assert (ticket.gross_minor, ticket.vat_minor) == (-1000, -167)
    assert is_cancelled(ticket.origin) and expected_cash("C1") == 10_000
    assert told() == []
    cancel(till, sale)  # its till forgot (restored from a backup)
    send(till)
    assert [(code, detail["returned_minor"], detail["sold_minor"]) for code, detail in told()] == [(9126, 2000, 1000)]


def test_a_wrong_tender_is_corrected_in_the_drawer_and_in_the_z(till) -> None:
    sale = shirts(till, tender="cash")
    correct(till, sale, ("cash", -1000), ("card", 1000), reason="Carte et non espèces")
    till.close({"tender": "cash", "amount_minor": 10_000, "pieces": None})
    assert statuses(send(till)) == ["stored"] * 5
    original = Ticket.objects.get(operation="sale")
    assert payments_after_corrections(original.pk) == [("card", 1000, None)]
    correction = Ticket.objects.get(operation="correction")
    assert (correction.gross_minor, correction.reason, correction.line_count) == (0, "Carte et non espèces", 0)
    closing = Closing.objects.get()
    assert (closing.agrees, closing.disagreements, closing.total_minor) == (True, "[]", 1000)
    assert expected_cash("C1") == 0
    shown = body_of_z()
    assert shown["report"]["correction"] == {"count": 1, "amount_minor": 0}
    assert shown["report"]["corrected"] == {"count": 1, "amount_minor": 1000}
    assert shown["report"]["cash"]["sales_minor"] == 0


def body_of_z() -> dict:
    return json.loads(Record.objects.get(type="z").body)


def test_an_exchange_is_two_records_and_nets_to_nothing(till) -> None:
    sale = shirts(till)
    exchange = "0192f0c1-0000-7000-8000-0000000000ee"
    take_back(till, sale, [("Chemise", 3000)], ("exchange", -1000), exchange=exchange)
    coat = till.soft.basket([line("Manteau", price_e4=250_000, vat_e4=2000)])
    seal(till, "sale", coat, ("exchange", 1000), ("cash", 1500), origin=None, exchange=exchange)
    till.close({"tender": "cash", "amount_minor": 11_500, "pieces": None})
    send(till)
    assert list(Ticket.objects.filter(exchange=exchange).values_list("operation", "gross_minor")) == [
        ("refund", -1000), ("sale", 2500),
    ]  # fmt: skip
    rows = {row["code"]: row for row in body_of_z()["report"]["tenders"]}
    assert (rows["exchange"]["amount_minor"], rows["exchange"]["count"]) == (0, 2)
    assert rows["cash"]["amount_minor"] == 1500
    assert body_of_z()["report"]["exchanges"] == {"count": 1, "amount_minor": 1000}
    assert Closing.objects.get().agrees and told() == []


def test_a_reprint_is_a_record_counted_by_its_original(till) -> None:
    sale = shirts(till)
    head = till.soft._head("duplicate")
    origin = {"type": "ticket", "chain": sale["chain"], "seq": sale["seq"], "id": sale["id"]}
    till.soft._seal_body(head, {**head, "origin": origin, "number": 1, "reason": "Ticket égaré"})
    assert statuses(send(till)) == ["stored"] * 3
    ticket = Ticket.objects.get()
    row = duplicates_of(ticket.chain, seq=ticket.seq).get()
    assert (row.number, row.reason, row.operator_name, row.origin_type) == (1, "Ticket égaré", "Léa", "ticket")
    assert correction_state(ticket)["duplicates"] == 1


def test_a_refund_above_the_limit_is_told_unless_somebody_lent_a_code(till) -> None:
    owner = create_owner("anne", name="Anne", password="un long mot de passe")
    cashier = create_user("lea", name="Léa", role="cashier", by=owner)
    till.soft.state["session"]["operator"] = {"id": str(cashier.id), "name": "Léa"}
    basket = till.soft.basket([line("Manteau", price_e4=-2_000_000, vat_e4=2000)])
    seal(till, "refund", basket, ("card", -20_000), origin=None)
    approved = {"id": str(owner.id), "name": "Anne"}
    seal(till, "refund", basket, ("card", -20_000), origin=None, approved_by=approved)
    assert statuses(send(till)) == ["stored"] * 3
    found = [json.loads(row.detail) if isinstance(row.detail, str) else row.detail
             for row in Event.objects.filter(code=9122)]  # fmt: skip
    assert sorted((one["number"], one["reason"]) for one in found if one["reason"] != "unknown_operator") == [
        ("C1-1-ticket-1", "refund_max_minor"), ("C1-1-ticket-1", "till.refund_without_ticket"),
    ]  # fmt: skip


def test_the_same_correction_received_twice_is_booked_once(till) -> None:
    sale = shirts(till)
    take_back(till, sale, [("Chemise", 1000)], ("credit_note", -333, own_note(till)))
    records = till.waiting()
    send(till, records)
    before = (Ticket.objects.count(), TicketLine.objects.count(), Event.objects.count())
    assert statuses(send(till, records, late=timedelta(hours=1))) == ["duplicate"] * 3
    assert (Ticket.objects.count(), TicketLine.objects.count(), Event.objects.count()) == before
    assert body_of(records[-1])["settled"]["payments"][0]["reference"] == "AC1-1-2"
