"""Large groups take another way into PostgreSQL than small ones (COPY): the same rows must come out."""

import json

from comptoir.apps.fiscal.models import KeptRecord, Record
from comptoir.apps.fiscal.queries import open_kept
from comptoir.apps.till.models import Ticket, TicketLine, TicketPayment, TicketVat
from comptoir.apps.treasury.models import CashTransfer, DrawerSession
from tests.apps.till.shop import enrolled_till, line, sealed_again, send, set_up_shop, statuses

TABLES = (Ticket, TicketLine, TicketPayment, TicketVat)
LABELS = ("Tab\tulé", "Ligne\nsuivie", "Barre \\ oblique \\N", "Thé « vert » 🍵", "", "\\.")


def rows_by_number() -> list[list[tuple]]:
    """What the tickets became, without what differs from one register to the other."""
    found = []
    for model in TABLES:
        names = [one.attname for one in model._meta.concrete_fields]
        names = [one for one in names if one not in ("id", "record_id", "ticket_id", "session", "register", "chain")]
        found.append(sorted(map(repr, model.objects.values_list(*names))))
    return found


def sell_all(till) -> None:
    for label in LABELS:
        for tender in ("cash", "card"):
            till.sell(line(label, price_e4=12_345, id="1"), line("Savon", price_e4=45_000, vat_e4=None), tender=tender)


def test_a_large_group_writes_the_rows_of_small_ones(dossier) -> None:
    set_up_shop("C1", "C2")
    till = enrolled_till("C1")
    till.open()
    sell_all(till)
    assert statuses(send(till)) == ["stored"] * 13
    at_once = rows_by_number()
    assert set(TicketLine.objects.values_list("label", flat=True)) == {*LABELS, "Savon"}
    assert Ticket.objects.filter(customer=None, origin=None).count() == 12
    assert CashTransfer.objects.count() == 7  # the float, and six sales in cash

    other = enrolled_till("C2")
    other.open()
    sell_all(other)
    for record in other.waiting():
        assert statuses(send(other, [record])) == ["stored"]
    both = rows_by_number()
    for whole, table in zip(at_once, both, strict=True):
        assert table == sorted(whole * 2)


def test_what_the_database_refuses_does_not_sink_a_large_group(dossier) -> None:
    """Two openings of one session: each reads well, the second breaks a constraint of the database."""
    set_up_shop("C1")
    till = enrolled_till()
    opening = till.open()
    again = {**json.loads(opening["body"]), "id": "0192f0c1-0000-7000-8000-0000000000fe", "seq": 2}
    again = sealed_again(till, again, previous=opening["signature"])
    sell_all(till)
    tickets = [one for one in till.waiting() if one["type"] == "ticket"]
    assert statuses(send(till, [opening, again, *tickets])) == ["stored", "kept unreadable", *["stored"] * 12]
    assert Record.objects.filter(type="ticket").count() == Ticket.objects.count() == 12
    assert open_kept().count() == KeptRecord.objects.count() == DrawerSession.objects.count() == 1
