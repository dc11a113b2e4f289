"""The loopback HTTP server of the bridge, and its thread that prints."""

import json
import logging
import sys
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from comptoir.bridge.server.calls import Calls
from comptoir.bridge.server.gate import refusal
from comptoir.bridge.server.proxy import Upstream, UpstreamGone, problem
from comptoir.bridge.spooler import Spooler

logger = logging.getLogger("comptoir.bridge")
OWN = "/bridge/v1/"
BODY_LIMIT = 12 * 1024 * 1024  # the server's own: what it would take must not stop here
OWN_BODY_LIMIT = 6_000_000  # one ticket of 2,000 lines
BODILESS = (204, 304)  # their length is that of another answer, or none (RFC 9110, 8.6)
LOOK_S = 5.0
CALLERS = 64  # connections at once: one till's page opens six, the rest is somebody else's
PAGE = """<!doctype html><html lang="fr"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Comptoir</title><h1>Le serveur du magasin ne répond pas.</h1>
<p>Vos ventes sont gardées sur ce poste. Vérifiez que le serveur est allumé et que le câble réseau est branché,
puis rechargez cette page.</p></html>"""


class BridgeServer(ThreadingHTTPServer):
    """Listens on 127.0.0.1 only. `port` 0 takes a free one."""

    daemon_threads = True
    request_queue_size = CALLERS

    def __init__(self, *, port: int, calls: Calls, upstream: Upstream) -> None:
        self.calls = calls
        self.upstream = upstream
        self._places = threading.BoundedSemaphore(CALLERS)
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def port(self) -> int:
        return self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Hangs up when all places are taken, rather than starting a thread for each connection of a flood."""
        if not self._places.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that leaves in the middle is not news; anything else is told, without what was asked."""
        reason = sys.exception()
        if not isinstance(reason, OSError):
            logger.error("bridge request stopped: %s", type(reason).__name__)


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
        if "Transfer-Encoding" in self.headers or not (length.isascii() and length.isdigit()):
            self._give(*problem(411, "length_required", "Longueur attendue.", ""), close=True)
            return None
        if int(length) > limit:
            self._give(*problem(413, "too_large", "Demande trop longue.", f"{limit} octets au plus."), close=True)
            return None
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.close_connection = True  # the caller left in the middle: half a request is not passed on
            return None
        return body

    def _pass(self, body: bytes) -> None:
        origin = f"http://{self.headers['Host']}"
        try:
            status, headers, content = self.server.upstream.ask(
                self.command, self.path, headers=self.headers.items(), body=body, bridge_origin=origin
            )
        except UpstreamGone:
            if self.command == "GET" and "text/html" in self.headers.get("Accept", ""):
                return self._give_page()
            return self._give(
                *problem(503, "server_gone", "Le serveur ne répond pas.", "La caisse continue, elle enverra plus tard.")
            )
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        if status not in BODILESS:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        return None

    def _give_page(self) -> None:
        """For a person whose page is not kept by the browser yet; a till that has run once serves itself."""
        content = PAGE.encode()
        self.send_response_only(503)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", "default-src 'none'")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

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
        looked = 0.0
        while not self._stopping:
            self._wake.clear()
            try:
                worked = self._spooler.step()
                if not worked and time.monotonic() - looked >= LOOK_S:
                    # Not more often: most printers take one caller at a time, and other tills may share this one.
                    self._spooler.look()
                    looked = time.monotonic()
            except Exception:
                # Printing must outlive whatever happens to it (a full disk, a file taken away).
                logger.exception("printing step stopped")
                worked = False
            if not worked:
                self._wake.wait(timeout=1.0)

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()
        self.join(timeout=10)
