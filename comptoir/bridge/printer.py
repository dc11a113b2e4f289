"""One receipt printer: reaching it, asking how it feels, giving it a job, knowing what became of it."""

import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

STATUS_REPLY = 0b00010010  # the fixed bits of every DLE EOT answer, under the mask below
STATUS_MASK = 0b10010011
QUERY_TIMEOUT_S = 1.0
CONFIRM_TIMEOUT_S = 20.0
WAITING_BYTES = (
    8_192  # what has left us and not yet reached the printer: little, or its silence could not be told from its work
)


@dataclass(frozen=True, slots=True)
class Health:
    """`health` ok, warn, off or none; `code` for programs; what happened and what to do, in French for the cashier."""

    health: str
    code: str
    message_fr: str = ""
    action_fr: str = ""


READY = Health("ok", "ready")
NEAR_END = Health("warn", "paper_near_end", "Rouleau bientôt fini.", "Préparez un rouleau.")
PAPER_OUT = Health("off", "paper_out", "Imprimante sans papier.", "Changez le rouleau : le ticket sortira seul.")
COVER_OPEN = Health("off", "cover_open", "Capot de l’imprimante ouvert.", "Fermez le capot : le ticket sortira seul.")
FAULT = Health("off", "fault", "L’imprimante signale un blocage.", "Éteignez-la, vérifiez le papier, rallumez-la.")
UNREACHABLE = Health("off", "unreachable", "Imprimante éteinte ou débranchée.", "Rallumez-la : les tickets attendent.")
MUTE = Health("ok", "no_reply")  # one-way printers say nothing; that is not a fault
NONE = Health("none", "none", "Aucune imprimante.", "")


class Wire(Protocol):
    """Bytes to and from a device. Every method raises OSError (TimeoutError included)."""

    def write(self, data: bytes) -> None: ...
    def read(self, size: int, *, timeout_s: float) -> bytes: ...
    def close(self) -> None: ...


class TcpWire:
    """Raw port 9100. A printer takes what it can, as fast as it prints: only one that takes nothing for `timeout_s` is given up."""

    def __init__(self, host: str, port: int, *, timeout_s: float = 3.0) -> None:
        try:
            self._socket = socket.create_connection((host, port), timeout=timeout_s)
        except UnicodeError as reason:  # « 192.168..50 »: no name of a machine, so nobody answers to it
            raise ConnectionError(str(reason)) from reason
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, WAITING_BYTES)
        self._timeout_s = timeout_s

    def write(self, data: bytes) -> None:
        self._socket.settimeout(self._timeout_s)
        view = memoryview(data)
        while view:
            view = view[self._socket.send(view) :]

    def read(self, size: int, *, timeout_s: float) -> bytes:
        self._socket.settimeout(timeout_s)
        return self._socket.recv(size)

    def close(self) -> None:
        self._socket.close()


class FileWire:
    """A device file such as /dev/usb/lp0: written to, never read (most USB printers are mute that way). It is never created: a
    printer that is off has no file, and an ordinary one in its place would swallow every ticket."""

    def __init__(self, path: str) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._descriptor, view) :]

    def read(self, size: int, *, timeout_s: float) -> bytes:
        raise TimeoutError("one-way device")

    def close(self) -> None:
        os.close(self._descriptor)


def opener(address: str) -> Callable[[], Wire]:
    """How to reach `host:port` or a device path beginning with `/`. Raises ValueError for anything else."""
    if address.startswith("/"):
        return lambda: FileWire(address)
    host, separator, port = address.rpartition(":")
    if not separator or not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError(f"adresse d’imprimante illisible : {address!r} (attendu : 192.168.1.50:9100)")
    return lambda: TcpWire(host, int(port))


@dataclass(frozen=True, slots=True)
class Outcome:
    """`state`: printed, sent_unconfirmed, uncertain, blocked, or retry (nothing left the till, try again later)."""

    state: str
    health: Health


