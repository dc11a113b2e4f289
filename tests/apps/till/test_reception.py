"""Reception of records: stored once, whatever the order and the repetitions; nothing lost, nothing booked wrongly."""

from comptoir.apps.fiscal.models import Event, KeptRecord, Record
from comptoir.apps.till.models import Ticket, TicketLine, TicketPayment, TicketVat
from comptoir.apps.treasury.models import CashTransfer, Closing
from comptoir.apps.treasury.queries import expected_cash
from tests.apps.till.shop import enrolled_till, line, send, set_up_shop, statuses


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
