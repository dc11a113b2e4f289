"""A real PostgreSQL server for the length of a test session: own cluster, own port, temporary folder."""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

from tests.ports import free_port

SUPERUSER = "comptoir_tests"


def binaries() -> Path | None:
    """The folder of PostgreSQL's server programs, newest version first; None when the server is not installed."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]), reverse=True)
    if installed:
        return installed[0].parent
    found = shutil.which("initdb")
    return Path(found).parent if found else None


class PostgresServer:
    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="comptoir-pg-"))
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def options(self) -> dict[str, str]:
        return {"host": "127.0.0.1", "port": str(self.port), "user": SUPERUSER}

    def start(self) -> None:
        if os.geteuid() == 0:
            shutil.chown(self._folder, "postgres")
        data = self._folder / "data"
        self._run("initdb", "-D", str(data), "-U", SUPERUSER, "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        durable = "off" if os.environ.get("COMPTOIR_TEST_PG_FSYNC") == "off" else "on"
        self._process = subprocess.Popen(
            self._as_postgres(
                "postgres", "-D", str(data), "-p", str(self.port), "-k", str(self._folder),
                "-c", "listen_addresses=127.0.0.1", "-c", f"fsync={durable}", "-c", "max_connections=60",
                "-c", "shared_buffers=64MB", "-c", "max_wal_size=256MB",
            ),
            stdout=subprocess.DEVNULL, stderr=(self._folder.parent / f"{self._folder.name}.log").open("wb"),
            start_new_session=True, cwd="/",
        )  # fmt: skip
        self._wait()

    def stop(self) -> None:
        if self._process is not None:
            postmaster = int((self._folder / "data" / "postmaster.pid").read_text().split()[0])
            os.kill(postmaster, 2)  # fast shutdown: open transactions are rolled back
            self._process.wait(timeout=30)
        shutil.rmtree(self._folder, ignore_errors=True)
        (self._folder.parent / f"{self._folder.name}.log").unlink(missing_ok=True)

    def execute(self, statement: str) -> None:
        with psycopg.connect(dbname="postgres", autocommit=True, **self.options) as connection:
            connection.execute(statement)

    def _wait(self) -> None:
        deadline = time.monotonic() + 30
        while True:
            try:
                self.execute("SELECT 1")
                return
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def _as_postgres(self, program: str, *arguments: str) -> list[str]:
        command = [str(self._programs / program), *arguments]
        return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(self._as_postgres(program, *arguments), check=True, capture_output=True, cwd="/")
