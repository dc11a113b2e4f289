"""A window: every record of one type whose id lies between two others, whatever its register, passed on the short way.

Identifiers follow time (UUIDv7), so a window is a stretch of the file: each page is read once and each index walked in its
order, where chain after chain would come back to the same pages for every register. What a window does not pass, for
whatever reason, is left to the slices of its chains (docs/decisions/0131-windows-before-slices.md)."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from hashlib import sha256
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from comptoir.engine.calendar import stamp
from comptoir.engine.seal import OPERATIONS

from .chain_check import function_named
from .chains import Chain
from .derived_tables import Projection, Row
from .exact_json import read_exact
from .perpetual import Totals
from .quick_check import WRONG, from_driver
from .reading import Reader
from .sealed import Fault, Sealed
from .short_check import Spelling, spelling_of
from .signatures import ES256, load_public_key, signature_der
from .slices import Place, place_before
from .window_rows import WindowRows

GROUP = 1_000  # signatures checked together


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
    """How the bodies of one type are read, and what takes their rows from a WindowRows: it raises Fault when one differs, and
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


_Signature = tuple[Callable[..., None], bytes, bytes]  # the key's `verify`, the signature in DER, what it signs


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
    " key, typeof(body) FROM fiscal_record WHERE id BETWEEN %s AND %s AND type = %s ORDER BY id"
)
_POSTGRES = (
    "SELECT chain, id::text, seq, body, to_sign, signature, business_date::text, session::text,"
    """ to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), register, generation, key, 'text'"""
    " FROM fiscal_record WHERE id BETWEEN %s AND %s AND type = %s ORDER BY id"
)


def check_window(reader: Reader, window: Window) -> Covered:
    """Walks the window once; passes all of it, or nothing when anything about it is not as it should be."""
    try:
        return _Walk(reader, window).covered()
    except WRONG:
        pass
    except Exception as problem:
        if not from_driver(problem):
            raise
    return Covered([], [0] * len(window.projection.tables))


def next_id(identity: str) -> str:
    """The identifier after this one, spelled alike; raises ValueError for what is none."""
    plain = identity.replace("-", "")
    after = f"{int(plain, 16) + 1:032x}"
    return after if plain == identity else f"{after[:8]}-{after[8:12]}-{after[12:16]}-{after[16:20]}-{after[20:]}"


class _Walk:
    def __init__(self, reader: Reader, window: Window) -> None:
        self.reader, self.window = reader, window
        self.typed: Typed = function_named(window.projection.typed)
        self.project = function_named(window.projection.projector)
        self.spelling: Spelling = spelling_of(reader.vendor)
        self.states: dict[str, _State] = {}
        self._sessions: dict[str | None, str | None] = {None: None}

    def covered(self) -> Covered:
        """What there is of each chain and table; raises when anything is not as it should be. A signature would push out
        of the processor's own memory what the next record is read with: they are checked many at a time."""
        window = self.window
        sql = _SQLITE if self.reader.vendor == "sqlite" else _POSTGRES
        records = self.reader.stream(sql, (window.low, window.high, window.kind))
        derived = WindowRows(self.reader, window.projection.tables, low=window.low, high=window.high)
        while signatures := self._take(islice(records, GROUP), derived):
            for verify, der, signed in signatures:
                verify(der, signed, ES256)
        derived.end()
        return Covered([(name, one.first, one.expected - 1) for name, one in self.states.items()], derived.taken)

    def _take(self, rows: Iterable[Row], derived: WindowRows) -> list["_Signature"]:
        """The signatures of these records, left to check. One loop for the rest: a call costs here what a comparison costs elsewhere."""
        decode, take_rows = self.typed.decoder.decode, self.typed.take_rows
        id_of, at_of = self.spelling
        signatures: list[_Signature] = []
        stored = self.reader.vendor == "sqlite"  # rows are compared as SQLite stores them
        states, sessions = self.states, self._sessions
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
            signatures.append((state.verify, signature_der(signature), to_sign.encode()))
            if not take_rows(body, record=identity, session=session, at=at, id_of=id_of, derived=derived):
                plain = self.spelling.of_body(read_exact(raw))
                sealed = Sealed(identity, state.chain, seq, plain, "", to_sign, signature, state.previous)
                for place, (_, wanted) in enumerate(self.project(sealed)):
                    derived.take(identity, place, wanted)
            state.previous = signature
            state.expected += 1
        return signatures

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
