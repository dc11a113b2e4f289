"""The safe: what the till sends there, what the office moves, counts and deposits; sealed, refused when it cannot be.

Money of the day: float 100,00; two breads at 1,20 in cash; 60,00 put in the safe; Z counts what is left."""

from datetime import date
from uuid import uuid4

import pytest

from comptoir.apps.access.refusals import RightMissing
from comptoir.apps.fiscal.models import Record
from comptoir.apps.till.services.verify_dossier import verify_dossier
from comptoir.apps.treasury.accounts import ON_THE_WAY_TO_BANK
from comptoir.apps.treasury.balances import balances, on_the_way_to_registers, safes, sent_not_received
from comptoir.apps.treasury.models import CashTransfer, OfficeMove
from comptoir.apps.treasury.services.move_money import (
    MoneyRefused,
    count_safe,
    move_money,
    receive_money,
    send_money,
)
from comptoir.dossiers.binding import Dossier
from tests.apps.access.people import one_of_each
from tests.apps.till.shop import NOON, Till, enrolled_till, send, set_up_shop

TO_BANK = {"source": "safe/1", "target": ON_THE_WAY_TO_BANK, "label": "Remise en banque"}


@pytest.fixture
def owner(dossier: Dossier):
    set_up_shop("C1")
    return one_of_each()["owner"]


def a_day(till: Till, *, to_safe: int = 6_000) -> None:
    till.open()
    till.sell()
    till.sell()
    till.soft.move_cash(kind="out", amount_minor=to_safe, reason="to_safe", label="Mise au coffre")
    till.close({"tender": "cash", "amount_minor": 10_240 - to_safe, "pieces": None})
    send(till)


def written() -> tuple[int, int, int]:
    return Record.objects.count(), CashTransfer.objects.count(), OfficeMove.objects.count()


def refused(code: str, act) -> MoneyRefused:
    """What the refusal says; nothing was written."""
    before = written()
    with pytest.raises(MoneyRefused) as caught:
        act()
    assert (caught.value.code, written()) == (code, before)
    return caught.value


def test_what_the_till_sends_is_in_the_safe(owner) -> None:
    a_day(enrolled_till())
    assert balances() == {"float/C1": 4_240 - 10_000, "drawer/C1": 0, "sales": -240, "safe/1": 6_000}
    assert [(one.name, one.held_minor) for one in safes()] == [("Coffre", 6_000)]
    assert verify_dossier().findings == []


def test_change_comes_back_from_the_safe(owner) -> None:
    till = enrolled_till()
    a_day(till)
    till.open(float_minor=4_240)
    till.soft.move_cash(kind="in", amount_minor=2_000, reason="from_safe", label="Monnaie prise au coffre")
    send(till)
    assert (balances()["safe/1"], balances()["drawer/C1"]) == (4_000, 6_240)


def test_change_prepared_by_the_office_waits_for_its_till(owner) -> None:
    till = enrolled_till()
    a_day(till)
    send_money(uuid4(), source="safe/1", target="transit/C1", amount_minor=1_500, label="Monnaie", by=owner)
    assert [tuple(one) for one in on_the_way_to_registers()] == [("transit/C1", "C1", 1_500)]
    till.open(float_minor=4_240)
    till.soft.move_cash(kind="in", amount_minor=1_500, reason="change_sent", label="Monnaie préparée")
    send(till)
    assert on_the_way_to_registers() == []
    assert (balances()["safe/1"], balances()["drawer/C1"]) == (4_500, 5_740)
    assert verify_dossier().findings == []


def test_a_bag_goes_to_the_bank_and_arrives_short(owner) -> None:
    """50,00 sent, 49,00 counted by the bank: one euro is booked as a difference, with its reason."""
    a_day(enrolled_till())
    pieces = [{"value_minor": 2_000, "count": 2}, {"value_minor": 1_000, "count": 1}]
    bag = send_money(uuid4(), amount_minor=5_000, pieces=pieces, reference="SAC 77", by=owner, **TO_BANK)
    assert (bag.chain, bag.seq, bag.pieces) == (
        "S-1-cash",
        1,
        '[{"count":2,"value_minor":2000},{"count":1,"value_minor":1000}]',
    )
    assert [one.pk for one in sent_not_received()] == [bag.pk]
    arrival = {"origin": bag, "target": "bank/1", "by": owner, "value_date": date(2026, 11, 24)}
    refused("reason", lambda: receive_money(uuid4(), amount_minor=4_900, **arrival))
    receive_money(uuid4(), amount_minor=4_900, reason="Une pièce de 1 € refusée", **arrival)
    held = balances()
    assert (held["safe/1"], held[ON_THE_WAY_TO_BANK], held["bank/1"], held["difference"]) == (1_000, 0, 4_900, 100)
    assert sent_not_received() == []
    refused("received_already", lambda: receive_money(uuid4(), amount_minor=5_000, **arrival))
    assert verify_dossier().findings == []


