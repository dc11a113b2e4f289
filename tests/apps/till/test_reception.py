"""Reception of records: stored once, whatever the order and the repetitions; nothing lost, nothing booked wrongly."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from comptoir.apps.access.command_line import COMMAND_LINE
from comptoir.apps.access.services.manage_users import create_owner
from comptoir.apps.catalog.article_input import ArticleInput
from comptoir.apps.catalog.queries import catalogue_version
from comptoir.apps.catalog.services.save_article import create_article
from comptoir.apps.fiscal.models import Event, KeptRecord, Record, Resolution
from comptoir.apps.fiscal.queries import envelope_of, open_kept, waiting_for_gap
from comptoir.apps.fiscal.sealed import read_sealed
from comptoir.apps.fiscal.services.keep_records import set_kept_aside
from comptoir.apps.till.models import Ticket, TicketLine, TicketPayment, TicketVat
from comptoir.apps.till.services.verify_dossier import verify_dossier
from comptoir.apps.treasury.models import CashTransfer, Closing, DrawerSession
from comptoir.apps.treasury.queries import expected_cash
from comptoir.engine.canonical import canonical
from tests.apps.till.shop import LEA, enrolled_till, line, sealed_again, send, set_up_shop, statuses


def test_a_day_from_the_float_to_the_z(dossier) -> None:
    set_up_shop("C1")
    till = enrolled_till()
    till.open(float_minor=10_000)
    till.sell(line("Comté", price_e4=319_000, quantity_milli=440, kind="weighed", unit="kg"))
    till.sell(line("Savon", price_e4=45_000, vat_e4=2000), line("Pain", price_e4=12_000), tender="card")
    till.close({"tender": "cash", "amount_minor": 11_404, "pieces": None})
    assert statuses(send(till)) == ["stored"] * 5
    assert list(Ticket.objects.order_by("seq").values_list("gross_minor", "net_minor", "vat_minor")) == [
        (1404, 1331, 73),
        (570, 489, 81),
    ]
    assert TicketLine.objects.count() == 3 and TicketPayment.objects.count() == 2 and TicketVat.objects.count() == 3
    closing = Closing.objects.get()
    assert (closing.agrees, closing.disagreements, closing.total_minor, closing.ticket_count) == (True, "[]", 1974, 2)
    assert expected_cash("C1") == 0
    assert CashTransfer.objects.filter(code="closing").get().amount == 11_404


def test_the_same_batch_again_changes_nothing(dossier) -> None:
    set_up_shop("C1")
    till = enrolled_till()
    till.open()
    batch = [*till.waiting(), till.sell(), till.sell()]
    assert statuses(send(till, batch)) == ["stored"] * 3
    before = (Record.objects.count(), Ticket.objects.count(), Event.objects.count(), KeptRecord.objects.count())
    assert statuses(send(till, batch)) == ["duplicate"] * 3
    assert (Record.objects.count(), Ticket.objects.count(), Event.objects.count(), KeptRecord.objects.count()) == before


def test_records_in_any_order_end_in_the_same_place(dossier) -> None:
    set_up_shop("C1")
    till = enrolled_till()
    till.open()
    for _ in range(6):
        till.sell()
    till.close({"tender": "cash", "amount_minor": 10_720, "pieces": None})
    records = till.waiting()
    tickets = [one for one in records if one["type"] == "ticket"]
    others = [one for one in records if one["type"] != "ticket"]
    assert statuses(send(till, tickets[3:])) == ["kept gap"] * 3
    assert not Ticket.objects.exists()
    assert Event.objects.filter(code=9101).count() == 1  # three records behind one gap are one piece of news
    assert statuses(send(till, others)) == ["stored"] * 3
    assert not Closing.objects.exists()  # its tickets are missing
    assert statuses(send(till, [tickets[2], tickets[0]])) == ["kept gap", "stored"]
    assert statuses(send(till, [tickets[1]])) == ["stored"]
    assert [one.seq for one in Ticket.objects.order_by("seq")] == [1, 2, 3, 4, 5, 6]
    assert Closing.objects.get().agrees is True
    assert KeptRecord.objects.count() == 4 and open_kept().count() == 0
    assert statuses(send(till, records)) == ["duplicate"] * 9
    assert Event.objects.filter(code=9124).count() == 0  # no clock went back


def test_what_waits_behind_a_number_that_never_comes_is_not_read_at_each_sale(dossier) -> None:
    set_up_shop("C1", "C2")
    till = enrolled_till()
    opening = till.open()
    sold = [till.sell() for _ in range(4)]
    assert statuses(send(till, [opening, *sold[1:3]])) == ["stored", "kept gap", "kept gap"]
    assert waiting_for_gap({"C1-1-ticket": 0, "C1-1-cash": 1, "C2-1-ticket": 9}) == []
    assert sorted(row[1:3] for row in waiting_for_gap({"C1-1-ticket": 1})) == [("C1-1-ticket", 2), ("C1-1-ticket", 3)]
    assert statuses(send(till, [sold[3]])) == ["kept gap"]
    assert statuses(send(till, [sold[0]])) == ["stored"]
    assert Ticket.objects.count() == 4 and not open_kept().exists() and waiting_for_gap({"C1-1-ticket": 4}) == []


def test_a_shuffled_batch_is_stored_at_once(dossier) -> None:
    set_up_shop("C1")
    till = enrolled_till()
    till.open()
    for _ in range(5):
        till.sell()
    assert statuses(send(till, till.waiting()[::-1])) == ["stored"] * 6
    assert KeptRecord.objects.count() == 0


def test_forged_records_are_kept_and_never_booked(dossier) -> None:
    set_up_shop("C1", "C2")
    till, other = enrolled_till("C1"), enrolled_till("C2")
    till.open()
    good = till.sell()
    send(till, till.waiting()[:1])
    body = json.loads(good["body"])
    forged = {
        "kept bad_signature": {**good, "signature": other.key.sign(good["to_sign"])},
        "kept unreadable": {**good, "body": good["body"].replace(":120,", ":1.2e2,", 1)},
        "kept to_sign_differs": {**good, "body": good["body"].replace("Pain", "Pein")},
        "kept head_differs": {**good, "seq": 2},
        "kept broken_link": sealed_again(till, body, previous="A" * 86),
        "kept foreign_dossier": sealed_again(till, {**body, "dossier": "0192f0c1-0000-7000-8000-000000000000"}),
        "kept unknown_key": sealed_again(other, {**body, "key": other.key.thumbprint}),
    }
    for expected, record in forged.items():
        assert statuses(send(till, [record])) == [expected]
    assert not Ticket.objects.exists() and KeptRecord.objects.count() == len(forged)
    assert KeptRecord.objects.get(code="bad_signature").envelope == canonical(forged["kept bad_signature"])
    assert statuses(send(till, list(forged.values()))) == list(forged)
    assert KeptRecord.objects.count() == len(forged)  # the same thing again is kept once
    assert statuses(send(till, [good])) == ["stored"]


def test_a_number_taken_by_another_content_is_kept(dossier) -> None:
    set_up_shop("C1")
    till = enrolled_till()
    till.open()
    first = till.sell()
    send(till)
    twin = sealed_again(till, {**json.loads(first["body"]), "id": "0192f0c1-0000-7000-8000-0000000000ff"}, previous="")
    same_id = sealed_again(till, {**json.loads(first["body"]), "seq": 2, "customer": "x"}, previous=first["signature"])
    assert statuses(send(till, [twin, same_id])) == ["kept conflict", "kept conflict"]
    assert Ticket.objects.count() == 1 and Event.objects.filter(code=9103).count() == 2


def test_a_poisoned_record_does_not_sink_its_batch(dossier) -> None:
    """Signed by the till's own key and in its place, but nothing that a ticket could be."""
    set_up_shop("C1")
    till = enrolled_till()
    till.open()
    poison = json.loads(till.sell()["body"])
    poison["priced"]["gross_minor"] = "120"
    poison = sealed_again(till, poison)
    move = till.soft.move_cash(kind="out", amount_minor=500, reason=None, label="Timbres")
    event = till.soft.log_event(code=80, label="Démarrage")
    opening = till.waiting()[0]
    assert statuses(send(till, [poison, opening, move, event])) == ["kept unreadable", "stored", "stored", "stored"]
    assert not Ticket.objects.exists() and expected_cash("C1") == 9_500


