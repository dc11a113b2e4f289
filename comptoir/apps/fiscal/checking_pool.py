"""The other processes of `verify`, from the side that gives them work. Started the same way from a command, from a server's
thread or from a test: nothing of the process that asks is loaded again in them (docs/decisions/0132-verify-from-anywhere.md)."""

import queue
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

from .checking_process import read_frame, write_frame
from .reading import Source
from .slices import Slice
from .windows import Window

_PATIENCE_SECONDS = 10


class CheckingLost(RuntimeError):
    """A process of the verification died: it has not been made, and nothing is known of the dossier."""


class CheckingPool:
    """So many processes, each with a thread of ours that hands it one part after the other."""

    def __init__(self, source: Source, *, processes: int) -> None:
        self._idle: queue.SimpleQueue[subprocess.Popen[bytes]] = queue.SimpleQueue()
        self._all = [_started(source) for _ in range(processes)]
        for process in self._all:
            self._idle.put(process)
        self._threads = ThreadPoolExecutor(processes, thread_name_prefix="verify")

    def submit(self, part: Slice | Window) -> "Future[Any]":
        """The outcome of a part, when a process is free; raises CheckingLost from its result when the process died."""
        return self._threads.submit(self._checked, part)

    def _checked(self, part: Slice | Window) -> Any:
        process = self._idle.get()
        assert process.stdin is not None and process.stdout is not None
        try:
            write_frame(process.stdin, part)
            return read_frame(process.stdout)
        except (EOFError, OSError) as problem:
            raise CheckingLost(f"process {process.pid} ended with code {process.poll()}") from problem
        finally:
            self._idle.put(process)

    def close(self) -> None:
        """Parts that nobody has begun are dropped; each process ends with its input."""
        self._threads.shutdown(wait=True, cancel_futures=True)
        for process in self._all:
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(BrokenPipeError):  # what a dead process was still to be told
                        pipe.close()
            try:
                process.wait(timeout=_PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _started(source: Source) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen(
        [sys.executable, "-m", "comptoir.apps.fiscal.checking_process"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    write_frame(process.stdin, source)
    return process


@contextmanager
def checking_pool(source: Source, *, processes: int) -> Iterator[CheckingPool]:
    pool = CheckingPool(source, processes=processes)
    try:
        yield pool
    finally:
        pool.close()