def test_only_what_went_to_the_bank_is_received_there(owner) -> None:
    """Change sent to a register, and money already received, answer nothing: the address of their page is all one would need."""
    a_day(enrolled_till())
    change = send_money(
        uuid4(), source="safe/1", target="transit/C1", amount_minor=2_000, label="Monnaie", by=owner
    )  # fmt: skip
    bag = send_money(uuid4(), amount_minor=1_000, by=owner, **TO_BANK)
    arrival = {"target": "bank/1", "by": owner, "value_date": date(2026, 11, 24)}
    received = receive_money(uuid4(), origin=bag, amount_minor=1_000, **arrival)
    held = balances()
    for one in (change, received):
        refused(
            "not_sent", lambda one=one: receive_money(uuid4(), origin=one, amount_minor=one.amount_minor, **arrival)
        )
    assert balances() == held and OfficeMove.objects.count() == 3


def test_a_safe_never_gives_more_than_it_holds(owner) -> None:
    a_day(enrolled_till())
    said = refused("not_enough", lambda: send_money(uuid4(), amount_minor=6_001, by=owner, **TO_BANK))
    assert str(said) == "Le livre n’y trouve que 60,00\u00a0€. Si le coffre contient plus, comptez-le d’abord."
    refused("amount", lambda: send_money(uuid4(), amount_minor=0, by=owner, **TO_BANK))
    pieces = [{"value_minor": 500, "count": 1}]
    refused("pieces", lambda: send_money(uuid4(), amount_minor=600, pieces=pieces, by=owner, **TO_BANK))
    move = {"source": "safe/1", "target": "safe/1", "amount_minor": 100, "label": "", "by": owner}
    refused("same_place", lambda: move_money(uuid4(), **move))


def test_a_count_puts_the_book_right_and_asks_why(owner) -> None:
    """60,00 in the book, 55,00 in the safe."""
    a_day(enrolled_till())
    found = [{"value_minor": 5_000, "count": 1}, {"value_minor": 500, "count": 1}]
    said = refused("reason", lambda: count_safe(uuid4(), account="safe/1", pieces=found, by=owner))
    assert str(said) == "Écart de −5,00\u00a0€ avec le livre : dites d’où il vient, ou comptez encore."
    count = count_safe(uuid4(), account="safe/1", pieces=found, by=owner, reason="Achat de timbres non noté")
    assert (count.expected_minor, count.amount_minor, balances()["safe/1"]) == (6_000, 5_500, 5_500)
    right = count_safe(uuid4(), account="safe/1", pieces=found, by=owner)
    assert (right.reason, CashTransfer.objects.filter(source=right.pk).count()) == (None, 0)
    refused("unknown_place", lambda: count_safe(uuid4(), account="safe/9", pieces=found, by=owner))
    assert verify_dossier().findings == []


def test_asking_twice_moves_once(owner) -> None:
    a_day(enrolled_till())
    request = uuid4()
    first = send_money(request, amount_minor=2_000, by=owner, now=NOON, **TO_BANK)
    before = written()
    assert send_money(request, amount_minor=2_000, by=owner, **TO_BANK) == first
    assert (written(), balances()["safe/1"]) == (before, 4_000)


def test_an_auditor_and_a_cashier_move_nothing(owner) -> None:
    from comptoir.apps.access.queries import users

    before = written()
    for person in users().filter(role__in=("auditor", "cashier")):
        with pytest.raises(RightMissing):
            send_money(uuid4(), amount_minor=100, by=person, **TO_BANK)
        with pytest.raises(RightMissing):
            count_safe(uuid4(), account="safe/1", pieces=[], by=person)
    assert written() == before
