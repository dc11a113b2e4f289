"""The loopback HTTP server of the bridge, and its thread that prints."""

import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from comptoir.bridge.server.calls import Calls
from comptoir.bridge.server.gate import refusal
from comptoir.bridge.server.proxy import Upstream, UpstreamGone, problem
from comptoir.bridge.spooler import Spooler

OWN = "/bridge/v1/"
BODY_LIMIT = 4_000_000
OWN_BODY_LIMIT = 1_000_000
LOOK_S = 5.0


class BridgeServer(ThreadingHTTPServer):
    """Listens on 127.0.0.1 only. `port` 0 takes a free one."""

    daemon_threads = True

    def __init__(self, *, port: int, calls: Calls, upstream: Upstream) -> None:
        self.calls = calls
        self.upstream = upstream
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def port(self) -> int:
        return self.server_address[1]


class _Handler(BaseHTTPRequestHandler):
    server: BridgeServer
    protocol_version = "HTTP/1.1"
    server_version = "comptoir-bridge"
    sys_version = ""
    timeout = 30

    def do_GET(self) -> None:
        self._serve()

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: paths carry names of dossiers and headers carry tokens."""

    def _serve(self) -> None:
        refused = refusal(self.headers, method=self.command, port=self.server.port)
        if refused is not None:
            return self._give(
                *problem(403, f"foreign_{refused}", "Demande refusée.", "Le pont ne répond qu’à sa propre page."),
                close=True,
            )
        body = self._body(OWN_BODY_LIMIT if self.path.startswith(OWN) else BODY_LIMIT)
        if body is None:
            return None
        if self.path.startswith(OWN):
            return self._give(*self.server.calls.answer(self.command, self.path.removeprefix(OWN), body))
        return self._pass(body)

    def _body(self, limit: int) -> bytes | None:
        """The whole body, or None once a refusal was sent."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdigit():
            self._give(*problem(411, "length_required", "Longueur attendue.", ""), close=True)
            return None
        if int(length) > limit:
            self._give(*problem(413, "too_large", "Demande trop longue.", f"{limit} octets au plus."), close=True)
            return None
        return self.rfile.read(int(length))

    def _pass(self, body: bytes) -> None:
        origin = f"http://{self.headers['Host']}"
        try:
            status, headers, content = self.server.upstream.ask(
                self.command, self.path, headers=self.headers.items(), body=body, bridge_origin=origin
            )
        except UpstreamGone:
            return self._give(
                *problem(503, "server_gone", "Le serveur ne répond pas.", "La caisse continue, elle enverra plus tard.")
            )
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        return None

    def _give(self, status: int, answer: Mapping[str, Any], *, close: bool = False) -> None:
        content = json.dumps(answer, ensure_ascii=False).encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "application/json" if status < 400 else "application/problem+json")
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Length", str(len(content)))
        if close:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


class PrintThread(threading.Thread):
    """Steps the spooler when there is work, and looks at the printer from time to time for the till's lamp."""

    def __init__(self, spooler: Spooler, wake: threading.Event) -> None:
        super().__init__(name="bridge-print", daemon=True)
        self._spooler, self._wake, self._stopping = spooler, wake, False

    def run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            if not self._spooler.step() and not self._wake.wait(timeout=1.0):
                self._spooler.look()

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()
        self.join(timeout=10)
