"""One stretch of a chain held against what its records say of themselves. Pure, so that other processes can run it.

Nothing is repriced: `verify` asks whether what was sealed is still there, word for word, and whether the rows that
were derived from it still say the same."""

import importlib
from collections.abc import Sequence
from typing import Any, NamedTuple

from .perpetual import Totals, follow_totals
from .projection import record_row
from .sealed import Fault, Sealed, read_sealed
from .sealed_heads import CARRYING, SealedHead, heads_in
from .signatures import KeyRefused, load_public_key, signature_holds

COLUMNS = (
    "id", "chain", "seq", "type", "register", "generation", "key", "body", "to_sign", "signature", "business_date",
    "session", "at",
)  # fmt: skip
Row = tuple[Any, ...]


class Finding(NamedTuple):
    """The first thing wrong in a chain: at which number, a code for programs, words for people."""

    chain: str
    seq: int
    code: str
    detail: str


class Stretch(NamedTuple):
    """Consecutive records of a chain, with what comes before them and the rows derived from them."""

    chain: str
    first: int  # the number expected first
    previous: str  # signature before it
    key: tuple[str, bytes] | None  # thumbprint and SubjectPublicKeyInfo
    rows: Sequence[Row]  # COLUMNS
    derived: Sequence[dict[str, list[Row]]]  # for each table, rows by record id
    projector: str  # "module:function" giving the rows that a record should have, table by table; "" for none
    optional: bool  # derived rows may all be absent (a Z not booked yet)
    totals: Totals | None = None  # perpetual totals before it, for a chain that carries them


class Checked(NamedTuple):
    """What a stretch gave: its first fault, or how many derived rows each table should hold, the heads that its Z sealed,
    and what the next stretch continues."""

    finding: Finding | None
    records: int
    derived: list[int]
    heads: list[SealedHead]
    previous: str = ""  # signature after it
    totals: Totals | None = None  # perpetual totals after it


def check_stretch(stretch: Stretch) -> Checked:
    """Walks the stretch and stops at its first wrong record."""
    public = _public_key(stretch.key)
    project = function_named(stretch.projector)
    expected, previous, totals = stretch.first, stretch.previous, stretch.totals
    counts = [0] * len(stretch.derived)
    heads: list[SealedHead] = []
    for row in stretch.rows:
        try:
            sealed = _record(row, expected=expected, previous=previous, key=stretch.key, public=public)
            if totals is not None:
                totals = follow_totals(totals, sealed.body)
            if project is not None:
                _derived(sealed, stretch, project, counts)
            if sealed.chain.type in CARRYING:
                heads += _heads(sealed)
        except Fault as fault:
            seq = min(row[2], expected) if fault.code in ("missing", "repeated") else row[2]
            return Checked(
                Finding(stretch.chain, seq, fault.code, fault.detail), expected - stretch.first, counts, heads
            )
        expected, previous = expected + 1, sealed.signature
    return Checked(None, expected - stretch.first, counts, heads, previous, totals)


def _public_key(key: tuple[str, bytes] | None) -> Any:
    """None when there is no key, or what stands in its place is none: then each record says so."""
    try:
        return load_public_key(key[1]) if key else None
    except KeyRefused:
        return None


def _heads(sealed: Sealed) -> list[SealedHead]:
    try:
        return [(*head, sealed.seq) for head in heads_in(sealed.chain.type, sealed.body)]
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise Fault("unreadable", "numéros scellés d’autres suites") from problem


def _record(row: Row, *, expected: int, previous: str, key: tuple[str, bytes] | None, public: Any) -> Sealed:
    values = dict(zip(COLUMNS, row, strict=True))
    if values["seq"] > expected:
        raise Fault("missing", f"le n° {expected} manque, le suivant est le n° {values['seq']}")
    if values["seq"] < expected:
        raise Fault("repeated", f"le n° {values['seq']} est là deux fois")
    try:
        sealed = read_sealed(
            {name: values[name] for name in ("id", "chain", "seq", "type", "body", "to_sign", "signature")}
        )
    except Fault as fault:
        raise _named(fault, values, public) from fault
    if key is None or public is None:
        raise Fault("unknown_key", "aucune clé n’est connue pour cette caisse")
    if sealed.body.get("key") != key[0]:
        raise Fault("unknown_key", "scellé par une autre clé que celle de l’inscription")
    if not signature_holds(public, text=sealed.to_sign, signature=sealed.signature):
        raise Fault("signature_wrong", "la signature ne correspond pas à ce qui est signé")
    if sealed.previous != previous:
        raise Fault("link_broken", "ne suit pas l’enregistrement précédent : retrait, ajout ou échange")
    odd = [
        name
        for name, said in zip(COLUMNS, record_row(sealed, received_at="")[:-1], strict=True)
        if said != values[name]
    ]
    if odd:
        raise Fault("columns_differ", f"la ligne dit autre chose que le contenu scellé : {', '.join(odd)}")
    return sealed


def _named(fault: Fault, values: dict[str, Any], public: Any) -> Fault:
    """Says which of the parts was changed: when the signature still holds, the signed string was not."""
    holds = public is not None and signature_holds(public, text=values["to_sign"], signature=values["signature"])
    if fault.code == "head_differs":
        return Fault(
            "moved", f"le contenu scellé porte un autre numéro, une autre chaîne ou un autre type ({fault.detail})"
        )
    if holds:
        return Fault("body_changed", f"le contenu a été modifié ({fault.detail})")
    if fault.code == "to_sign_differs":
        return Fault("seal_changed", f"la chaîne signée a été modifiée ({fault.detail})")
    return Fault("unreadable", f"le contenu n’est plus lisible ({fault.detail})")


def _derived(sealed: Sealed, stretch: Stretch, project: Any, counts: list[int]) -> None:
    found = [rows.get(sealed.id, []) for rows in stretch.derived]
    if stretch.optional and not any(found):
        return
    for index, (table, wanted) in enumerate(project(sealed)):
        counts[index] += len(wanted)
        if sorted(map(repr, found[index])) != sorted(map(repr, map(tuple, wanted))):
            raise Fault("rows_differ", f"la table {table} dit autre chose que le contenu scellé")


def function_named(name: str) -> Any:
    """The function at "module:function", None for an empty name: names travel to other processes, functions need not."""
    if not name:
        return None
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)
