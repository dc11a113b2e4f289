"""A window: every record of one type whose id lies between two others, whatever its register, passed on the short way.

Identifiers follow time (UUIDv7), so a window is a stretch of the file: each page is read once and each index walked in its
order, where chain after chain would come back to the same pages for every register. What a window does not pass, for
whatever reason, is left to the slices of its chains (docs/decisions/0131-windows-before-slices.md)."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec

from comptoir.engine.calendar import stamp
from comptoir.engine.seal import OPERATIONS

from .chain_check import function_named
from .chains import Chain
from .derived_tables import Projection, Row
from .exact_json import read_exact
from .group_rows import GroupRows
from .perpetual import Totals
from .quick_check import WRONG, from_driver
from .reading import Reader
from .sealed import Fault, Sealed
from .short_check import Spelling, spelling_of
from .signatures import ES256, load_public_key, quick_signature_der
from .slices import Place, place_before

GROUP = 100  # records at a time: they and their rows stay in the processor's own memory


class TypedHead(msgspec.Struct, gc=False):
    """What every sealed body says of itself."""

    id: str
    chain: str
    seq: int
    register: str
    generation: int
    key: str
    alg: str
    format: str
    training: bool
    business_date: str
    session: str | None
    at: str
    offset_minutes: int


class Typed(NamedTuple):
    """How the bodies of one type are read, and what takes their rows from a GroupRows: it raises Fault when one differs, and
    says False when it has taken none: ask the projector."""

    decoder: "msgspec.json.Decoder[Any]"
    take_rows: Callable[..., bool]


class Known(NamedTuple):
    """A chain that a window may meet."""

    chain: Chain
    key: tuple[str, bytes]  # thumbprint and SubjectPublicKeyInfo
    start: Totals  # the totals that its first record continues


class Window(NamedTuple):
    """Records of one type with ids from `low` to `high`, and all that a process must know to pass them."""

    kind: str
    low: str
    high: str
    chains: dict[str, Known]
    projection: Projection


class Covered(NamedTuple):
    """What a window has passed: first and last number by chain, and how many rows of each derived table."""

    spans: list[tuple[str, int, int]]
    derived: list[int]


class _State:
    """Where a window stands in one chain."""

    __slots__ = (
        "absolute",
        "algebraic",
        "chain",
        "columns",
        "expected",
        "first",
        "head",
        "number",
        "previous",
        "verify",
    )

    def __init__(self, known: Known, place: Place, *, kind: str) -> None:
        chain, thumbprint = known.chain, known.key[0]
        self.chain = chain
        self.verify = load_public_key(known.key[1]).verify
        self.first = self.expected = place.first
        self.previous = place.previous
        self.algebraic, self.absolute = place.totals or (0, 0)
        self.number = f"{chain.register}-{chain.generation}-"
        self.columns = (chain.register, chain.generation, thumbprint, "text")
        self.head = (chain.name, chain.register, chain.generation, thumbprint, "ES256", f"{kind}/1", False)


_SQLITE = (
    "SELECT chain, id, seq, CAST(body AS BLOB), to_sign, signature, +business_date, session, +at, register, generation,"
    " key, typeof(body) FROM fiscal_record WHERE id BETWEEN %s AND %s AND type = %s ORDER BY id LIMIT %s"
)
_POSTGRES = (
    "SELECT chain, id::text, seq, body, to_sign, signature, business_date::text, session::text,"
    """ to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), register, generation, key, 'text'"""
    " FROM fiscal_record WHERE id BETWEEN %s AND %s AND type = %s ORDER BY id LIMIT %s"
)


def check_window(reader: Reader, window: Window) -> Covered:
    """Walks the window group by group and stops before the first group that does not agree in every respect."""
    walk = _Walk(reader, window)
    derived = [0] * len(window.projection.tables)
    spans: dict[str, tuple[int, int]] = {}
    low = window.low
    try:
        while rows := reader.fetch(walk.sql, (low, window.high, window.kind, GROUP)):
            passed = walk.group(rows)
            derived = [one + other for one, other in zip(derived, passed, strict=True)]
            spans = {name: (state.first, state.expected - 1) for name, state in walk.states.items()}
            if len(rows) < GROUP:
                break
            low = next_id(rows[-1][1])
    except WRONG:
        pass
    except Exception as problem:
        if not from_driver(problem):
            raise
    return Covered([(name, first, last) for name, (first, last) in spans.items()], derived)


def next_id(identity: str) -> str:
    """The identifier after this one, spelled alike; raises ValueError for what is none."""
    plain = identity.replace("-", "")
    after = f"{int(plain, 16) + 1:032x}"
    return after if plain == identity else f"{after[:8]}-{after[8:12]}-{after[12:16]}-{after[16:20]}-{after[20:]}"


class _Walk:
    def __init__(self, reader: Reader, window: Window) -> None:
        self.reader, self.window = reader, window
        self.stored = reader.vendor == "sqlite"  # rows are compared as SQLite stores them
        self.sql = _SQLITE if self.stored else _POSTGRES
        self.typed: Typed = function_named(window.projection.typed)
        self.project = function_named(window.projection.projector)
        self.spelling: Spelling = spelling_of(reader.vendor)
        self.states: dict[str, _State] = {}
        self._sessions: dict[str | None, str | None] = {None: None}

    def group(self, rows: Sequence[Row]) -> list[int]:
        """How many rows of each derived table these records have; raises when anything about them is not as it should be."""
        tables = self.window.projection.tables
        derived = GroupRows(self.reader, tables, first=rows[0][1], last=rows[-1][1])
        self._take(rows, derived)
        return derived.counts()

    def _take(self, rows: Iterable[Row], derived: GroupRows) -> None:
        """One loop for all of it: a call costs here what a comparison costs elsewhere. Signatures wait for its end: each
        would push out of the processor's own memory what the next record is read with."""
        decode, take_rows = self.typed.decoder.decode, self.typed.take_rows
        id_of, at_of = self.spelling
        waiting: list[tuple[Callable[..., None], bytes, bytes]] = []
        stored, states, sessions, streams = self.stored, self.states, self._sessions, derived.streams
        for (
            name, identity, seq, text, to_sign, signature, business_date, session, at, register, generation, key, kind
        ) in rows:  # fmt: skip
            state = states.get(name) or self._enter(name, seq)
            raw = text if stored else text.encode()
            body = decode(raw)
            gross_minor, said = body.priced.gross_minor, body.session
            state.algebraic += gross_minor
            state.absolute += gross_minor if gross_minor > 0 else -gross_minor
            if said not in sessions:
                sessions[said] = id_of(said)
            prefix = _prefix(body, state.number, "N" if state.previous else "O")
            if (
                to_sign != f"{prefix},{state.previous},{sha256(raw).hexdigest()}"
                or not state.expected == seq == body.seq
                or state.columns != (register, generation, key, kind)
                or state.head
                != (body.chain, body.register, body.generation, body.key, body.alg, body.format, body.training)
                or body.perpetual_algebraic_minor != state.algebraic
                or body.perpetual_absolute_minor != state.absolute
                or (id_of(body.id), sessions[said], at_of(body.at), body.business_date)
                != (identity, session, at, business_date)
            ):
                raise Fault("long_way")
            waiting.append((state.verify, quick_signature_der(signature), to_sign.encode()))
            if not take_rows(body, record=identity, session=session, at=at, id_of=id_of, streams=streams):
                plain = self.spelling.of_body(read_exact(raw))
                sealed = Sealed(identity, state.chain, seq, plain, "", to_sign, signature, state.previous)
                for place, (_, wanted) in enumerate(self.project(sealed)):
                    derived.take(identity, place, wanted)
            state.previous = signature
            state.expected += 1
        for verify, der, signed in waiting:
            verify(der, signed, ES256)

    def _enter(self, name: str, seq: Any) -> _State:
        """The place of a chain where this window meets it first; raises KeyError for a chain that nobody knows."""
        known = self.window.chains[name]
        if type(seq) is not int or seq < 1:
            raise Fault("long_way")
        place = place_before(self.reader, name, first=seq, carrying=True, start=known.start)
        state = self.states[name] = _State(known, place, kind=self.window.kind)
        return state


def _prefix(body: Any, number: str, flag: str) -> str:
    """What engine.seal.prefix_of says of a ticket."""
    at, offset, priced = body.at, body.offset_minutes, body.priced
    when = stamp(at, offset, "at") if offset % 60 else _hour(at[:13], offset) + at[14:16] + at[17:19]
    vat = "|".join([f"{_rate(row.vat_e4)}{row.gross_minor}" for row in priced.vat])
    return f"{vat},{priced.gross_minor},{when},{number}{body.seq},{OPERATIONS[body.operation]},{flag}"


@lru_cache(maxsize=256)
def _rate(vat_e4: int | None) -> str:
    return "HORS:" if vat_e4 is None else f"{vat_e4:04d}:"


@lru_cache(maxsize=4096)
def _hour(hour: str, offset_minutes: int) -> str:
    """`2026-11-22T09` as the local `AAAAMMJJHH`, for an offset of whole hours."""
    return stamp(f"{hour}:00:00Z", offset_minutes, "at")[:10]
