"""A printer on TCP 9100, with paper, cover, buffer and a way of being off. For tests, demonstrations and the bridge's
`--simulate`."""

import socket
import threading
import time

from comptoir.bridge.simulator.interpreter import Interpreter, Item, Mark

BUFFER = 4096
STATES = ("ok", "near_end", "paper_out", "cover_open", "mute")
# DLE EOT 1..4 by state: the fixed bits are 0xx1xx10b.
REPLIES = {
    "ok": (0x12, 0x12, 0x12, 0x12),
    "near_end": (0x12, 0x12, 0x12, 0x1E),
    "paper_out": (0x1E, 0x32, 0x12, 0x7E),
    "cover_open": (0x1E, 0x16, 0x12, 0x12),
}


class PrinterSimulator:
    """`start()` listens on a free loopback port (`port`), `state` may change at any time, `items` is the paper so far.

    `out_after` runs out of paper once that many bytes were printed. While out, the printer stops reading, as a real one
    does once its buffer is full. `off()` closes the port, `on()` opens the same one again.
    """

    def __init__(self, *, port: int = 0) -> None:
        self.state = "ok"
        self.out_after: int | None = None
        self.port = port
        self.received = bytearray()
        self._paper = Interpreter()
        self._listener: socket.socket | None = None
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()

    @property
    def items(self) -> list[Item]:
        with self._lock:
            return list(self._paper.items)

    @property
    def lines(self) -> list[str]:
        with self._lock:
            return self._paper.lines

    @property
    def pulses(self) -> int:
        return sum(1 for item in self.items if isinstance(item, Mark) and item.kind == "pulse")

    @property
    def cuts(self) -> int:
        return sum(1 for item in self.items if isinstance(item, Mark) and item.kind == "cut")

    def start(self) -> "PrinterSimulator":
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return self

    on = start

    def off(self) -> None:
        """Pull the plug: no port, open connections broken."""
        if self._listener is not None:
            # shutdown wakes the thread that waits in accept(); close alone would leave the port listening.
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        for connection in list(self._connections):
            connection.close()

    stop = off

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self._connections.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        pending = bytearray()
        try:
            while True:
                while self.state in ("paper_out", "cover_open") and len(pending) >= BUFFER:
                    time.sleep(0.01)
                data = connection.recv(1024)
                if not data:
                    break
                pending += self._answer_status(connection, data)
                self._print(connection, pending)
        except OSError:
            pass
        finally:
            self._print(connection, pending)
            self._connections.discard(connection)
            connection.close()

    def _answer_status(self, connection: socket.socket, data: bytes) -> bytes:
        """Takes the real-time status requests out of the stream and answers them, whatever the buffer holds."""
        rest = bytearray()
        index = 0
        while index < len(data):
            if data[index : index + 2] == b"\x10\x04" and index + 2 < len(data) and 1 <= data[index + 2] <= 4:
                if self.state != "mute":
                    connection.sendall(bytes((REPLIES[self.state][data[index + 2] - 1],)))
                index += 3
            elif data[index : index + 3] == b"\x10\x14\x01" and index + 4 < len(data):
                with self._lock:
                    self._paper.items.append(Mark("pulse", data[index + 3]))
                index += 5
            else:
                rest.append(data[index])
                index += 1
        return bytes(rest)

    def _print(self, connection: socket.socket, pending: bytearray) -> None:
        """Prints what the paper allows; `GS r 1` is answered once all before it is printed."""
        while pending and self.state not in ("paper_out", "cover_open"):
            at = pending.find(b"\x1dr\x01")
            if at == 0:
                del pending[:3]
                if self.state != "mute":
                    connection.sendall(b"\x00")
                continue
            piece = bytes(pending if at < 0 else pending[:at])
            if self.out_after is not None:
                piece = piece[: max(0, self.out_after - len(self.received))]
                if not piece:
                    self.state, self.out_after = "paper_out", None
                    return
            del pending[: len(piece)]
            with self._lock:
                self.received += piece
                self._paper.feed(piece)
