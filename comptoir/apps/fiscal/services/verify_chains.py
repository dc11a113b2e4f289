"""Verification of every chain: in slices, in constant memory, on every core when the dossier is large.

The caller hands in the projections (which rows should follow from a record): this app knows none of those above it."""

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db import connection

from ..chain_check import COLUMNS, Finding
from ..chains import parse_chain
from ..checking_pool import checking_pool
from ..checking_process import check_with
from ..coverage import Coverage
from ..derived_tables import Projection
from ..extra_rows import first_extra_row
from ..models import Record, SealingKey
from ..own_reading import OwnReader, source_of
from ..perpetual import Totals
from ..queries import chain_names, enrolled_totals, heads_of
from ..raw_rows import fetch_rows
from ..raw_tables import RawTable
from ..sealed import signature_digest
from ..slices import Outcome, Slice
from ..windows import Known, Window, next_id

SLICE = 2_000  # records that a process takes at a time
LARGE = 20_000  # records from which other processes are worth their start
_RECORDS = RawTable(Record, *COLUMNS)


class Verified(NamedTuple):
    """What a verification found: the first wrong record of each chain, and how much was looked at."""

    findings: list[Finding]
    records: int
    heads: dict[str, int]


Progress = Callable[[int], None]
Part, Result = TypeVar("Part"), TypeVar("Result")
Submit = Callable[[Part], Future[Result]]


def verify_chains(
    *, projections: dict[str, Projection], progress: Progress = lambda steps: None, processes: int | None = None
) -> Verified:
    """Recomputes every record of every chain: digest, signed string, signature, number, link, columns, perpetual totals,
    derived rows; then the heads that each Z, enrolment and change of key sealed. Reads only; what is sealed meanwhile is left to the next time."""
    walk = _Walk(projections, progress)
    stored = _stored_counts(walk)  # before the heads: what comes in between is explained, never extra
    tops = _tops()
    with _runner(processes, sum(tops.values())) as submit:
        walk.all(tops, submit)
    findings = walk.findings + _check_sealed_heads(walk)
    findings += [] if findings else _check_counts(walk, stored)
    return Verified(sorted(findings), walk.records, tops)


def _tops() -> dict[str, int]:
    """The last number of each chain. A number that is no number counts for nothing: the count of rows will tell."""
    sql = "SELECT MAX(seq) FROM fiscal_record WHERE chain = %s AND seq < %s"
    return {chain: fetch_rows(connection, sql, [chain, 2**62])[0][0] or 0 for chain in chain_names()}


class _Walk:
    """The state of a verification between two slices."""

    def __init__(self, projections: dict[str, Projection], progress: Progress) -> None:
        self.projections = projections
        self.progress = progress
        self.findings: list[Finding] = []
        self.records = 0
        self.counts = {table.table.name: 0 for one in projections.values() for table in one.tables}
        self.gone_heads: dict[tuple[str, int, str], tuple[str, int]] = {}
        self.coverage = Coverage()
        keys = SealingKey.objects.values_list("register", "generation", "thumbprint", "spki")
        self.keys = {(register, generation): (thumb, bytes(spki)) for register, generation, thumb, spki in keys}
        self.starts = enrolled_totals()

    def all(self, tops: dict[str, int], submit: Submit) -> None:
        """Windows first, which pass nearly everything; then the slices of what they left. Some parts are being checked
        while others wait. A chain ends at its first wrong record."""
        for covered, window in _in_turns(self.windows(tops), submit):
            self.coverage.add(covered.spans)
            self._count(sum(last - first + 1 for _, first, last in covered.spans), window.projection, covered.derived)
        broken: set[str] = set()
        rest = (part for chain, top in tops.items() for part in self.slices(chain, top=top))
        for outcome, part in _in_turns((part for part in rest if part.name not in broken), submit):
            if part.name not in broken:  # what follows a wrong record says nothing by itself
                self._take(outcome, part, broken)

    def windows(self, tops: dict[str, int]) -> Iterator[Window]:
        for kind, projection in self.projections.items():
            if not projection.typed:
                continue
            chains: dict[str, Known] = {}
            for name in tops:
                chain = parse_chain(name)
                key = self.keys.get((chain.register, chain.generation)) if chain else None
                if chain is not None and chain.type == kind and key is not None and _counts_from_one(name):
                    chains[name] = Known(chain, key, self.starts.get((chain.register, chain.generation), (0, 0)))
            for low, high in _stretches_of_ids() if chains else ():
                yield Window(kind, low, high, chains, projection)

    def slices(self, name: str, *, top: int) -> Iterator[Slice]:
        chain = parse_chain(name)
        place = (chain.register, chain.generation) if chain else ("", 0)
        projection = self.projections.get(chain.type) if chain else None
        start: Totals = self.starts.get(place, (0, 0))
        for begin, end in self.coverage.gaps(name, top=top):
            for first in range(begin, max(begin, end) + 1, SLICE):
                last = min(first + SLICE - 1, end)
                yield Slice(name, chain, first, last, self.keys.get(place), projection, start, _RECORDS)

    def _take(self, outcome: Outcome, part: Slice, broken: set[str]) -> None:
        self._count(outcome.records, part.projection, outcome.derived)
        for chain, seq, digest, z in outcome.heads:
            self.gone_heads.setdefault((chain, seq, digest), (part.name, z))
        if outcome.finding is not None:
            broken.add(part.name)
            self.findings.append(outcome.finding)

    def _count(self, records: int, projection: Projection | None, derived: list[int]) -> None:
        self.records += records
        self.progress(records)
        for table, count in zip(projection.tables if projection else (), derived, strict=True):
            self.counts[table.table.name] += count


