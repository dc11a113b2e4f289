"""What a record asks to print, handed to the printing app in the transaction that books the record."""

from collections.abc import Sequence
from typing import Any

from comptoir.apps.fiscal.sealed import Sealed


def queue_prints(intents: Sequence[dict[str, Any]], *, sealed: Sealed) -> None:
    """Queues each intent once: the job's id decides, so a retry prints nothing twice."""
