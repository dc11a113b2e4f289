"""What others may ask of the sealed records: heads of chains, keys, records, what is kept aside."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from django.db import connection
from django.db.models import Max, QuerySet

from .chains import SERVER, parse_chain
from .models import Event, KeptRecord, Record, SealingKey
from .raw_rows import fetch_rows, instant_text
from .sealed import Sealed, read_sealed
from .server_key import dossier_id
from .signatures import load_public_key

_keys: dict[tuple[Any, str, int], tuple[str, ec.EllipticCurvePublicKey]] = {}  # append-only rows: never stale
_all_keys: dict[tuple[Any, str], list[tuple[str, int, str, bytes]]] = {}


class Head(NamedTuple):
    """The last record of a chain; sequence 0 and an empty signature before the first."""

    seq: int
    signature: str
    at: str


NO_HEAD = Head(0, "", "")
CHAINS_AT_ONCE = 400  # SQLite takes 500 terms in a compound SELECT: a hundred registers have more chains than that


def heads_of(chains: Iterable[str]) -> dict[str, Head]:
    """The heads of these chains, in as few round trips as can be; a chain without record is absent."""
    rows = _head_rows(list(chains), columns="chain, seq, signature, at")
    return {chain: Head(seq, signature, instant_text(at)) for chain, seq, signature, at in rows}


def last_received() -> str | None:
    """The latest instant at which the server, by its own clock, received or sealed the head of a chain; None before any.

    Numbers and instants rise together but for a clock gone back, so that heads are looked at, not every record."""
    return max((instant_text(at) for (at,) in _head_rows(chain_names(), columns="received_at")), default=None)


def _head_rows(names: Sequence[str], *, columns: str) -> list[Any]:
    one = (
        f"SELECT * FROM (SELECT {columns} FROM fiscal_record WHERE chain = %s"  # noqa: S608 - columns of this module
        " ORDER BY seq DESC LIMIT 1) AS head"
    )
    rows: list[Any] = []
    for start in range(0, len(names), CHAINS_AT_ONCE):
        some = names[start : start + CHAINS_AT_ONCE]
        rows += fetch_rows(connection, " UNION ALL ".join([one] * len(some)), some)
    return rows


def chain_names() -> list[str]:
    """Every chain that has a record, in order. Walks the index from one chain to the next, not row by row."""
    names: list[str] = []
    ordered = Record.objects.order_by("chain").values_list("chain", flat=True)
    found = ordered.first()
    while found is not None:
        names.append(found)
        found = ordered.filter(chain__gt=found).first()
    return names


def register_heads(register: str) -> dict[str, Head]:
    """The heads of every chain of a register, all generations."""
    return heads_of(chain for chain in chain_names() if chain.split("-")[0] == register)


def sealing_key(register: str, *, generation: int) -> tuple[str, ec.EllipticCurvePublicKey] | None:
    """Thumbprint and public key that seal for this register and generation, or None."""
    place = (dossier_id(), register, generation)
    found = _keys.get(place)
    if found is None or connection.in_atomic_block:  # what is not committed yet may still be undone
        row = SealingKey.objects.filter(register=register, generation=generation).first()
        if row is None:
            return None
        found = (row.thumbprint, load_public_key(bytes(row.spki)))
        if not connection.in_atomic_block:
            _keys[place] = found
    return found


def sealing_keys_of(register: str) -> list[tuple[str, int, str, bytes]]:
    """Register, generation, thumbprint and public key (DER) of every key of a register, as this process last read them."""
    place = (dossier_id(), register)
    found = _all_keys.get(place)
    if not found:
        rows = SealingKey.objects.filter(register=register).order_by("generation")
        found = [(register, row.generation, row.thumbprint, bytes(row.spki)) for row in rows]
        if not connection.in_atomic_block:
            _all_keys[place] = found
    return found


def forget_sealing_keys(register: str) -> None:
    """Has `sealing_keys_of` read them again: a key was met that it did not know."""
    _all_keys.pop((dossier_id(), register), None)


def latest_generation(register: str) -> int:
    """The last enrolment generation of a register, or of the server (`S`); 0 before the first."""
    return SealingKey.objects.filter(register=register).aggregate(last=Max("generation"))["last"] or 0


def server_public_key() -> bytes:
    """SubjectPublicKeyInfo of the server's current key; empty before the first."""
    row = SealingKey.objects.filter(register=SERVER).order_by("-generation").first()
    return bytes(row.spki) if row else b""


