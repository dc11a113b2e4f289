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


@pytest.fixture(scope="session")
def shop_content(tmp_path_factory: pytest.TempPathFactory, django_db_blocker) -> Iterator[bytes]:
    """A migrated, set-up SQLite file; the server's key stays in a data folder of its own."""
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
