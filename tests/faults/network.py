"""A network in virtual time that loses, repeats, delays and reorders, driven by one random generator."""

import heapq
import random
from collections.abc import Callable
from typing import Any, NamedTuple


class Weather(NamedTuple):
    """Chances in per cent, and the longest delay in virtual milliseconds."""

    lost: int = 10
    repeated: int = 10
    longest_ms: int = 4_000


CLEAR = Weather(lost=0, repeated=0, longest_ms=1)


class Clock:
    """Virtual time: it moves only when something is delivered."""

    def __init__(self) -> None:
        self.ms = 1_763_800_000_000

    def advance_to(self, ms: int) -> None:
        self.ms = max(self.ms, ms)


class Network:
    """Messages under way. Two sent at once may arrive in any order, twice, or never."""

    def __init__(self, *, rng: random.Random, clock: Clock) -> None:
        self.weather = Weather()
        self._rng, self._clock = rng, clock
        self._queue: list[tuple[int, int, Callable[[Any], None], Any]] = []
        self._count = 0
        self.lost = self.repeated = self.delivered = 0

    def send(self, to: Callable[[Any], None], message: Any) -> None:
        copies = 1
        if self._rng.randrange(100) < self.weather.lost:
            copies, self.lost = 0, self.lost + 1
        elif self._rng.randrange(100) < self.weather.repeated:
            copies, self.repeated = 2, self.repeated + 1
        for _ in range(copies):
            self._count += 1
            due = self._clock.ms + self._rng.randrange(1, self.weather.longest_ms + 1)
            heapq.heappush(self._queue, (due, self._count, to, message))

    def deliver_one(self) -> bool:
        """The next message arrives; False when nothing is under way."""
        if not self._queue:
            return False
        due, _, to, message = heapq.heappop(self._queue)
        self._clock.advance_to(due)
        self.delivered += 1
        to(message)
        return True
