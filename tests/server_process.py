"""A real `comptoir serve` in a process group of its own, on a free port."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[1]


class ServerProcess:
    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_port()
        self.process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self, *options: str) -> None:
        """Start and wait until it answers."""
        self.process = serve(self.home, "--port", str(self.port), *options)
        deadline = time.monotonic() + 120  # a machine that runs everything at once may be this slow
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.url}/sante", timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        self.kill()  # a slow one would never end its output
        raise AssertionError(f"the server did not start: {self.process.communicate()}")

    def stop(self) -> int:
        """Ask it to stop, as Ctrl+C does; returns its exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=30)

    def kill(self) -> None:
        """Kill -9 the whole group: server and worker."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=10)


def serve(home: Path, *options: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "COMPTOIR_HOME": str(home)}
    for name in ("COMPTOIR_LOG_FILE", "COMPTOIR_SERVING"):
        environment.pop(name, None)
    return subprocess.Popen(
        [sys.executable, "-m", "comptoir", "serve", "--no-browser", *options],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
