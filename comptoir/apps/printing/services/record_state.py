"""Writes down what became of a job."""

from datetime import datetime
from uuid import UUID

from comptoir.apps.printing.models import PrintState


def record_state(
    job: UUID, *, state: str, message: str, pulse: bool, attempts: int, not_before: datetime | None, at: datetime
) -> PrintState:
    """Appends a state. The database refuses one that is not in the list."""
    return PrintState.objects.create(
        job_id=job, state=state, message=message, pulse=pulse, attempts=attempts, not_before=not_before, at=at
    )
