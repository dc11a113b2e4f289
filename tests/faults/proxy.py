"""A TCP proxy between a till and a real server that mistreats the bytes: cut, split, delayed, sent twice, answer lost.

One fault a connection, chosen by a seeded generator, so that a failing run can be told by its seed; or, with a `script`, the
faults of the first connections one by one, after which the line is sound."""

import random
import socket
import threading
import time
from collections.abc import Sequence

FAULTS = ("none", "answer_lost", "cut_request", "split", "twice", "late", "cut_answer")


class Proxy:
    def __init__(
        self, *, target_port: int, seed: int = 0, faults: tuple[str, ...] = FAULTS, script: Sequence[tuple[str, float]] = ()
    ) -> None:  # fmt: skip
        """`script`: (fault, where to cut as a share of the bytes); `refused` closes before a byte is read."""
        self._target = target_port
        self._rng = random.Random(seed)
        self._faults = faults
        self._script = [*script, ("none", 0.0)] if script else []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.done: dict[str, int] = dict.fromkeys([*faults, *(fault for fault, _ in self._script)], 0)
        self._open = True
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._open = False
        self._listener.close()
        self._thread.join(timeout=5)

    def _accept(self) -> None:
        while self._open:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            fault, cut = self._next()
            threading.Thread(target=self._serve, args=(client, fault, cut), daemon=True).start()

    def _next(self) -> tuple[str, float]:
        if self._script:
            return self._script.pop(0) if len(self._script) > 1 else self._script[0]
        return self._rng.choice(self._faults), self._rng.random()

    def _serve(self, client: socket.socket, fault: str, cut: float) -> None:
        self.done[fault] += 1
        try:
            with client:
                if fault == "refused":
                    return
                client.settimeout(30)
                request = read_message(client)
                if not request:
                    return
                if fault == "cut_request":
                    self._ask(request[: max(1, int(len(request) * cut))], whole=False)
                    return
                if fault == "twice":
                    self._ask(request)
                if fault == "late":
                    time.sleep(0.05 + cut / 10)
                answer = self._ask(request, split=fault == "split")
                if fault == "answer_lost":
                    return
                if fault == "cut_answer":
                    answer = answer[: int(len(answer) * cut)]
                client.sendall(answer)
        except OSError:
            return

    def _ask(self, request: bytes, *, whole: bool = True, split: bool = False) -> bytes:
        with socket.create_connection(("127.0.0.1", self._target), timeout=30) as server:
            server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if split:  # the head byte by byte, the body in crumbs
                head = request.find(b"\r\n\r\n") + 4
                step = max(1, (len(request) - head) // 40)
                pieces = [request[i : i + 1] for i in range(min(head, 200))]
                pieces += [request[i : i + step] for i in range(min(head, 200), len(request), step)]
                for piece in pieces:
                    server.sendall(piece)
            else:
                server.sendall(request)
            if not whole:
                return b""
            return read_message(server)


def read_message(stream: socket.socket) -> bytes:
    """One HTTP/1.1 message with a Content-Length or chunked body; b"" when the peer closed before one."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = stream.recv(65536)
        if not piece:
            return data
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").lower().split("\r\n")
    length = next((int(line.split(":")[1]) for line in lines if line.startswith("content-length:")), None)
    chunked = any(line.startswith("transfer-encoding:") and "chunked" in line for line in lines)
    while (length is not None and len(body) < length) or (chunked and not body.endswith(b"0\r\n\r\n")):
        piece = stream.recv(65536)
        if not piece:
            break
        body += piece
    return head + b"\r\n\r\n" + body
