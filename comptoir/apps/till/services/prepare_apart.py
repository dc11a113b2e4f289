"""Preparing records in other processes, so that several processors share the reading, signatures and arithmetic.

The process that holds the dossier only books. It hands whole requests over, and prepares a request itself when no
process is free, none was started, or one has died: what is prepared is the same either way."""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import Any

from comptoir.apps.fiscal.queries import forget_sealing_keys, sealing_keys_of
from comptoir.apps.fiscal.raw_rows import table_of
from comptoir.apps.fiscal.signatures import load_public_key
from comptoir.apps.fiscal.tables import RECORDS

from ..facts import Sound, TicketFacts
from ..preparing import Frame, framed, read_bytes, unframed, write_bytes
from .prepare_records import Intake, Prepared, prepare_record

Received = tuple[dict[str, Any], Sequence[dict[str, Any]]]
MOST_WAITING = 12  # requests in line for one process; the next is prepared by the thread that brings it
PIPE_BYTES = 1 << 20
SOUND_TEXTS = [(Sound._fields.index("text"), "body"), (Sound._fields.index("signature"), "signature")]
RECORD_TEXTS = [(RECORDS.columns.index(name), name) for name in ("body", "to_sign", "signature")]
_F_SETPIPE_SZ = 1031  # Linux: a request of twenty tickets goes through in one piece
logger = logging.getLogger(__name__)


class Preparer:
    """One process and the line of threads that wait for it.

    A request is written as soon as it is there, not when the one before is answered: the process finds its next one in
    the pipe and never waits for a thread of ours to wake. Answers come in the order of the requests, and each thread
    lets the next one read when it has its own."""

    def __init__(self) -> None:
        environment = {name: value for name, value in os.environ.items() if name != "COMPTOIR_SERVING"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "comptoir.apps.till.preparing"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )
        assert self.process.stdin is not None and self.process.stdout is not None
        self._input, self._output = self.process.stdin, self.process.stdout
        for pipe in (self._input, self._output):
            _widen(pipe.fileno())
        self._sending = threading.Lock()
        self._last_to_read = threading.Lock()  # held until the last thread of the line has its answer
        self.waiting = 0
        self.gone = False

    def ask(self, frame: Frame) -> list[Any] | None:
        """The answer to a frame, or None when the process is no more."""
        request = framed(frame)
        mine = threading.Lock()
        mine.acquire()
        try:
            with self._sending:
                before, self._last_to_read = self._last_to_read, mine
                self._write(request)
            with before:
                text = self._read()
        except BaseException:
            self.gone = True  # an answer may be left in the pipe: nobody must take it for his own
            raise
        finally:
            mine.release()
        return None if text is None else unframed(text)

    def _write(self, request: bytes) -> None:
        if not self.gone:
            try:
                write_bytes(self._input, request)
            except (OSError, ValueError):
                self._lose()

    def _read(self) -> bytes | None:
        if self.gone:
            return None
        try:
            return read_bytes(self._output)
        except (OSError, EOFError, ValueError):
            self._lose()
        return None

    def _lose(self) -> None:
        self.gone = True
        logger.warning("a preparing process has ended; records are prepared by the server itself")

    def end(self) -> None:
        """Lets the process finish: its input ends."""
        self.gone = True
        try:
            self._input.close()
            self.process.wait(5)
        except (OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        self._output.close()


_preparers: list[Preparer] = []
_choosing = threading.Lock()


def start_preparing(*, processes: int) -> None:
    """Starts so many processes; called once, by the process that serves."""
    _preparers.extend(Preparer() for _ in range(processes))


def stop_preparing() -> None:
    """Ends them."""
    while _preparers:
        _preparers.pop().end()


def prepare_batch(records: Sequence[Received], *, intake: Intake) -> list[Prepared]:
    """The records of a request, prepared, in their order."""
    chosen = _chosen()
    if chosen is not None:
        try:
            answer = chosen.ask(_frame(records, intake))
        finally:
            with _choosing:
                chosen.waiting -= 1
        if answer is not None:
            return [
                _unpacked(one, prints, packed, intake) for (one, prints), packed in zip(records, answer, strict=True)
            ]
    return [prepare_record(one, intake=intake, prints=prints) for one, prints in records]


def _chosen() -> Preparer | None:
    with _choosing:
        living = [one for one in _preparers if not one.gone and one.waiting < MOST_WAITING]
        if not living:
            return None
        chosen = min(living, key=lambda one: one.waiting)
        chosen.waiting += 1
        return chosen


def _frame(records: Sequence[Received], intake: Intake) -> Frame:
    keys = sealing_keys_of(intake.sender)
    return (
        intake.sender,
        intake.received_at,
        intake.dossier,
        intake.vendor,
        keys,
        [envelope for envelope, _ in records],
    )


def prepared_frame(frame: Frame) -> list[Any]:
    """What the process answers: for each record its fault, or its facts, rows and differences."""
    sender, received_at, dossier, vendor, keys, envelopes = frame
    intake = Intake(sender=sender, received_at=received_at, dossier=dossier, vendor=vendor)
    for register, generation, thumbprint, spki in keys:
        intake.keys[register, generation] = (thumbprint, _loaded(spki))
    return [_packed(prepare_record(envelope, intake=intake)) for envelope in envelopes]


_keys: dict[bytes, Any] = {}


def _loaded(spki: bytes) -> Any:
    if spki not in _keys:
        _keys[spki] = load_public_key(spki)
    return _keys[spki]


def _packed(item: Prepared) -> tuple[Any, ...]:
    if item.fault is not None or item.sound is None:
        return (item.fault and (item.fault.code, item.fault.detail),)
    (_, (record,)), *others = item.rows
    ticket = item.sound.ticket
    return (
        None,
        _left_out(item.sound[:-1], SOUND_TEXTS),
        ticket and tuple(ticket),
        _left_out(record, RECORD_TEXTS),
        [(table.key, rows) for table, rows in others],
        item.differences,
    )


def _left_out(values: Sequence[Any], places: Sequence[tuple[int, str]]) -> list[Any]:
    """The values without the long texts that who asked has in the envelope: they need not travel back."""
    values = list(values)
    for place, _ in places:
        values[place] = None
    return values


def _put_back(values: list[Any], places: Sequence[tuple[int, str]], envelope: dict[str, Any]) -> list[Any]:
    for place, field in places:
        values[place] = envelope[field]
    return values


def _unpacked(
    envelope: dict[str, Any], prints: Sequence[dict[str, Any]], packed: tuple[Any, ...], intake: Intake
) -> Prepared:
    if packed[0] is not None:  # seldom: looked at again here, where a key enrolled a moment ago is known too
        if packed[0][0] == "unknown_key":
            forget_sealing_keys(intake.sender)
        return prepare_record(envelope, intake=intake, prints=prints)
    _fault, head, ticket, record, rows, differences = packed
    item = Prepared(envelope, sender=intake.sender, prints=prints)
    item.sound = Sound(*_put_back(head, SOUND_TEXTS, envelope), ticket and TicketFacts(*ticket))
    item.rows = [(RECORDS, [_put_back(record, RECORD_TEXTS, envelope)])]
    item.rows += [(table_of(key), values) for key, values in rows]
    item.differences = differences
    return item


def _widen(descriptor: int) -> None:
    if sys.platform == "linux":
        import fcntl

        try:
            fcntl.fcntl(descriptor, _F_SETPIPE_SZ, PIPE_BYTES)
        except OSError:
            pass  # the limit of this machine is lower: the pipe stays as it is
