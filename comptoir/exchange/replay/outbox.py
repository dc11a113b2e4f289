"""Emptying a soft till's outbox: send, forget what was acknowledged, send again what was not."""

from collections.abc import Callable

from .ports import Transport, TransportLost, TransportRefused
from .softtill import MAX_BATCH_RECORDS, SoftTill

PAUSES_SECONDS = (0.2, 0.5, 1, 2, 5, 10)


class OutboxStuck(Exception):
    """The server would not take the oldest waiting records; they are still in the outbox."""


def synchronise(
    till: SoftTill,
    *,
    transport: Transport,
    sleep: Callable[[float], None],
    patience: int = len(PAUSES_SECONDS),
) -> int:
    """Sends everything that waits; returns how many records the server acknowledged.

    A lost answer or a 5xx is tried again with the same ids; a 413 is tried again by halves. Raises OutboxStuck after
    `patience` failures in a row, or at once for a refusal that will not change by itself (401, 403, 404, 422)."""
    done, failures, limit = 0, 0, MAX_BATCH_RECORDS
    while batch := till.next_batch(limit=limit):
        try:
            acknowledged = till.take_answer(transport.post_records(batch))
            if not acknowledged:
                raise OutboxStuck(f"nothing of {len(batch)} records was acknowledged")
            done, failures, limit = done + len(acknowledged), 0, MAX_BATCH_RECORDS
        except TransportRefused as refused:
            if refused.status == 413 and len(batch) > 1:
                limit = len(batch) // 2
            elif refused.status in (408, 429) or refused.status >= 500:
                failures = _wait_or_give_up(failures, patience=patience, cause=refused, sleep=sleep)
            else:
                raise OutboxStuck(str(refused)) from refused
        except TransportLost as lost:
            failures = _wait_or_give_up(failures, patience=patience, cause=lost, sleep=sleep)
    return done


def _wait_or_give_up(failures: int, *, patience: int, cause: Exception, sleep: Callable[[float], None]) -> int:
    if failures + 1 >= patience:
        raise OutboxStuck(str(cause)) from cause
    sleep(PAUSES_SECONDS[min(failures, len(PAUSES_SECONDS) - 1)])
    return failures + 1