def record_by_number(chain: str, *, seq: int) -> Record | None:
    return Record.objects.filter(chain=chain, seq=seq).first()


def sealed_record(chain: str, *, seq: int) -> Sealed | None:
    """A stored record, read again from its text; raises Fault when it no longer reads well."""
    record = record_by_number(chain, seq=seq)
    return None if record is None else read_sealed(envelope_of(record))


def envelope_of(record: Record) -> dict[str, Any]:
    """A stored record as it travels."""
    fields = ("chain", "seq", "type", "body", "to_sign", "signature")
    return {"id": str(record.id), **{field: getattr(record, field) for field in fields}}


def enrolment_of(register: str, *, generation: int) -> Sealed | None:
    """The server's sealed record that let this generation in."""
    key = SealingKey.objects.filter(register=register, generation=generation).first()
    record = None if key is None or key.enrolment is None else Record.objects.filter(id=key.enrolment).first()
    return None if record is None else read_sealed(envelope_of(record))


def enrolment_records() -> QuerySet[Record]:
    """The sealed enrolments, found by the names of their chains: only those are indexed, and records are many."""
    parsed = [(name, parse_chain(name)) for name in chain_names()]
    names = [
        name for name, chain in parsed if chain is not None and (chain.register, chain.type) == (SERVER, "enrolment")
    ]
    return Record.objects.filter(chain__in=names).order_by("chain", "seq")


def enrolled_totals() -> dict[tuple[str, int], tuple[int, int]]:
    """The perpetual totals (algebraic, absolute) that each register's generation continues, as enrolments seal them."""
    found: dict[tuple[str, int], tuple[int, int]] = {}
    for record in enrolment_records():
        try:
            said = json.loads(record.body)["enrolled"]
            start = said.get("perpetual") or {}
            found[said["register"], said["generation"]] = (
                start.get("algebraic_minor", 0), start.get("absolute_minor", 0),
            )  # fmt: skip
        except (ValueError, KeyError, TypeError, AttributeError):
            continue  # the walk of its chain says what is wrong with it
    return found


def waiting_for_gap(heads: dict[str, int]) -> list[tuple[str, str, int, dict[str, Any], str]]:
    """Records kept for a missing number and not booked since, of the chains that have come as far as the first of them: id,
    chain, number, envelope, sender. `heads` are the last numbers of the chains to look at."""
    chains = _reached(heads)
    if not chains:
        return []
    marks = ", ".join(["%s"] * len(chains))
    sql = f"SELECT k.id, k.chain, k.seq, k.envelope, k.sender {_WAITING} AND k.chain IN ({marks}) ORDER BY k.id"  # noqa: S608
    rows = fetch_rows(connection, sql, chains)
    return [(str(UUID(str(one))), chain, seq, json.loads(text), sender) for one, chain, seq, text, sender in rows]


_WAITING = "FROM fiscal_keptrecord k LEFT JOIN fiscal_resolution r ON r.kept_id = k.id WHERE k.code = 'gap' AND r.kept_id IS NULL"


def _reached(heads: dict[str, int]) -> list[str]:
    """Chains of which a record waits for no other than those that are here. Behind a number that never comes a till's every
    later record waits: they are not read again at each sale."""
    places = list(heads.items())
    found: list[str] = []
    for start in range(0, len(places), CHAINS_AT_ONCE):
        some = places[start : start + CHAINS_AT_ONCE]
        where = " OR ".join(["(k.chain = %s AND k.seq <= %s)"] * len(some))
        sql = f"SELECT DISTINCT k.chain {_WAITING} AND ({where})"  # noqa: S608 - marks only
        found += [
            chain for (chain,) in fetch_rows(connection, sql, [one for name, seq in some for one in (name, seq + 1)])
        ]
    return found


def open_kept() -> QuerySet[KeptRecord]:
    """Records set aside that nothing has resolved yet, oldest first."""
    return KeptRecord.objects.filter(resolution__isnull=True).order_by("received_at", "id")


def journal() -> QuerySet[Event]:
    """The technical event journal, latest first."""
    return Event.objects.order_by("-at", "-record_id")
