"""Many tills at once, each in its own thread with its own connection: no gap, no double, nothing lost."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.db.models import Count, Max, Min

from comptoir.apps.fiscal.models import Event, KeptRecord
from comptoir.apps.till.models import Ticket
from comptoir.apps.till.services.verify_dossier import verify_dossier
from comptoir.apps.treasury.models import CashTransfer, Closing
from comptoir.dossiers.binding import Dossier, bound
from tests.apps.till.shop import Till, enrolled_till, send, set_up_shop, statuses

TILLS = 12
TICKETS = 8


def in_threads(dossier: Dossier, works: list[Callable[[], None]]) -> None:
    """Runs each work in a thread of its own, all at once; raises the first failure."""
    failures: list[BaseException] = []
    start = threading.Barrier(len(works))

    def run(work: Callable[[], None]) -> None:
        try:
            with bound(dossier):
                start.wait(timeout=30)
                work()
                connection.close()  # back to the pool
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    if failures:
        raise failures[0]


@pytest.mark.feature("OFF-02")
def test_twelve_tills_at_once(dossier_copy) -> None:
    set_up_shop(*[f"C{number}" for number in range(1, TILLS + 1)])
    tills = [enrolled_till(f"C{number}") for number in range(1, TILLS + 1)]
    batches = [prepared(till) for till in tills]
    connection.close()

    def push(till: Till, records: list) -> None:
        for record in records:
            assert statuses(send(till, [record])) == ["stored"]
            assert statuses(send(till, [record])) == ["duplicate"]

    works = [
        lambda till=till, records=records: push(till, records) for till, records in zip(tills, batches, strict=True)
    ]
    in_threads(dossier_copy, works)
    by_chain = Ticket.objects.values("chain").annotate(n=Count("seq", distinct=True), low=Min("seq"), high=Max("seq"))
    assert {(row["n"], row["low"], row["high"]) for row in by_chain} == {(TICKETS, 1, TICKETS)}
    assert by_chain.count() == TILLS
    assert Closing.objects.filter(agrees=True).count() == TILLS
    assert CashTransfer.objects.filter(code="sale").count() == TILLS * TICKETS
    assert KeptRecord.objects.count() == 0
    assert list(Event.objects.exclude(code=126).values_list("code", flat=True)) == []
    assert verify_dossier().findings == []


def test_one_till_sends_the_same_batch_from_eight_threads(dossier_copy) -> None:
    set_up_shop("C1")
    till = enrolled_till()
    records = prepared(till)
    connection.close()
    seen: list[str] = []
    works = [lambda: seen.extend(statuses(send(till, records))) for _ in range(8)]
    in_threads(dossier_copy, works)
    assert sorted(seen) == ["duplicate"] * len(records) * 7 + ["stored"] * len(records)
    assert Ticket.objects.count() == TICKETS and KeptRecord.objects.count() == 0
    assert verify_dossier().findings == []


def prepared(till: Till) -> list:
    """A closed day, not sent yet."""
    till.open()
    for _ in range(TICKETS):
        till.sell()
    till.close({"tender": "cash", "amount_minor": 10_000 + TICKETS * 120, "pieces": None})
    return till.waiting()
