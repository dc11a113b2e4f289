"""The till's screens with made-up data: a build of web/till in a temporary folder, served with the policy of the real page.

Only the drawing is tested with it; what the till computes and keeps is tested on the real till.
"""

import os
import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from comptoir.config.middleware.headers import TILL_POLICY

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
SIZES = {
    "15 pouces": (1366, 768),
    "Full HD": (1920, 1080),
    "tablette couchée": (1280, 800),
    "tablette debout": (800, 1280),
    "téléphone": (390, 844),
}
SELLING = ["sale", "amount", "search", "unknown", "after", "empty", "long", "payment", "payment_due", "trouble"]
OTHERS = [
    "lock",
    "lock_wait",
    "opening",
    "closing",
    "closing_seal",
    "closed",
    "movement",
    "xreport",
    "receipt",
    "enrol",
    "blocked",
    "starting",
]
BACK = ["tickets", "return", "return_free", "correcting", "exchange", "approval", "forgotten", "parked", "create"]


class _WithPolicy(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", TILL_POLICY)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        return


class PaperTill:
    """A build with the made-up data in it, and a server for it on a free port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        vite = [str(ROOT / "tools" / "node_env.sh"), "node_modules/.bin/vite", "build", "--logLevel", "error"]
        build = subprocess.run(
            [*vite, "--outDir", str(self.folder), "--emptyOutDir"],
            cwd=ROOT / "web",
            env={**os.environ, "VITE_MOCK": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert build.returncode == 0, build.stderr
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_WithPolicy, directory=str(self.folder)))
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()

    def address(self, screen: str) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_address[1]}/?mock={screen}"
