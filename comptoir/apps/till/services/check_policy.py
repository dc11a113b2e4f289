"""What a booked ticket did beside the shop's rules: prices off the catalogue, rights exceeded, unknown sessions.

Nothing is refused: the sale took place. Each finding becomes an event of the journal."""

from collections.abc import Sequence
from typing import Any

from comptoir.apps.fiscal.sealed import Sealed


def policy_events(tickets: Sequence[Sealed]) -> list[dict[str, Any]]:
    return []
