"""Records prepared in another process are those that the server would have prepared itself; losing it loses nothing."""

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from comptoir.apps.fiscal.models import Record
from comptoir.apps.till.models import Ticket
from comptoir.apps.till.services import prepare_apart
from comptoir.apps.till.services.prepare_apart import prepare_batch, start_preparing, stop_preparing
from comptoir.apps.till.services.prepare_records import Intake, Prepared, prepare_record
from comptoir.dossiers.binding import bound
from tests.apps.till.shop import NOON, Till, enrolled_till, line, send, set_up_shop, statuses


@pytest.fixture
def preparing(monkeypatch) -> Iterator[None]:
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "comptoir.config.settings")
    start_preparing(processes=1)
    yield
    stop_preparing()


def a_morning() -> tuple[Till, list[dict]]:
    """An opening, tickets of several kinds, an event-free close: every projection there is at this hour."""
    set_up_shop("C1")
    till = enrolled_till()
    till.open()
    till.sell(line("Comté", price_e4=319_000, quantity_milli=440, kind="weighed", unit="kg"))
    till.sell(line("Savon", price_e4=45_000, vat_e4=2000), line("Pain", price_e4=12_000), tender="card")
    till.close({"tender": "cash", "amount_minor": 11_404, "pieces": None})
    return till, till.waiting()


def seen(item: Prepared) -> tuple:
    fault = item.fault and (item.fault.code, item.fault.detail)
    rows = [(table.name, [list(row) for row in rows]) for table, rows in item.rows]
    return item.envelope, item.sender, item.sound, fault, rows, item.differences, list(item.prints)


def test_the_same_as_the_server_itself(dossier, preparing) -> None:
    _till, records = a_morning()
    broken = [
        {**records[1], "signature": "A" * 86},
        {**records[1], "body": "{"},
        {**records[1], "chain": "C9-1-ticket"},
    ]
    batch = [(one, []) for one in [*records, *broken]]
    intake = Intake.now(sender="C1", received=NOON)
    apart = prepare_batch(batch, intake=intake)
    assert not prepare_apart._preparers[0].gone
    here = [prepare_record(one, intake=Intake.now(sender="C1", received=NOON)) for one, _ in batch]
    assert [seen(item) for item in apart] == [seen(item) for item in here]
    assert [item.fault and item.fault.code for item in apart] == [None] * 5 + [
        "bad_signature", "unreadable", "head_differs",
    ]  # fmt: skip


def test_a_killed_process_loses_no_record(dossier, preparing) -> None:
    till, records = a_morning()
    assert statuses(send(till, records[:2])) == ["stored"] * 2
    os.kill(prepare_apart._preparers[0].process.pid, signal.SIGKILL)
    assert statuses(send(till, records[2:])) == ["stored"] * 3
    assert prepare_apart._preparers[0].gone
    assert (Record.objects.filter(chain__startswith="C1-").count(), Ticket.objects.count()) == (5, 2)


def test_a_register_enrolled_again_is_known_at_once(dossier, preparing) -> None:
    till, records = a_morning()
    assert statuses(send(till, records)) == ["stored"] * 5
    again = enrolled_till()
    again.open()
    assert again.soft.place.generation == 2
    assert statuses(send(again)) == ["stored"]
    assert statuses(send(again, [again.sell()])) == ["stored"]


def test_more_requests_than_the_line_holds_are_prepared_here(dossier, preparing, monkeypatch) -> None:
    _till, records = a_morning()
    monkeypatch.setattr(prepare_apart, "MOST_WAITING", 0)
    items = prepare_batch([(one, []) for one in records], intake=Intake.now(sender="C1", received=NOON))
    assert [item.fault for item in items] == [None] * 5


def asked_together(dossier, records: list[dict], *, requests: int) -> list[tuple[dict, list[Prepared]]]:
    """Each record in many requests, all asked at once from threads of their own: what was asked, what came back."""
    answers: list[tuple[dict, list[Prepared]]] = []

    def ask(record: dict) -> None:
        with bound(dossier):
            items = prepare_batch([(record, [])], intake=Intake.now(sender="C1", received=NOON))
            answers.append((record, items))

    threads = [threading.Thread(target=ask, args=(records[index % len(records)],)) for index in range(requests)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


def test_each_thread_of_the_line_has_its_own_answer(dossier_copy, preparing) -> None:
    _till, records = a_morning()
    prepare_batch([(records[0], [])], intake=Intake.now(sender="C1", received=NOON))  # the keys are known from here on
    answers = asked_together(dossier_copy, records, requests=40)
    assert len(answers) == 40 and not prepare_apart._preparers[0].gone
    assert all(
        item.sound and (item.sound.id, item.sound.text) == (asked["id"], asked["body"]) for asked, (item,) in answers
    )


def test_a_line_whose_process_is_killed_is_prepared_here(dossier_copy, preparing) -> None:
    _till, records = a_morning()
    prepare_batch([(records[0], [])], intake=Intake.now(sender="C1", received=NOON))
    process = prepare_apart._preparers[0].process
    os.kill(process.pid, signal.SIGSTOP)  # the line forms: nothing is answered
    death = threading.Timer(0.3, os.kill, (process.pid, signal.SIGKILL))
    death.start()
    answers = asked_together(dossier_copy, records, requests=8)
    death.join()
    assert len(answers) == 8 and prepare_apart._preparers[0].gone
    assert all(
        item.sound and (item.sound.id, item.sound.text) == (asked["id"], asked["body"]) for asked, (item,) in answers
    )
