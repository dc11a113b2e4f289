"""Clocks and identifiers for tills without a screen."""

import secrets
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def uuid7(*, at_ms: int, random_bits: int) -> str:
    """RFC 9562 version 7: 48 bits of Unix milliseconds, then 74 random bits around version and variant."""
    value = (at_ms & (1 << 48) - 1) << 80 | 0x7 << 76 | (random_bits >> 62 & 0xFFF) << 64
    value |= 0b10 << 62 | random_bits & (1 << 62) - 1
    return str(uuid.UUID(int=value))


def fresh_id() -> str:
    return uuid7(at_ms=time.time_ns() // 1_000_000, random_bits=secrets.randbits(74))


class WallClock:
    """The machine's own time, told in the shop's zone."""

    def __init__(self, *, zone: str = "Europe/Paris", now: Callable[[], datetime] | None = None) -> None:
        self.zone = zone
        self._zone = ZoneInfo(zone)
        self._now = now or (lambda: datetime.now(UTC))

    def now(self) -> str:
        return self._now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def offset_minutes(self) -> int:
        return int(self._now().astimezone(self._zone).utcoffset().total_seconds()) // 60  # type: ignore[union-attr]


class SetClock(WallClock):
    """A clock that shows what it was last told: replays and simulations."""

    def __init__(self, *, zone: str = "Europe/Paris") -> None:
        super().__init__(zone=zone, now=lambda: self._at)
        self._at = datetime(2000, 1, 1, tzinfo=UTC)

    def set_local(self, local: datetime) -> None:
        """Sets the shop's wall time (naive); the hour that occurs twice in autumn is taken as its first."""
        self._at = local.replace(tzinfo=self._zone).astimezone(UTC)

    def set_utc(self, at: datetime) -> None:
        self._at = at