@pytest.mark.parametrize("field", ["id", "chain"])
@pytest.mark.parametrize("odd", ["C1-1-\x00", "C1-1-\ud800", "e\u0301", "’" * 99], ids=["nul", "half", "loose", "long"])
def test_what_no_text_may_be_is_kept_and_the_others_are_stored(dossier, field: str, odd: str) -> None:
    """One till sends what no database, or no sealed event, takes as it is: tills of the same group must not wait for ever."""
    set_up_shop("C1")
    till = enrolled_till()
    opening, sale = till.open(), till.sell()
    poison = {**sale, field: odd}
    assert statuses(send(till, [opening, poison, sale])) == [
        "stored", "kept head_differs" if field == "id" else "kept unreadable", "stored",
    ]  # fmt: skip
    assert Ticket.objects.count() == 1
    kept = open_kept().get()
    assert json.loads(kept.envelope) == poison
    assert (
        statuses(send(till, [poison])) != ["stored"] and open_kept().count() == 1
    )  # the same thing again is kept once
    assert verify_dossier().findings == []
    set_kept_aside(kept, reason="caisse de\u0301re\u0301gle\u0301e", operator=LEA)
    assert verify_dossier().findings == []
    sealed = [read_sealed(envelope_of(one)) for one in Record.objects.filter(chain="S-1-event").order_by("seq")]
    assert sealed[-1].body["detail"]["reason"] == Resolution.objects.get().reason == "caisse déréglée"


