"""How often a device may call: a bucket a device, in memory. It tames a till gone mad; it is no accounting."""

import threading
import time

from comptoir.apps.fiscal.server_key import dossier_id

from .problems import Problem

PER_SECOND = 400.0  # a lone till sending ticket after ticket stays under it, a loop gone wild does not
BURST = 2000.0

_lock = threading.Lock()
_buckets: dict[tuple[object, str], tuple[float, float]] = {}  # left, when


def spend(name: str, *, cost: float = 1.0, per_second: float = PER_SECOND, burst: float = BURST) -> None:
    """Takes from a bucket; raises Problem 429 when it is empty."""
    key, now = (dossier_id(), name), time.monotonic()
    with _lock:
        left, before = _buckets.get(key, (burst, now))
        left = min(burst, left + (now - before) * per_second)
        if left < cost:
            _buckets[key] = (left, now)
            raise Problem(429, "too_fast", retry_after=max(1, round((cost - left) / per_second)))
        _buckets[key] = (left - cost, now)
