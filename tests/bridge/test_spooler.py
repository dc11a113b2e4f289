"""Every mood of a printer, through a real socket: nothing printed twice, nothing lost, no drawer opened late."""

import json
import socket
import threading
import time
from pathlib import Path

import pytest

from comptoir.bridge.escpos.emitter import Profile
from comptoir.bridge.jobs import JobFile, OtherContent
from comptoir.bridge.printer import MUTE, UNREACHABLE, Outcome, Printer, TcpWire, opener
from comptoir.bridge.simulator.printer import PrinterSimulator
from comptoir.bridge.spooler import Spooler, wait_after

RECEIPT = json.loads((Path(__file__).parent / "sample_receipt.json").read_text(encoding="utf-8"))


def intent(job="j1", *, receipt=RECEIPT, drawer=False, copies=1):
    return {"job": job, "kind": "receipt", "receipt": receipt, "drawer": drawer, "copies": copies}


class Bench:
    """A printer, its spooler and a clock moved by hand."""

    def __init__(self, folder):
        self.simulator = PrinterSimulator().start()
        self.jobs = JobFile(folder / "jobs.sqlite")
        self.time = 1000.0
        printer = Printer(opener(f"127.0.0.1:{self.simulator.port}"), confirm_timeout_s=1.5)
        self.spooler = Spooler(self.jobs, printer, profile=Profile(), now=lambda: self.time)

    def add(self, *args, **kwargs):
        return self.jobs.add(intent(*args, **kwargs), at=self.time)

    def state(self, job="j1"):
        return self.jobs.get(job).state

    def settle(self):
        deadline = time.monotonic() + 2
        while not self.simulator.cuts and time.monotonic() < deadline:
            time.sleep(0.01)


@pytest.fixture
def bench(tmp_path):
    bench = Bench(tmp_path)
    yield bench
    bench.simulator.stop()
    bench.jobs.close()


def test_a_good_printer_prints_and_confirms(bench):
    bench.add()
    assert bench.spooler.step()
    assert (bench.state(), bench.simulator.cuts, bench.simulator.pulses) == ("printed", 1, 0)
    assert not bench.spooler.step()


def test_same_job_twice_prints_once_and_other_content_is_refused(bench):
    bench.add()
    bench.add()
    bench.spooler.step()
    bench.add()
    bench.spooler.step()
    assert bench.simulator.cuts == 1
    with pytest.raises(OtherContent):
        bench.add(copies=2)
    assert bench.jobs.get("j1").copies == 1


def test_printer_off_waits_then_prints_in_order(bench):
    bench.simulator.off()
    bench.add("j1")
    bench.add("j2")
    bench.spooler.step()
    assert (bench.state("j1"), bench.jobs.waiting(), bench.spooler.health.code) == ("queued", 2, "unreachable")
    assert not bench.spooler.step()  # not before its time
    bench.simulator.on()
    bench.time += wait_after(1)
    assert bench.spooler.step()
    assert (bench.state("j1"), bench.state("j2")) == ("printed", "queued")
    assert bench.spooler.step()
    assert (bench.state("j2"), bench.simulator.cuts) == ("printed", 2)


def test_a_printer_seen_back_does_not_wait_for_the_next_try(bench):
    bench.simulator.off()
    bench.add()
    bench.spooler.step()
    assert bench.spooler.look().code == "unreachable"
    assert not bench.spooler.step()
    bench.simulator.on()
    assert bench.spooler.look().code == "ready"
    assert bench.spooler.step()
    assert (bench.state(), bench.simulator.cuts) == ("printed", 1)


@pytest.mark.parametrize(("mood", "code"), [("paper_out", "paper_out"), ("cover_open", "cover_open")])
def test_nothing_is_sent_to_a_printer_that_cannot_print(bench, mood, code):
    bench.simulator.state = mood
    bench.add()
    bench.spooler.step()
    assert (bench.state(), bench.spooler.health.code, bytes(bench.simulator.received)) == ("blocked", code, b"")
    bench.simulator.state = "ok"
    bench.time += 2
    bench.spooler.step()
    assert (bench.state(), bench.simulator.cuts) == ("printed", 1)


def test_paper_that_ends_in_the_middle_is_a_question_for_a_person(bench):
    bench.simulator.out_after = 300
    bench.add()
    bench.spooler.step()
    assert bench.state() == "uncertain"
    bench.simulator.state = "ok"
    bench.time += 3600
    bench.add()
    assert not bench.spooler.step()
    assert bench.state() == "uncertain"


def test_mute_printer_is_trusted(bench):
    bench.simulator.state = "mute"
    bench.add()
    bench.spooler.step()
    bench.settle()
    assert (bench.state(), bench.simulator.cuts) == ("sent_unconfirmed", 1)


def test_near_end_prints_and_warns(bench):
    bench.simulator.state = "near_end"
    bench.add()
    bench.spooler.step()
    assert (bench.state(), bench.spooler.health.code) == ("printed", "paper_near_end")


def wait_for_pulses(bench, wanted):
    deadline = time.monotonic() + 2
    while bench.simulator.pulses < wanted and time.monotonic() < deadline:
        time.sleep(0.01)
    assert bench.simulator.pulses == wanted


