"""Print jobs as rows: idempotent, append-only, and given to a real socket by the worker."""

import json
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from comptoir.apps.access.models import User
from comptoir.apps.access.refusals import RightMissing
from comptoir.apps.printing.models import Printer, PrintJob, PrintState
from comptoir.apps.printing.queries import open_jobs, standing_of, waiting_counts
from comptoir.apps.printing.services import OtherContent, enqueue_print, record_state, set_printer
from comptoir.apps.till.services.print_intents import IntentRefused, job_state, queue_print, queue_prints
from comptoir.bridge.simulator.printer import PrinterSimulator
from comptoir.config.print_worker import PrintWorker

RECEIPT = json.loads((Path(__file__).parents[2] / "bridge" / "sample_receipt.json").read_text(encoding="utf-8"))
OWNER = User(role="owner", active=True)
CASHIER = User(role="cashier", active=True)
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


def ask(job, *, receipt=RECEIPT, drawer=False, copies=1, at=NOW):
    return enqueue_print(job, register="C1", kind="receipt", receipt=receipt, drawer=drawer, copies=copies, at=at)


def test_same_job_twice_is_one_job(dossier):
    job = uuid.uuid4()
    ask(job)
    ask(job)
    assert (PrintJob.objects.count(), PrintState.objects.count()) == (1, 1)
    with pytest.raises(OtherContent):
        ask(job, copies=2)
    assert (PrintJob.objects.count(), PrintState.objects.count()) == (1, 1)


def test_a_blocked_job_asked_again_is_put_back_in_line_and_an_uncertain_one_is_not(dossier):
    blocked, uncertain = uuid.uuid4(), uuid.uuid4()
    for job, state in ((blocked, "blocked"), (uncertain, "uncertain")):
        ask(job)
        record_state(job, state=state, message="", pulse=False, attempts=1, not_before=NOW, at=NOW)
    assert ask(blocked).state == "queued"
    assert ask(uncertain).state == "uncertain"


def test_open_jobs_are_in_order_and_forget_the_finished(dossier):
    first, second, done, drawer = (uuid.uuid4() for _ in range(4))
    ask(second, at=NOW + timedelta(seconds=2))
    ask(first)
    ask(done)
    record_state(done, state="printed", message="", pulse=False, attempts=0, not_before=None, at=NOW)
    ask(drawer, receipt=None, drawer=True, at=NOW + timedelta(seconds=3))
    assert [one.job.pk for one in open_jobs("C1", now=NOW)] == [first, second, drawer]
    assert open_jobs("C2", now=NOW) == []
    assert waiting_counts(now=NOW) == {"C1": 2}


def test_the_database_refuses_what_makes_no_sense(dossier):
    for attempt in (
        lambda: ask(uuid.uuid4(), receipt=None, drawer=False),
        lambda: ask(uuid.uuid4(), copies=0),
        lambda: set_printer("C1", by=OWNER, address="h:9100", columns=47),
        lambda: set_printer("C1", by=OWNER, address="h:9100", page="cp437"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
    assert PrintJob.objects.count() == 0


def test_a_cashier_does_not_choose_the_printer(dossier):
    with pytest.raises(RightMissing):
        set_printer("C1", by=CASHIER, address="h:9100")
    assert Printer.objects.count() == 0


def test_jobs_and_states_are_never_changed(dossier):
    job = uuid.uuid4()
    ask(job)
    for change in (
        lambda: PrintJob.objects.update(copies=3),
        lambda: PrintState.objects.update(state="printed"),
        lambda: PrintState.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert standing_of(job).state.state == "queued"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"job": "1"}, "job"),
        ({"kind": "Affiche 1"}, "kind"),
        ({"receipt": {"format": "receipt/2"}}, "receipt"),
        ({"receipt": "x"}, "receipt"),
        ({"copies": True}, "copies"),
        ({"copies": 6}, "copies"),
        ({"drawer": 1}, "drawer"),
        ({"receipt": None, "drawer": False}, "drawer"),
    ],
)
def test_an_unreadable_intent_is_named_and_never_sinks_a_sale(dossier, change, where):
    set_printer("C1", by=OWNER, address="127.0.0.1:9100")
    intent = {"job": str(uuid.uuid4()), "kind": "receipt", "receipt": RECEIPT, "drawer": True, "copies": 1} | change
    with pytest.raises(IntentRefused, match=where):
        queue_print(intent, register="C1", at=NOW)
    queue_prints([intent], register="C1", at=NOW)
    assert PrintJob.objects.count() == 0


