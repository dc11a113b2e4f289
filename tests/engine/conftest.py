"""The engine's tests run on both runtimes; MicroPython is started once."""

from collections.abc import Iterator

import pytest

from .runtimes import CPython, MicroPython, micropython_missing


@pytest.fixture(scope="session")
def cpython() -> CPython:
    return CPython()


@pytest.fixture(scope="session")
def micropython() -> Iterator[MicroPython]:
    missing = micropython_missing()
    if missing:
        pytest.skip(missing)
    runtime = MicroPython()
    yield runtime
    runtime.close()
