"""Properties of the engine, on both runtimes."""

from collections.abc import Iterator

import pytest

from tests.engine.runtimes import CPython, MicroPython, micropython_missing


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