def test_an_id_that_served_for_another_paper_is_refused(dossier):
    set_printer("C1", by=OWNER, address="127.0.0.1:9100")
    intent = {"job": str(uuid.uuid4()), "kind": "receipt", "receipt": RECEIPT, "drawer": True, "copies": 1}
    assert queue_print(intent, register="C1", at=NOW) == "queued"
    for other, register in ((intent | {"copies": 2}, "C1"), (intent, "C2")):
        if register == "C2":
            set_printer("C2", by=OWNER, address="127.0.0.1:9101")
        with pytest.raises(IntentRefused, match="job"):
            queue_print(other, register=register, at=NOW)
    assert (PrintJob.objects.count(), PrintState.objects.count()) == (1, 1)


def test_without_a_printer_nothing_is_kept(dossier):
    intent = {"job": str(uuid.uuid4()), "kind": "receipt", "receipt": RECEIPT, "drawer": True, "copies": 1}
    queue_prints([intent], register="C1", at=NOW)
    assert queue_print(intent, register="C1", at=NOW) == "failed"
    assert PrintJob.objects.count() == 0


def wait_until(condition, seconds=8):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "what was waited for never came"
        time.sleep(0.05)


def test_the_worker_prints_when_the_printer_comes_back(dossier_copy):
    simulator = PrinterSimulator().start()
    simulator.off()
    set_printer("C1", by=OWNER, address=f"127.0.0.1:{simulator.port}")
    first, second = uuid.uuid4(), uuid.uuid4()
    worker = PrintWorker(dossier_copy)
    worker.start()
    try:
        ask(first, drawer=True, at=datetime.now(tz=UTC))
        wait_until(lambda: standing_of(first).state.attempts == 1)
        assert standing_of(first).state.message == "Imprimante éteinte ou débranchée."
        ask(second, at=datetime.now(tz=UTC))
        simulator.on()
        wait_until(lambda: standing_of(second).state.state == "printed")
        assert standing_of(first).state.state == "printed"
        assert (simulator.cuts, simulator.pulses) == (2, 0)  # the pulse was for then, not for now
        assert job_state(first, register="C1") == {"job": str(first), "state": "printed", "message": None}
        assert job_state(first, register="C2") is None
    finally:
        worker.stop()
        simulator.stop()


def test_a_printer_with_a_mistyped_address_stops_no_other(dossier_copy):
    """One address no program can read, one that names no machine: the third register's paper comes out."""
    simulator = PrinterSimulator().start()
    now = datetime.now(tz=UTC)
    jobs = {}
    for register, address in (("C1", "nulle part"), ("C2", "192.168..50:9100"), ("C3", f"127.0.0.1:{simulator.port}")):
        set_printer(register, by=OWNER, address=address)
        jobs[register] = uuid.uuid4()
        enqueue_print(jobs[register], register=register, kind="receipt", receipt=RECEIPT, drawer=False, at=now)
    worker = PrintWorker(dossier_copy)
    worker.start()
    try:
        wait_until(lambda: standing_of(jobs["C3"]).state.state == "printed")
        wait_until(lambda: standing_of(jobs["C2"]).state.attempts == 1)
        assert [standing_of(jobs[register]).state.state for register in ("C1", "C2")] == ["queued", "queued"]
        assert standing_of(jobs["C2"]).state.message == "Imprimante éteinte ou débranchée."
    finally:
        worker.stop()
        simulator.stop()


def test_a_job_half_sent_by_an_earlier_process_is_a_question(dossier_copy):
    job = uuid.uuid4()
    simulator = PrinterSimulator().start()
    set_printer("C1", by=OWNER, address=f"127.0.0.1:{simulator.port}")
    ask(job, at=datetime.now(tz=UTC))
    record_state(job, state="sending", message="", pulse=False, attempts=0, not_before=None, at=datetime.now(tz=UTC))
    worker = PrintWorker(dossier_copy)
    worker.start()
    try:
        wait_until(lambda: standing_of(job).state.state == "uncertain")
        assert simulator.cuts == 0
    finally:
        worker.stop()
        simulator.stop()