def test_what_the_database_refuses_is_kept_alone(dossier) -> None:
    """Two openings of one session: each reads well, the second breaks a constraint of the database."""
    set_up_shop("C1")
    till = enrolled_till()
    opening = till.open()
    again = {**json.loads(opening["body"]), "id": "0192f0c1-0000-7000-8000-0000000000fe", "seq": 2}
    again = sealed_again(till, again, previous=opening["signature"])
    sale = till.sell()
    assert statuses(send(till, [opening, again, sale])) == ["stored", "kept unreadable", "stored"]
    assert DrawerSession.objects.count() == 1 and Ticket.objects.count() == 1


WRONG_TYPES = {
    "origin/id": {"origin": {"id": 5}}, "origin no text": {"origin": {"id": "x"}}, "origin a list": {"origin": [1]},
    "customer": {"customer": 7}, "operator": {"operator": {"id": "u1", "name": 3}}, "catalogue": {"catalogue": "2"},
    "day": {"business_date": "20261122"}, "exchange": {"exchange": "0192F0C1-0000-7000-8000-00000000000A"},
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_TYPES)
def test_a_ticket_whose_sums_are_right_is_read_to_its_end(dossier, name: str) -> None:
    """Amounts that agree do not make a ticket: nothing may enter that no page and no book could read again."""
    set_up_shop("C1")
    till = enrolled_till()
    till.open()
    body = json.loads(till.sell()["body"])
    record = sealed_again(till, {**body, **WRONG_TYPES[name]})
    assert statuses(send(till, [till.waiting()[0], record])) == ["stored", "kept unreadable"]
    assert not Ticket.objects.exists() and verify_dossier().findings == []


@pytest.mark.parametrize(
    "head",
    [["C1-1-ticket"], "x", {"chain": 7, "seq": 1, "digest": ""}, {"chain": "C1-1-ticket", "seq": "1", "digest": ""}],
)
def test_a_z_whose_heads_cannot_be_looked_for_is_kept(dossier, head: object) -> None:
    set_up_shop("C1")
    till = enrolled_till()
    till.open()
    body = json.loads(till.close({"tender": "cash", "amount_minor": 10_000, "pieces": None})["body"])
    *before, _ = till.waiting()
    record = sealed_again(till, {**body, "heads": [head]})
    assert statuses(send(till, [*before, record])) == ["stored"] * len(before) + ["kept unreadable"]
    assert not Closing.objects.exists() and verify_dossier().findings == []


