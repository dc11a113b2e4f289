"""The soft till's storage held in memory, with the two ways a browser can keep it: strict and relaxed."""

import copy
from collections.abc import Sequence

from .ports import HeadMoved, Record, State


class MemoryStorage:
    """`strict` makes each commit survive a crash; without it, commits since the last `settle` are lost by one."""

    def __init__(self, *, strict: bool = True, copies: bool = True) -> None:
        self.strict = strict
        self._copy = copy.deepcopy if copies else lambda state: state  # a replay has no crash to come back from
        self._state: State | None = None
        self._outbox: dict[str, Record] = {}
        self._safe: tuple[State | None, dict[str, Record]] = (None, {})

    def load(self) -> State | None:
        return self._copy(self._state)

    def commit(self, *, state: State, record: Record) -> None:
        heads = self._state["heads"] if self._state else {}
        stored = heads.get(record["chain"], {"seq": 0})["seq"]
        if stored != record["seq"] - 1:
            raise HeadMoved(f"{record['chain']}: stored {stored}, about to write {record['seq']}")
        self._state = self._copy(state)
        self._outbox[record["id"]] = record
        if self.strict:
            self.settle()

    def waiting(self, *, limit: int) -> Sequence[Record]:
        return [record for _, record in zip(range(limit), self._outbox.values(), strict=False)]

    def acknowledge(self, ids: Sequence[str]) -> None:
        for record_id in ids:
            self._outbox.pop(record_id, None)
        if self.strict:
            self.settle()

    def count(self) -> int:
        return len(self._outbox)

    def settle(self) -> None:
        """What the disk would hold after the browser wrote everything it had promised."""
        self._safe = (self._state, dict(self._outbox))

    def crash(self) -> None:
        """The machine stops: what was not settled is gone."""
        state, outbox = self._safe
        self._state, self._outbox = state, dict(outbox)
