"""What a soft till is handed from outside: storage, clock, signer, transport.

The till itself does no I/O, so that one deterministic simulator can drive it, crash it between any two steps and
lie to it about the time and the network."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

Record = dict[str, Any]  # an envelope of docs/developer/shapes.md section 3
State = dict[str, Any]


class HeadMoved(Exception):
    """The number about to be taken was taken meanwhile (a second tab, a stale copy): nothing was written."""


class TransportLost(Exception):
    """No answer, or half of one: the batch may or may not have been stored. The remedy is to send it again."""


class TransportRefused(Exception):
    """The server answered the whole batch with a problem document."""

    def __init__(self, *, status: int, code: str, detail: str) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail


class Storage(Protocol):
    """The till's only memory. `commit` is one durable transaction or nothing."""

    def load(self) -> State | None: ...

    def commit(self, *, state: State, record: Record) -> None:
        """Writes the record into journal and outbox together with the state that follows from it.

        Raises HeadMoved when the stored head of the record's chain is not the number before it."""

    def waiting(self, *, limit: int) -> Sequence[Record]:
        """The oldest records not yet acknowledged, in the order they were sealed."""

    def acknowledge(self, ids: Sequence[str]) -> None: ...


class Clock(Protocol):
    zone: str

    def now(self) -> str:
        """UTC instant, `2026-11-22T09:11:12Z`."""

    def offset_minutes(self) -> int: ...


class Signer(Protocol):
    thumbprint: str  # base64url SHA-256 of the SPKI DER

    def sign(self, text: str) -> str:
        """ECDSA P-256 with SHA-256 over the UTF-8 bytes, as base64url r||s without padding (86 characters)."""


class Transport(Protocol):
    def post_records(self, records: Sequence[Record]) -> dict[str, Any]:
        """Sends a batch; raises TransportLost or TransportRefused."""


NewId = Callable[[], str]
Point = Callable[[str], None]  # a named place where a test may cut the power
