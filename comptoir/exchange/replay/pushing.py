"""Sends sealed records while the till goes on selling: one batch under way at a time, in order."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from .outbox import OutboxStuck, deliver
from .ports import Record, Transport
from .softtill import SoftTill

BATCH = 50


class Pusher:
    def __init__(
        self, *, till: SoftTill, transport: Transport, sleep: Callable[[float], None], waiting: Callable[[], int]
    ) -> None:
        self._till, self._transport, self._sleep, self._waiting = till, transport, sleep, waiting
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="push")
        self._under_way: tuple[list[Record], Future] | None = None
        self.kept: list[dict[str, Any]] = []  # results of records that the server put in quarantine
        self.stored = 0

    def record_added(self) -> None:
        """Starts a batch when enough records wait and none is under way; waits when far too many do."""
        if self._waiting() >= 4 * BATCH:
            self._finish()
        if self._under_way is None or self._under_way[1].done():
            if self._under_way:
                self._finish()
            if self._waiting() >= BATCH:
                self._start()

    def drain(self) -> None:
        """Returns once the server holds everything. Raises OutboxStuck."""
        self._finish()
        while self._waiting():
            self._start()
            self._finish()

    def close(self) -> None:
        self._pool.shutdown(wait=True)

    def _start(self) -> None:
        batch = self._till.next_batch()
        self._under_way = (batch, self._pool.submit(deliver, batch, transport=self._transport, sleep=self._sleep))

    def _finish(self) -> None:
        if self._under_way is None:
            return
        batch, future = self._under_way
        self._under_way = None
        for answer in future.result():
            held = self._till.take_answer(answer)
            self.stored += len(held)
            self.kept += [row for row in held if row["status"] == "kept"]
        still = {record["id"] for record in self._till.next_batch(limit=len(batch))} & {r["id"] for r in batch}
        if still:
            raise OutboxStuck(f"{len(still)} of {len(batch)} records were not acknowledged")