def _in_turns(parts: Iterator[Part], submit: Submit[Part, Result]) -> Iterator[tuple[Result, Part]]:
    """The results in the order of the parts, a few of which are always being worked on."""
    waiting: deque[tuple[Future[Result], Part]] = deque()
    for part in parts:
        waiting.append((submit(part), part))
        if len(waiting) > 4 * (os.cpu_count() or 1):
            future, done = waiting.popleft()
            yield future.result(), done
    for future, done in waiting:
        yield future.result(), done


def _counts_from_one(chain: str) -> bool:
    """Otherwise the slices look from below its first number."""
    return fetch_rows(connection, "SELECT MIN(seq) FROM fiscal_record WHERE chain = %s", [chain])[0][0] == 1


def _stretches_of_ids() -> Iterator[tuple[str, str]]:
    """The identifiers of all records cut in stretches of so many. One that is no identifier ends them."""
    low, highest = str(UUID(int=0)), str(UUID(int=2**128 - 1))
    if connection.vendor == "sqlite":
        low, highest = low.replace("-", ""), highest.replace("-", "")
    sql = "SELECT id FROM fiscal_record WHERE id >= %s ORDER BY id LIMIT 1 OFFSET %s"
    while rows := fetch_rows(connection, sql, [low, SLICE]):
        high = str(rows[0][0])
        try:
            following = next_id(high)
        except ValueError:
            return
        yield low, high
        low = following
    yield low, highest


def _check_sealed_heads(walk: _Walk) -> list[Finding]:
    """Heads that a record of another chain sealed and that are no longer there: a cut tail, or an older chain put in
    place."""
    broken = {finding.chain for finding in walk.findings}
    findings: dict[str, Finding] = {}
    for (chain, seq, digest), (by_chain, number) in sorted(walk.gone_heads.items()):
        if chain in broken or chain in findings or seq == 0:
            continue
        witness = f"le Z n° {number} ({by_chain})" if by_chain.endswith("-z") else f"le n° {number} de {by_chain}"
        row = Record.objects.filter(chain=chain, seq=seq).values_list("signature", flat=True).first()
        if row is None:
            head = heads_of([chain]).get(chain)
            first = head.seq + 1 if head else 1
            detail = f"{witness} connaît le n° {seq} : la fin de la chaîne a été coupée"
            findings[chain] = Finding(chain, first, "tail_cut", detail)
        elif signature_digest(row) != digest:
            findings[chain] = Finding(chain, seq, "z_differs", f"{witness} a scellé une autre signature")
    return list(findings.values())


def _stored_counts(walk: _Walk) -> dict[str, int]:
    return {
        name: fetch_rows(connection, f'SELECT COUNT(*) FROM "{name}"', [])[0][0]  # noqa: S608 - names of models
        for name in sorted({*walk.counts, "fiscal_record"})
    }


def _check_counts(walk: _Walk, stored: dict[str, int]) -> list[Finding]:
    """Derived rows that no record explains; asked only when everything else is right."""
    explained = {**walk.counts, "fiscal_record": walk.records}
    findings: list[Finding] = []
    for name, count in stored.items():
        if count > explained[name]:
            detail = f"{count} lignes, les enregistrements en expliquent {explained[name]}"
            extra = first_extra_row(name, projections=walk.projections)
            findings.append(Finding(name, 0, "rows_extra", f"{detail} ; de trop : {extra}" if extra else detail))
    return findings


@contextmanager
def _runner(processes: int | None, records: int) -> Iterator[Submit[Any, Any]]:
    wanted = processes if processes is not None else (os.cpu_count() or 1) if records >= LARGE else 1
    source = source_of(connection)
    if wanted <= 1 or source is None:
        reader = OwnReader(connection)
        yield lambda part: _at_once(check_with(reader, part))
        return
    with checking_pool(source, processes=wanted) as pool:
        yield pool.submit


def _at_once(result: Any) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_result(result)
    return future
