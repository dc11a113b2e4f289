"""The other processes of `verify`, from the side that gives them work. Started the same way from a command, from a server's
thread or from a test: nothing of the process that asks is loaded again in them (docs/decisions/0132-verify-from-anywhere.md)."""

import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from typing import Any

from .checking_process import read_frame, write_frame
from .reading import Source
from .slices import Slice
from .windows import Window

_PATIENCE_SECONDS = 10
_AHEAD = 1  # parts that lie ready with a process while it checks another

_Asked = tuple[Slice | Window, "Future[Any]"]


class CheckingLost(RuntimeError):
    """A process of the verification died: it has not been made, and nothing is known of the dossier."""


class _Checker:
    """A process, and the two threads that write to it and read from it: neither ever waits for the other."""

    def __init__(self, source: Source, waiting: "queue.SimpleQueue[_Asked | None]") -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "comptoir.apps.fiscal.checking_process"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self.process.stdin is not None and self.process.stdout is not None
        self._input, self._output = self.process.stdin, self.process.stdout
        self._waiting = waiting
        self._handed: queue.SimpleQueue[Future[Any] | None] = queue.SimpleQueue()
        self._room = threading.Semaphore(1 + _AHEAD)
        write_frame(self._input, source)
        self._threads = [threading.Thread(target=one, name="verify", daemon=True) for one in (self._hand, self._hear)]
        for thread in self._threads:
            thread.start()

    def _hand(self) -> None:
        """Until a None waits: whoever finds it puts it back for the others."""
        while self._room.acquire() and (asked := self._waiting.get()) is not None:
            part, future = asked
            try:
                write_frame(self._input, part)
            except OSError as problem:
                self._lost(future, problem)
            else:
                self._handed.put(future)
        self._waiting.put(None)
        self._handed.put(None)

    def _hear(self) -> None:
        while (future := self._handed.get()) is not None:
            try:
                future.set_result(read_frame(self._output))
            except (EOFError, OSError) as problem:
                self._lost(future, problem)
            else:
                self._room.release()

    def _lost(self, future: "Future[Any]", problem: Exception) -> None:
        lost = CheckingLost(f"process {self.process.pid} ended with code {self.process.poll()}")
        lost.__cause__ = problem
        future.set_exception(lost)
        self._room.release()

    def close(self) -> None:
        for thread in self._threads:
            thread.join()
        for pipe in (self._input, self._output):
            with suppress(BrokenPipeError):  # what a dead process was still to be told
                pipe.close()
        try:
            self.process.wait(timeout=_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class CheckingPool:
    """So many processes, each with one part always lying ready: it goes straight on when it has answered, however late this
    process gets its turn."""

    def __init__(self, source: Source, *, processes: int) -> None:
        self._waiting: queue.SimpleQueue[_Asked | None] = queue.SimpleQueue()
        self._checkers = [_Checker(source, self._waiting) for _ in range(processes)]

    @property
    def processes(self) -> "list[subprocess.Popen[bytes]]":
        return [one.process for one in self._checkers]

    def submit(self, part: Slice | Window) -> "Future[Any]":
        """The outcome of a part, when a process is free; its result raises CheckingLost when the process died."""
        future: Future[Any] = Future()
        self._waiting.put((part, future))
        return future

    def close(self) -> None:
        """Parts that nobody has begun are dropped; each process ends with its input."""
        with suppress(queue.Empty):
            while True:
                self._waiting.get_nowait()
        self._waiting.put(None)
        for checker in self._checkers:
            checker.close()


@contextmanager
def checking_pool(source: Source, *, processes: int) -> Iterator[CheckingPool]:
    pool = CheckingPool(source, processes=processes)
    try:
        yield pool
    finally:
        pool.close()
