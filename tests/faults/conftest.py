"""Sizes of the fault rings, the shop they start from, and what a failing seed leaves behind.

`COMPTOIR_FAULTS=full` (make faults) runs every ring at full size; otherwise a size that fits continuous integration."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

FULL = os.environ.get("COMPTOIR_FAULTS") == "full"
pytestmark = pytest.mark.slow


def size(*, ci: int, full: int) -> int:
    return full if FULL else ci


@pytest.fixture(scope="session", autouse=True)
def faults_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data folder of everything made once a session: the server's keys of the machines live there."""
    folder = tmp_path_factory.mktemp("faults-home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMPTOIR_HOME", str(folder))
        yield folder


@pytest.fixture(autouse=True)
def comptoir_home(
    request: pytest.FixtureRequest, faults_home: Path, tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:  # fmt: skip
    """Real servers get a folder each; machines share the session's."""
    folder = tmp_path_factory.mktemp("home") if "server" in request.fixturenames else faults_home
    monkeypatch.setenv("COMPTOIR_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def shop_content(faults_home: Path, tmp_path_factory: pytest.TempPathFactory, django_db_blocker) -> Iterator[bytes]:
    """A migrated, set-up SQLite file."""
    from .shop import build_shop

    with django_db_blocker.unblock():
        yield build_shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture(autouse=True)
def _open_database(django_db_blocker) -> Iterator[None]:
    """Machines bring their own databases: the guard of the test settings does not know them."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """A group that cannot be written is logged with its traceback: thousands here, all wanted."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def keep_seed(folder: Path, *, ring: str, seed: int, faults: list[str]) -> str:
    """The message of a failing seed: how to run it alone."""
    told = "\n".join(faults[:10])
    return f"{ring}, seed {seed} ({len(faults)} faults): COMPTOIR_SEED={seed} pytest {folder} -k {ring}\n{told}"
