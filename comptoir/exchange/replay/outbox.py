"""Emptying a soft till's outbox: send, forget what was acknowledged, send again what was not."""

from collections.abc import Callable, Sequence
from typing import Any

from .ports import Record, Transport, TransportLost, TransportRefused
from .softtill import SoftTill

PAUSES_SECONDS = (0.2, 0.5, 1, 2, 5, 10)


class OutboxStuck(Exception):
    """The server would not take the oldest waiting records; they are still in the outbox."""


def deliver(
    batch: Sequence[Record],
    *,
    transport: Transport,
    sleep: Callable[[float], None],
    patience: int = len(PAUSES_SECONDS),
) -> list[dict[str, Any]]:
    """Sends one batch until the server answers it; returns the answers (several when it had to be cut).

    A lost answer, a 408, 429 or 5xx is tried again with the same ids; a 413 is sent again by halves. Raises
    OutboxStuck after `patience` failures in a row, or at once for a refusal that will not change by itself."""
    failures = 0
    while True:
        try:
            return [transport.post_records(batch)]
        except TransportRefused as refused:
            if refused.status == 413 and len(batch) > 1:
                half = len(batch) // 2
                parts = (batch[:half], batch[half:])
                return [
                    answer
                    for part in parts
                    for answer in deliver(part, transport=transport, sleep=sleep, patience=patience)
                ]
            if refused.status not in (408, 429) and refused.status < 500:
                raise OutboxStuck(str(refused)) from refused
            cause: Exception = refused
        except TransportLost as lost:
            cause = lost
        failures += 1
        if failures >= patience:
            raise OutboxStuck(str(cause)) from cause
        sleep(PAUSES_SECONDS[min(failures, len(PAUSES_SECONDS)) - 1])


def synchronise(till: SoftTill, *, transport: Transport, sleep: Callable[[float], None], patience: int = 6) -> int:
    """Sends everything that waits; returns how many records the server acknowledged. Raises OutboxStuck."""
    done = 0
    while batch := till.next_batch():
        acknowledged = 0
        for answer in deliver(batch, transport=transport, sleep=sleep, patience=patience):
            acknowledged += len(till.take_answer(answer))
        if not acknowledged:
            raise OutboxStuck(f"nothing of {len(batch)} records was acknowledged")
        done += acknowledged
    return done