def test_a_session_told_in_a_group_that_was_undone_is_told_again(dossier) -> None:
    """The poison makes the whole group be written again, record by record: the journal still has its event, once."""
    set_up_shop("C1")
    till = enrolled_till()
    opening = till.open()
    again = {**json.loads(opening["body"]), "id": "0192f0c1-0000-7000-8000-0000000000fe", "seq": 2}
    again = sealed_again(till, again, previous=opening["signature"])
    stray = "0192f0c1-0000-7000-8000-0000000000aa"
    sale = sealed_again(till, {**json.loads(till.sell()["body"]), "session": stray})
    assert statuses(send(till, [opening, again, sale])) == ["stored", "kept unreadable", "stored"]
    event = Event.objects.get(code=9123)
    assert json.loads(event.detail)["session"] == stray


def test_arithmetic_is_told_not_refused(dossier) -> None:
    set_up_shop("C1")
    till = enrolled_till()
    till.open()
    body = json.loads(till.sell()["body"])
    body["priced"]["vat"][0]["vat_minor"] += 1
    record = sealed_again(till, body)
    assert statuses(send(till, [till.waiting()[0], record])) == ["stored", "stored"]
    event = Event.objects.get(code=9120)
    assert json.loads(event.detail)["differences"] == [{"computed": 6, "path": "priced/vat/0/vat_minor", "sealed": 7}]
    assert TicketVat.objects.get().vat_minor == 7  # what was sealed stands


def test_prices_rights_sessions_and_clock_are_told(dossier) -> None:
    set_up_shop("C1")
    bread = create_article(ArticleInput("PAIN", "Pain", 12_000, 550), by=COMMAND_LINE)
    cashier = create_owner("lea", name="Léa", password="un-long-mot-de-passe")
    till = enrolled_till()
    till.soft.place = till.soft.place._replace(catalogue=catalogue_version())
    till.open()
    send(till)
    till.sell(line("Pain", price_e4=12_000, article=str(bread.id)))
    till.sell(line("Pain", price_e4=11_000, article=str(bread.id)))
    send(till)
    told = json.loads(Event.objects.get(code=9121).detail)
    assert told["number"] == "C1-1-ticket-2" and told["lines"][0]["catalogue_e4"] == 12_000
    off = [{"kind": "percent", "value_e4": 2_000, "reason": None}]
    till.sell(line("Pain", price_e4=12_000, discounts=off))
    till.soft.state["session"]["operator"] = {"id": str(cashier.id), "name": "Léa"}
    till.sell(line("Pain", price_e4=12_000, discounts=off))
    send(till)
    assert [json.loads(one.detail)["reason"] for one in Event.objects.filter(code=9122)] == ["unknown_operator"]
    till.clock.set_utc(till.clock._at - timedelta(hours=1))
    till.sell()
    send(till)
    assert json.loads(Event.objects.get(code=9124).detail)["number"] == "C1-1-ticket-5"
    assert Event.objects.filter(code=9123).count() == 0


def test_a_session_never_opened_is_told_once(dossier) -> None:
    set_up_shop("C1")
    till = enrolled_till()
    till.open()
    tickets = [till.sell(), till.sell()]
    assert statuses(send(till, tickets)) == ["stored", "stored"]
    assert Event.objects.filter(code=9123).count() == 1


def test_training_is_sealed_but_counts_nowhere(dossier) -> None:
    set_up_shop("C1")
    till = enrolled_till()
    till.soft.place = till.soft.place._replace(training=True)
    till.open()
    till.sell()
    assert statuses(send(till)) == ["stored", "stored"]
    assert Record.objects.filter(chain="C1-1-training").count() == 2
    assert (Ticket.objects.count(), CashTransfer.objects.count()) == (0, 0)


def test_sealed_tables_refuse_change(dossier) -> None:
    set_up_shop("C1")
    till = enrolled_till()
    till.open()
    till.sell()
    send(till)
    tables = (
        "fiscal_record",
        "fiscal_event",
        "fiscal_sealingkey",
        "till_ticket",
        "till_ticketline",
        "treasury_cashentry",
    )
    for table in tables:
        column = "label" if table == "till_ticketline" else "register"
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET {column} = {column}"):  # noqa: S608
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
    assert Ticket.objects.count() == 1
