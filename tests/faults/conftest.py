"""Sizes of the fault rings, the shop they start from, and what a failing seed leaves behind.

`COMPTOIR_FAULTS=full` (make faults) runs every ring at full size, `COMPTOIR_FAULTS=10` at ten hundredths of it; otherwise a size that
fits continuous integration."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ENGINES

if TYPE_CHECKING:
    from comptoir.dossiers.binding import Dossier

    from .house import House

_WANTED = os.environ.get("COMPTOIR_FAULTS", "")
HUNDREDTHS = 100 if _WANTED == "full" else int(_WANTED) if _WANTED.isdigit() else 0
FULL = HUNDREDTHS == 100
pytestmark = pytest.mark.slow


def size(*, ci: int, full: int) -> int:
    return full if FULL else max(ci, full * HUNDREDTHS // 100)


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
    """Real servers get a folder each; machines share the session's, and those who share a served house have its folder."""
    if "standing_house" in request.fixturenames:
        folder = request.getfixturevalue("standing_house").home
    else:
        served = {"server", "house"} & set(request.fixturenames)
        folder = tmp_path_factory.mktemp("home") if served else faults_home
    monkeypatch.setenv("COMPTOIR_HOME", str(folder))
    return folder


@pytest.fixture(params=ENGINES)
def house(
    request: pytest.FixtureRequest, comptoir_home: Path, copy_template: Callable[[str], Dossier]
) -> Iterator[House]:  # fmt: skip
    """A shop of its own with registers T1 and T2, served by a process that the test may kill; on each engine in turn."""
    from .house import furnish

    copied = copy_template(request.param)
    house = furnish(copied, comptoir_home, "T1", "T2")
    drop = _dropper(copied, request)
    yield house
    house.server.stop()
    drop()


@pytest.fixture(scope="module", params=ENGINES)
def standing_house(
    request: pytest.FixtureRequest, copy_template: Callable[[str], Dossier], tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker,
) -> Iterator[House]:  # fmt: skip
    """One served shop for all tests of a module that neither kill it nor need it empty; each adds its own registers."""
    from .house import furnish

    home = tmp_path_factory.mktemp("standing")
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMPTOIR_HOME", str(home))
        copied = copy_template(request.param)
        house = furnish(copied, home)
        drop = _dropper(copied, request)
        house.server.start()
        yield house
        house.server.stop()
        drop()


def _dropper(dossier: Dossier, request: pytest.FixtureRequest) -> Callable[[], None]:
    """What takes the copied database away again; a file goes with its folder."""
    if dossier.engine == "sqlite":
        return lambda: None
    server = request.getfixturevalue("postgres")
    return lambda: server.execute(f"DROP DATABASE IF EXISTS {dossier.location} WITH (FORCE)")


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
