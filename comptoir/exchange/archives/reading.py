"""The sealed records of an archive, read from the dossier and checked on the way."""

import json
from collections.abc import Callable, Iterator

from comptoir.apps.fiscal.chain_check import COLUMNS, Finding, Row, Stretch, check_stretch
from comptoir.apps.fiscal.models import Record
from comptoir.apps.fiscal.sealed import signature_digest
from comptoir.apps.fiscal.sealed_heads import SealedHead

from .selection import Part, keys_of, stretches

_ENVELOPE = ("id", "chain", "seq", "type", "body", "to_sign", "signature")
Progress = Callable[[int], None]


class Reading:
    """One pass over the records of an archive: each row once, and what is wrong with them.

    The first fault of a chain is told; its records go into the archive all the same."""

    def __init__(self, parts: list[Part], *, progress: Progress) -> None:
        self.parts = parts
        self.progress = progress
        self.ruptures: list[Finding] = []
        self.last_signature: dict[str, str] = {}
        self._heads: dict[tuple[str, int], tuple[str, str]] = {}
        self._keys = {(key.register, key.generation): (key.thumbprint, bytes(key.spki)) for key in keys_of(parts)}

    def rows(self) -> Iterator[Row]:
        for part in self.parts:
            expected, previous, sound = part.first, part.previous, True
            for rows in stretches(part):
                if sound:
                    sound = self._check(part, expected, previous, rows)
                yield from rows
                expected, previous = rows[-1][2] + 1, rows[-1][9]
                self.progress(len(rows))
            self.last_signature[part.chain] = previous
        self._check_heads()

    def _check(self, part: Part, expected: int, previous: str, rows: list[Row]) -> bool:
        register, generation, _ = part.chain.split("-")
        key = self._keys.get((register, int(generation)))
        checked = check_stretch(Stretch(part.chain, expected, previous, key, rows, [], "", False))
        for chain, seq, digest, number in [*checked.heads, *_heads_of_periods(part, rows[: checked.records])]:
            self._heads[(chain, seq)] = (digest, f"{part.chain}-{number}")
        if checked.finding is not None:
            self.ruptures.append(checked.finding)
        return checked.finding is None

    def _check_heads(self) -> None:
        """Ends of chains that a Z, a month or a year sealed: a cut tail shows there."""
        broken = {finding.chain for finding in self.ruptures}
        for (chain, seq), (digest, number) in sorted(self._heads.items()):
            if chain in broken or seq == 0:
                continue
            stored = Record.objects.filter(chain=chain, seq=seq).values_list("signature", flat=True).first()
            if stored is None or signature_digest(stored) != digest:
                detail = f"la clôture {number} connaît une autre fin de chaîne : retrait ou échange"
                self.ruptures.append(Finding(chain, seq, "tail_cut" if stored is None else "z_differs", detail))
                broken.add(chain)


def _heads_of_periods(part: Part, rows: list[Row]) -> Iterator[SealedHead]:
    """The ends of the chains that these sound months and years summed."""
    if part.type in ("month", "year"):
        for row in rows:
            said = dict(zip(COLUMNS, row, strict=True))
            for head in json.loads(said["body"])["heads"]:
                yield head["chain"], head["seq"], head["digest"], said["seq"]


def envelope_line(row: Row) -> str:
    """A stored row as it travelled, on one line."""
    said = dict(zip(COLUMNS, row, strict=True))
    return json.dumps({key: said[key] for key in _ENVELOPE}, ensure_ascii=False, separators=(",", ":")) + "\n"
