"""What became of a mail: handed over, to be tried again later, or given up. Either end erases the address."""

from datetime import datetime, timedelta

from django.db import transaction

from ..models import CopyOutcome, WaitingAddress

PATIENCE = timedelta(days=2)
FIRST_WAIT_S = 60
LONGEST_WAIT_S = 3_600


@transaction.atomic
def end_copy(waiting: WaitingAddress, *, outcome: str, note: str, at: datetime) -> None:
    """Writes what became of the copy and erases the address, both or neither. `note` must not hold the address."""
    CopyOutcome.objects.create(copy=waiting.copy, outcome=outcome, note=note, at=at)
    waiting.delete()


def postpone_copy(waiting: WaitingAddress, *, note: str, at: datetime) -> None:
    """Tries again after 1, 2, 4… minutes, an hour at most; after two days the copy is given up, with what was said last."""
    if at - waiting.copy.asked_at > PATIENCE:
        return end_copy(waiting, outcome="given_up", note=note, at=at)
    wait_s = min(FIRST_WAIT_S * 2 ** min(waiting.attempts, 10), LONGEST_WAIT_S)
    waiting.attempts += 1
    waiting.not_before = at + timedelta(seconds=wait_s)
    waiting.save()
