"""A real server process on a real file, that a test may kill -9 and start again; tills that speak HTTP to it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from comptoir.exchange.replay.clocks import WallClock, fresh_id
from comptoir.exchange.replay.connection import Enrolled, enrol
from comptoir.exchange.replay.memory import MemoryStorage
from comptoir.exchange.replay.softtill import SoftTill
from tests.ports import free_port

PASSWORD = "correct horse battery staple\n"
SLUG = "essai"


def comptoir(
    *arguments: str, home: Path, stdin: str = "", check: bool = True, timeout: int = 300
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "comptoir", *arguments], input=stdin, capture_output=True, text=True, timeout=timeout,
        env={**os.environ, "COMPTOIR_HOME": str(home)},
    )  # fmt: skip
    if check and done.returncode:
        raise AssertionError(f"comptoir {' '.join(arguments)}: {done.stderr}")
    return done


def create_dossier(home: Path, *options: str) -> None:
    comptoir(
        "dossier", "create", SLUG, "--name", "Essai", "--number", "73282932000074", "--owner", "ana", "--owner-name",
        "Ana", "--password-stdin", *options, home=home, stdin=PASSWORD,
    )  # fmt: skip


class Server:
    def __init__(self, home: Path, *, threads: int = 8, environment: dict[str, str] | None = None) -> None:
        self.home, self.port, self._threads = home, free_port(), threads
        self.environment = {**os.environ, "COMPTOIR_HOME": str(home), **(environment or {})}
        self.process: subprocess.Popen[bytes] | None = None
        self.starts = 0

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/d/{SLUG}"

    def start(self) -> None:
        self.starts += 1
        command = ["serve", "--port", str(self.port), "--threads", str(self._threads), "--no-browser"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "comptoir", *command], start_new_session=True, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, env=self.environment,
        )  # fmt: skip
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                httpx.get(f"http://127.0.0.1:{self.port}/", timeout=2, trust_env=False)
                return
            except httpx.TransportError:
                if self.process.poll() is not None:
                    raise AssertionError(self.process.stderr.read().decode()) from None  # type: ignore[union-attr]
                time.sleep(0.02)
        raise AssertionError("the server does not answer")

    def kill(self) -> None:
        """kill -9 of the server and its worker, as the power would: no signal handler, no last word."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._close()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=25)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self._close()

    def _close(self) -> None:
        if self.process is not None and self.process.stderr is not None:
            self.process.stderr.close()


def enrolment_codes(home: Path, *, count: int, first: int = 1) -> list[str]:
    """Registers T1, T2, … with a one-time code each, made as the back office makes them, in a process of its own."""
    script = (
        "from comptoir.config.cli import start_django; start_django()\n"
        "from comptoir.config.cli._dossier import opened\n"
        "from comptoir.apps.settings.queries import main_establishment\n"
        "from comptoir.apps.settings.services.set_up_company import add_register\n"
        "from comptoir.apps.till.services.enrol_register import create_enrolment_code\n"
        f"with opened('{SLUG}', writes='un essai'):\n"
        f"    for n in range({first}, {first + count}):\n"
        "        add_register(f'T{n}', name=f'T{n}', establishment=main_establishment())\n"
        "        print(create_enrolment_code(f'T{n}'))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=120,
        env={**os.environ, "COMPTOIR_HOME": str(home)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def enrolled_tills(server: Server, *, count: int, first: int = 1) -> list[tuple[SoftTill, MemoryStorage, Enrolled]]:
    """Tills with an open session, enrolled over HTTP."""
    tills = []
    for code in enrolment_codes(server.home, count=count, first=first):
        enrolled = enrol(base_url=server.base_url, code=code)
        storage = MemoryStorage(copies=False)
        till = SoftTill(place=enrolled.place, storage=storage, clock=WallClock(), signer=enrolled.key, new_id=fresh_id)
        till.open_session(business_date="2026-11-22", operator={"id": "u1", "name": "Zoé"}, float_minor=10_000)
        tills.append((till, storage, enrolled))
    return tills
