"""Fixtures shared by every test: a data folder apart, and dossiers on both engines.

`dossier`        an open dossier, once on SQLite and once on PostgreSQL; what the test writes is rolled back.
`sqlite_dossier` the same, on SQLite alone (for what does not depend on the engine).
`dossier_copy`   a fresh dossier of its own, committed for real: concurrency, servers, kill -9. Both engines.
`sqlite_copy`    the same, on SQLite alone.
"""

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection, connections, transaction

from comptoir.dossiers import registry
from comptoir.dossiers.binding import Dossier, bound
from comptoir.dossiers.creation import build_tables, new_postgresql_dossier, new_sqlite_dossier
from tests.postgres_server import PostgresServer, binaries

# Playwright's synchronous driver keeps an event loop running in the test's thread, and Django would refuse every later test
# its database for it. No code of the house is asynchronous.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


# Where a real browser or a killed server meets a clock: a busy machine may miss a deadline there. Such a test is run again, at
# most three times, and the report counts it ("rerun"); what is wrong fails four times.
MEETS_A_CLOCK = (
    "tests/browser/",
    "tests/scenarios/",
    "tests/bridge/",
    "tests/faults/test_browser_killed.py",
    "tests/faults/test_real_server.py",
    "tests/faults/test_killed_before_print.py",
    "tests/faults/test_law_server.py",
    "tests/faults/test_older_copy.py",
    "tests/faults/test_turned_clock.py",
)


# Several processes share a run, file by file: what takes longest goes first, so that none is left alone with it at the end.
LONGEST_FIRST = ("tests/scenarios/test_fiscal_year.py", "tests/scenarios/", "tests/browser/", "tests/faults/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.startswith(MEETS_A_CLOCK):
            item.add_marker(pytest.mark.flaky(reruns=3))
    items.sort(key=lambda item: [not item.nodeid.startswith(place) for place in LONGEST_FIRST])


CHROMIUM = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), None)


@pytest.fixture(scope="session")
def playwright_running() -> Iterator[object]:
    """Playwright's driver, once for every test of the process: it cannot be started twice."""
    if CHROMIUM is None:
        pytest.skip("Chromium is missing: apt-get install chromium")
    with pytest.importorskip("playwright.sync_api").sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium_type(playwright_running):
    """Where browsers and profiles are opened."""
    return playwright_running.chromium


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the project; the test is skipped when it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("../shared/data is absent")
    return SHARED_DATA


@pytest.fixture(autouse=True)
def comptoir_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test has its own data folder: none ever touches the user's."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("COMPTOIR_HOME", str(folder))
    return folder


@pytest.fixture(autouse=True)
def quick_passwords(settings) -> None:
    """The same hasher at the smallest cost; what the real one costs is asserted in tests/apps/access."""
    settings.PASSWORD_HASHERS = ["tests.quick_argon2.QuickArgon2"]


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL server, started once."""
    programs = binaries()
    if programs is None:
        pytest.skip("PostgreSQL server programs are not installed (Debian: postgresql-15)")
    server = PostgresServer(programs)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, django_db_blocker) -> Path:
    """A migrated file, to be copied."""
    template = new_sqlite_dossier("modele", name="Modèle", folder=tmp_path_factory.mktemp("template"))
    with django_db_blocker.unblock():
        build_tables(template)
        connections.forget(template)  # closing the last connection folds the write-ahead log into the file
    return Path(template.location)


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresServer, django_db_blocker) -> str:
    """The name of a migrated database, to be copied by CREATE DATABASE … TEMPLATE."""
    name = "modele"
    postgres.execute(f"CREATE DATABASE {name}")
    template = new_postgresql_dossier("modele", name="Modèle", database=name, options=postgres.options)
    with django_db_blocker.unblock():
        build_tables(template)
        connections.forget(template)
    return name


@pytest.fixture(scope="session")
def copy_template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, django_db_blocker):
    """A function (engine) -> a new dossier copied from the template."""

    def copy(engine: str) -> Dossier:
        slug = f"essai-{uuid.uuid4().hex[:8]}"
        if engine == "sqlite":
            template = request.getfixturevalue("sqlite_template")
            dossier = new_sqlite_dossier(slug, name="Essai", folder=tmp_path_factory.mktemp("dossier"))
            shutil.copyfile(template, dossier.location)
            return dossier
        server, template = request.getfixturevalue("postgres"), request.getfixturevalue("postgres_template")
        name = slug.replace("-", "_")
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return new_postgresql_dossier(slug, name="Essai", database=name, options=server.options)

    return copy


@pytest.fixture(scope="session")
def shared_dossier(copy_template: Callable[[str], Dossier]) -> Callable[[str], Dossier]:
    """One dossier an engine for the whole session, for the tests that roll back."""
    made: dict[str, Dossier] = {}

    def get(engine: str) -> Dossier:
        if engine not in made:
            made[engine] = replace(copy_template(engine), slug="essai")
        return made[engine]

    return get


def _rolled_back(dossier: Dossier, blocker) -> Iterator[Dossier]:
    registry.register(dossier)
    with blocker.unblock(), bound(dossier), transaction.atomic():
        yield dossier
        if not connection.needs_rollback:
            connection.check_constraints()  # what COMMIT would have refused
        transaction.set_rollback(True)


@pytest.fixture(params=ENGINES)
def dossier(request: pytest.FixtureRequest, shared_dossier, django_db_blocker) -> Iterator[Dossier]:
    """An open dossier, on each engine in turn; rolled back."""
    yield from _rolled_back(shared_dossier(request.param), django_db_blocker)


@pytest.fixture
def sqlite_dossier(shared_dossier, django_db_blocker) -> Iterator[Dossier]:
    """An open dossier on SQLite; rolled back."""
    yield from _rolled_back(shared_dossier("sqlite"), django_db_blocker)


def _committed(dossier: Dossier, blocker) -> Iterator[Dossier]:
    registry.register(dossier)
    with blocker.unblock(), bound(dossier):
        yield dossier
        connections.forget(dossier)


@pytest.fixture(params=ENGINES)
def dossier_copy(request: pytest.FixtureRequest, copy_template, django_db_blocker) -> Iterator[Dossier]:
    """A dossier of its own, open, whose writes are committed; on each engine in turn."""
    dossier = copy_template(request.param)
    server = request.getfixturevalue("postgres") if dossier.engine == "postgresql" else None
    yield from _committed(dossier, django_db_blocker)
    if server is not None:
        server.execute(f"DROP DATABASE {dossier.location} WITH (FORCE)")


@pytest.fixture
def sqlite_copy(copy_template, django_db_blocker) -> Iterator[Dossier]:
    """A dossier of its own on SQLite, open, whose writes are committed."""
    yield from _committed(copy_template("sqlite"), django_db_blocker)
