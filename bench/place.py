"""Where figures are measured: data folders, dossiers on both engines, servers and enrolled tills, all temporary."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.faults.real_server import SLUG, Server, create_dossier
from tests.postgres_server import PostgresServer, binaries


class Home(NamedTuple):
    """A data folder with one dossier, and how its database is reached without us."""

    folder: Path
    engine: str  # "sqlite", "postgresql"
    sqlite: Path | None
    postgres: dict[str, str] | None


@contextmanager
def postgres_server() -> Iterator[PostgresServer | None]:
    """A real PostgreSQL with fsync on, or None when the machine has none."""
    programs = binaries()
    if programs is None:
        yield None
        return
    os.environ.pop("COMPTOIR_TEST_PG_FSYNC", None)
    server = PostgresServer(programs)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def home(engine: str, *, postgres: PostgresServer | None = None, name: str = "essai") -> Iterator[Home]:
    """A new dossier in a data folder of its own, removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="comptoir-bench-") as temporary:
        folder = Path(temporary)
        if engine == "sqlite":
            create_dossier(folder)
            yield Home(folder, engine, folder / "dossiers" / SLUG / f"{SLUG}.comptoir", None)
            return
        assert postgres is not None
        options = postgres.options
        create_dossier(
            folder, "--engine", "postgresql", "--host", options["host"], "--port", options["port"], "--user",
            options["user"], "--database", name,
        )  # fmt: skip
        yield Home(folder, engine, None, {**options, "dbname": name})
        postgres.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def served(place: Home) -> Iterator[Server]:
    server = Server(place.folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def resident_kb(server: Server) -> int:
    """Resident memory of the server and the processes it started, in kB."""
    assert server.process is not None
    group = server.process.pid
    total = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rsplit(") ", 1)[1].split()
            if int(fields[2]) == group:
                rows = (entry / "smaps_rollup").read_text().splitlines()
                total += next(int(row.split()[1]) for row in rows if row.startswith("Pss:"))
        except (OSError, StopIteration):
            continue
    return total