@pytest.mark.parametrize("mood", ["ok", "paper_out"])
def test_drawer_opens_at_once_even_behind_a_blocked_receipt(bench, mood):
    bench.simulator.state = mood
    bench.add("j1")
    bench.spooler.step()
    bench.add("j2", receipt=None, drawer=True)
    bench.spooler.step()
    wait_for_pulses(bench, 1)
    assert bench.state("j2") == "sent_unconfirmed"
    bench.simulator.state = "ok"
    bench.time += 60
    while bench.spooler.step():
        bench.time += 60
    assert bench.simulator.pulses == 1


def test_a_late_pulse_is_never_given(bench):
    bench.add("j1", drawer=True)
    bench.time += 6
    bench.spooler.step()
    assert (bench.state("j1"), bench.simulator.pulses) == ("printed", 0)


def test_pulse_to_a_printer_that_is_off_is_not_replayed(bench):
    bench.simulator.off()
    bench.add("j1", receipt=None, drawer=True)
    bench.spooler.step()
    assert bench.state("j1") == "failed"
    bench.simulator.on()
    bench.add("j1", receipt=None, drawer=True)
    bench.spooler.step()
    assert (bench.state("j1"), bench.simulator.pulses) == ("failed", 0)


def test_a_job_half_sent_before_a_crash_is_a_question(bench, tmp_path):
    job = bench.add()
    bench.jobs.write(job.__class__(**{f: getattr(job, f) for f in job.__slots__} | {"state": "sending"}))
    again = JobFile(tmp_path / "jobs.sqlite")
    assert again.get("j1").state == "uncertain"
    again.close()


@pytest.mark.parametrize(
    "blocks",
    [
        None,
        [None],
        [{}],
        [{"t": "text"}],
        [{"t": "text", "s": 3}],
        [{"t": "cols", "c": ["a"], "w": [0]}],
        [{"t": "cols", "c": ["a"], "w": []}],
        [{"t": "feed", "n": "x"}],
        [{"t": "qr", "s": "x" * 8000}],
        [{"t": "row", "l": "a", "r": None}],
        [{"t": "barcode", "kind": "ean13", "s": "\x1bp"}],
    ],
)
def test_an_unreadable_document_does_not_stop_the_next(bench, blocks):
    bench.add("j1", receipt={"format": "receipt/1", "blocks": blocks})
    bench.add("j2")
    while bench.spooler.step():
        pass
    assert (bench.state("j1"), bench.state("j2")) == ("failed", "printed")


def test_twelve_hours_later_it_is_paper_for_nobody(bench):
    bench.add()
    bench.time += 12 * 3600 + 1
    bench.spooler.step()
    assert (bench.state(), bench.simulator.cuts) == ("expired", 0)


@pytest.mark.parametrize("address", ["", "imprimante", "host:", ":9100", "h:0", "h:99999"])
def test_an_address_that_says_nothing_is_refused(address):
    with pytest.raises(ValueError):
        opener(address)


def test_a_device_that_is_not_there_is_never_made(tmp_path):
    """A USB printer that is off has no file: a ticket written into an ordinary one would be a ticket lost."""
    printer = Printer(opener(str(tmp_path / "lp0")))
    assert (printer.submit(b"x"), printer.health()) == (Outcome("retry", UNREACHABLE), UNREACHABLE)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "lp0").touch()
    assert printer.submit(b"ticket") == Outcome("sent_unconfirmed", MUTE)
    assert (tmp_path / "lp0").read_bytes() == b"\x10\x04\x01ticket"  # asked how it feels, says nothing, prints


def test_a_printer_that_takes_its_time_is_not_given_up():
    """It reads a little at a time, as a printer behind a serial line does, for longer than one silence may last."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
    taken = bytearray()

    def slow() -> None:
        caller, _ = listener.accept()
        while piece := caller.recv(4_096):
            taken.extend(piece)
            time.sleep(0.05)
        caller.close()

    thread = threading.Thread(target=slow)
    thread.start()
    wire = TcpWire("127.0.0.1", listener.getsockname()[1], timeout_s=2.0)
    paper = bytes(range(256)) * 1_000
    began = time.monotonic()
    wire.write(paper)
    lasted = time.monotonic() - began
    wire.close()
    thread.join(timeout=60)
    listener.close()
    assert (bytes(taken) == paper, lasted > 2.0) == (True, True)


def test_a_late_answer_about_the_status_does_not_confirm_the_paper():
    """A slow printer answers what it was asked before the job only after it, then falls silent: the end is not known."""
    listener = socket.create_server(("127.0.0.1", 0))

    def slow() -> None:
        caller, _ = listener.accept()
        assert caller.recv(3) == b"\x10\x04\x01"
        caller.sendall(b"\x12")
        heard = b""
        while b"\x1dr\x01" not in heard and (piece := caller.recv(4_096)):
            heard += piece
        caller.sendall(b"\x12\x12")  # to DLE EOT 2 and 4, each given up after a second
        caller.recv(4_096)
        caller.close()

    thread = threading.Thread(target=slow)
    thread.start()
    printer = Printer(opener(f"127.0.0.1:{listener.getsockname()[1]}"), confirm_timeout_s=0.5)
    assert printer.submit(b"ticket").state == "uncertain"
    thread.join(timeout=10)
    listener.close()
