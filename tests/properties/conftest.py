"""Properties of the engine, on both runtimes: those of its other tests."""

from tests.engine.conftest import cpython, micropython

__all__ = ["cpython", "micropython"]
