"""Credit notes: issued by a refund, spent in parts on any till, given back by a cancellation; spent twice, told."""

import json

import pytest
from django.db import DatabaseError, connection, transaction

from comptoir.apps.fiscal.models import Event, KeptRecord
from comptoir.apps.till.models import Ticket
from comptoir.apps.till.services.verify_dossier import verify_dossier
from comptoir.apps.wallets.models import CreditNote, WalletTransfer
from comptoir.apps.wallets.queries import balances, credit_note, credit_notes, moves
from comptoir.dossiers.append_only import expected_triggers
from tests.apps.till.returning import cancel, own_note, seal, take_back
from tests.apps.till.shop import enrolled_till, line, send, set_up_shop, statuses

UNTIL = "2027-11-22"


@pytest.fixture
def till(dossier):
    set_up_shop("C1", "C2")
    till = enrolled_till()
    till.open()
    return till


def issued(till, **said):
    """A coat at 25,00 taken back against a credit note."""
    sale = seal(till, "sale", till.soft.basket([coat()]), ("card", 2500), origin=None)
    return take_back(till, sale, [("Manteau", 1000)], ("credit_note", -2500, own_note(till)), **said)


def coat():
    return line("Manteau", price_e4=250_000, vat_e4=2000)


def spend(till, amount_minor: int, reference: str, **said):
    basket = till.soft.basket([line("Bonnet", price_e4=amount_minor * 100, vat_e4=2000)])
    return seal(till, "sale", basket, ("credit_note", amount_minor, reference), origin=None, **said)


def told() -> list[tuple[int, dict]]:
    rows = Event.objects.filter(code__in=(9126, 9127, 9128)).order_by("code")
    return [(row.code, json.loads(row.detail) if isinstance(row.detail, str) else row.detail) for row in rows]


def test_a_note_is_issued_spent_in_parts_and_ends(till) -> None:
    issued(till, credit_valid_until=UNTIL)
    spend(till, 1000, "AC1-1-2")
    spend(till, 1500, "AC1-1-2")
    assert statuses(send(till)) == ["stored"] * 5
    note = credit_note("AC1-1-2")
    assert (note.issued_minor, note.balance_minor, note.valid_until.isoformat(), note.operator_name) == (
        2500, 0, UNTIL, "Léa",
    )  # fmt: skip
    assert note.record_id == Ticket.objects.get(operation="refund").pk
    assert [(move.code, move.amount_minor) for move in moves("AC1-1-2")] == [
        ("issue", 2500), ("spend", -1000), ("spend", -1500),
    ]  # fmt: skip
    assert told() == [] and verify_dossier().findings == []


def test_spent_on_two_tills_apart_is_booked_and_told(till) -> None:
    issued(till)
    send(till)
    other = enrolled_till("C2")
    other.open()
    spend(till, 2500, "AC1-1-2")
    spend(other, 2000, "AC1-1-2")
    assert statuses(send(till) + send(other)) == ["stored", "stored", "stored"]
    assert credit_note("AC1-1-2").balance_minor == -2000
    assert [(code, detail["number"], detail["credit_note"], detail["balance_minor"], detail["known"])
            for code, detail in told()] == [(9127, "C2-1-ticket-1", "AC1-1-2", -2000, True)]  # fmt: skip
    assert KeptRecord.objects.count() == 0 and verify_dossier().findings == []


def test_a_note_nobody_issued_is_told(till) -> None:
    spend(till, 500, "AC9-1-7")
    send(till)
    assert balances(["AC9-1-7"]) == {"AC9-1-7": -500}
    assert credit_note("AC9-1-7") is None
    assert [(code, detail["known"]) for code, detail in told()] == [(9127, False)]


def test_spent_after_its_date_is_told(till) -> None:
    issued(till, credit_valid_until="2026-11-21")
    spend(till, 500, "AC1-1-2")
    send(till)
    assert [(code, detail["valid_until"]) for code, detail in told()] == [(9128, "2026-11-21")]
    assert credit_note("AC1-1-2").balance_minor == 2000


def test_a_cancelled_sale_gives_the_note_its_value_back(till) -> None:
    issued(till)
    sale = spend(till, 2000, "AC1-1-2")
    cancel(till, sale)
    send(till)
    assert credit_note("AC1-1-2").balance_minor == 2500
    assert [move.code for move in moves("AC1-1-2")] == ["issue", "spend", "restore"]
    assert CreditNote.objects.count() == 1 and told() == []


def test_a_cancelled_refund_empties_the_note_it_issued(till) -> None:
    refund = issued(till)
    cancel(till, refund)
    send(till)
    assert credit_note("AC1-1-2").balance_minor == 0
    assert told() == []


def test_received_twice_moves_once(till) -> None:
    issued(till)
    spend(till, 500, "AC1-1-2")
    records = till.waiting()
    send(till, records)
    assert statuses(send(till, records)) == ["duplicate"] * 4
    assert WalletTransfer.objects.count() == 2 and credit_notes().get().balance_minor == 2000


@pytest.mark.parametrize("table", ["wallets_creditnote", "wallets_wallettransfer"])
def test_a_row_is_never_changed_nor_removed(till, table) -> None:
    issued(till)
    send(till)
    column = "issued_minor" if table == "wallets_creditnote" else "amount"
    for sql in (f"UPDATE {table} SET {column} = 1", f"DELETE FROM {table}"):  # noqa: S608
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert credit_note("AC1-1-2").balance_minor == 2500


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE wallets_wallettransfer SET amount = 9900",
        "UPDATE wallets_creditnote SET valid_until = '2099-01-01'",
        "DELETE FROM wallets_wallettransfer",
        "UPDATE till_ticketline SET disposition = 'resale' WHERE origin_line IS NOT NULL",
        "UPDATE till_ticket SET approved_name = 'Personne' WHERE operation = 'refund'",
    ],
)
def test_verify_finds_a_row_changed_behind_the_triggers(till, sql) -> None:
    issued(till, disposition="damaged", approved_by={"id": "x", "name": "Awa"})
    send(till)
    assert verify_dossier().findings == []
    table = sql.split()[1] if sql.startswith("UPDATE") else sql.split()[2]
    with connection.cursor() as cursor:
        for trigger in expected_triggers():
            if trigger.table == table:
                on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
                cursor.execute(f'DROP TRIGGER "{trigger.name}"{on}')
        cursor.execute(sql)
    assert [(one.chain, one.seq) for one in verify_dossier().findings] == [("C1-1-ticket", 2)]