def _query(wire: Wire, number: int) -> int | None:
    """One DLE EOT answer, or None from a printer that says nothing. Raises OSError."""
    wire.write(bytes((0x10, 0x04, number)))
    deadline = time.monotonic() + QUERY_TIMEOUT_S
    while (left := deadline - time.monotonic()) > 0:
        try:
            answer = wire.read(1, timeout_s=left)
        except TimeoutError:
            return None
        if not answer:
            raise ConnectionError("printer closed the connection")
        if answer[0] & STATUS_MASK == STATUS_REPLY:
            return answer[0]
    return None


def read_health(wire: Wire) -> Health:
    """Asks offline cause, then paper. Raises OSError when the printer is gone."""
    printer = _query(wire, 1)
    if printer is None:
        return MUTE
    cause = _query(wire, 2) or 0
    paper = _query(wire, 4) or 0
    if paper & 0b01100000 or cause & 0b00100000:
        return PAPER_OUT
    if cause & 0b00000100:
        return COVER_OPEN
    if cause & 0b01000000 or printer & 0b00001000:
        return FAULT
    return NEAR_END if paper & 0b00001100 else READY


def _confirmed(wire: Wire, timeout_s: float) -> bool:
    """`GS r 1` is answered once all before it has been printed: silence means that the end is not known."""
    wire.write(b"\x1dr\x01")
    deadline = time.monotonic() + timeout_s
    try:
        while (left := deadline - time.monotonic()) > 0:
            answer = wire.read(1, timeout_s=left)
            if not answer:
                return False
            if answer[0] & STATUS_MASK != STATUS_REPLY:  # a late answer to `DLE EOT` says nothing of the paper
                return True
    except OSError:
        pass
    return False


class Printer:
    """A printer behind `open_wire`. Not for several threads at once: the spooler gives it one job at a time."""

    def __init__(self, open_wire: Callable[[], Wire], *, confirm_timeout_s: float = CONFIRM_TIMEOUT_S) -> None:
        self._open = open_wire
        self._confirm_timeout_s = confirm_timeout_s

    def health(self) -> Health:
        try:
            wire = self._open()
        except OSError:
            return UNREACHABLE
        try:
            return read_health(wire)
        except OSError:
            return UNREACHABLE
        finally:
            wire.close()

    def submit(self, data: bytes) -> Outcome:
        """Prints a job: looked at before (nothing is sent to a printer that cannot print), confirmed after.

        Once the first byte has left, a silence is `uncertain`: never printed again without a person's word.
        """
        try:
            wire = self._open()
        except OSError:
            return Outcome("retry", UNREACHABLE)
        sent = False
        try:
            health = read_health(wire)
            if health.health == "off":
                return Outcome("blocked", health)
            sent = True
            wire.write(data)
            if health.code == "no_reply":
                return Outcome("sent_unconfirmed", health)
            if _confirmed(wire, self._confirm_timeout_s):
                return Outcome("printed", health)
            return Outcome("uncertain", read_health(wire))
        except OSError:
            return Outcome("uncertain" if sent else "retry", UNREACHABLE)
        finally:
            wire.close()

    def pulse(self, *, drawer_pin: int) -> Outcome:
        """Opens the drawer, whatever the paper. A printer that is offline would keep an ordinary pulse in its buffer and
        open the drawer when paper comes back: it gets the real-time command, which acts at once or never.
        """
        pin = 1 if drawer_pin == 5 else 0
        try:
            wire = self._open()
        except OSError:
            return Outcome("failed", UNREACHABLE)
        try:
            health = read_health(wire)
            wire.write(
                bytes((0x10, 0x14, 1, pin, 1)) if health.health == "off" else bytes((0x1B, 0x70, pin, 0x19, 0xFA))
            )
            return Outcome("sent_unconfirmed", health)
        except OSError:
            return Outcome("failed", UNREACHABLE)
        finally:
            wire.close()
