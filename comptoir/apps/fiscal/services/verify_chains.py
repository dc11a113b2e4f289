"""Verification of every chain: in slices, in constant memory, on every core when the dossier is large.

The caller hands in the projections (which rows should follow from a record): this app knows none of those above it."""

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import NamedTuple

from django.db import connection

from ..chain_check import COLUMNS, Finding
from ..chains import parse_chain
from ..derived_tables import Projection
from ..extra_rows import first_extra_row
from ..models import Record, SealingKey
from ..perpetual import Totals
from ..queries import chain_names, enrolled_totals, heads_of
from ..raw_rows import RawTable, fetch_rows
from ..reading import OwnReader, source_of
from ..sealed import signature_digest
from ..slices import Outcome, Slice, check_in_process, check_slice, open_reader

SLICE = 4_000  # records that a process takes at a time
LARGE = 20_000  # records from which other processes are worth their start
_RECORDS = RawTable(Record, *COLUMNS)


class Verified(NamedTuple):
    """What a verification found: the first wrong record of each chain, and how much was looked at."""

    findings: list[Finding]
    records: int
    heads: dict[str, int]


Progress = Callable[[int], None]
Submit = Callable[[Slice], Future[Outcome]]


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
        self.sealed_heads: dict[tuple[str, int, str], tuple[str, int]] = {}
        keys = SealingKey.objects.values_list("register", "generation", "thumbprint", "spki")
        self.keys = {(register, generation): (thumb, bytes(spki)) for register, generation, thumb, spki in keys}
        self.starts = enrolled_totals()

    def all(self, tops: dict[str, int], submit: Submit) -> None:
        """Every slice of every chain; some are being checked while others wait. A chain ends at its first wrong record."""
        waiting: deque[tuple[Future[Outcome], Slice]] = deque()
        broken: set[str] = set()
        for part in (part for chain, top in tops.items() for part in self.slices(chain, top=top)):
            if part.name in broken:
                continue
            waiting.append((submit(part), part))
            if len(waiting) > 2 * (os.cpu_count() or 1):
                self._take(*waiting.popleft(), broken)
        while waiting:
            self._take(*waiting.popleft(), broken)

    def slices(self, name: str, *, top: int) -> Iterator[Slice]:
        chain = parse_chain(name)
        place = (chain.register, chain.generation) if chain else ("", 0)
        projection = self.projections.get(chain.type) if chain else None
        start: Totals = self.starts.get(place, (0, 0))
        for first in range(1, max(1, top) + 1, SLICE):
            last = min(first + SLICE - 1, top)
            yield Slice(name, chain, first, last, self.keys.get(place), projection, start, _RECORDS)

    def _take(self, future: Future[Outcome], part: Slice, broken: set[str]) -> None:
        outcome = future.result()
        if part.name in broken:
            return  # what follows a wrong record says nothing by itself
        self.records += outcome.records
        self.progress(outcome.records)
        for table, count in zip(part.projection.tables if part.projection else (), outcome.derived, strict=True):
            self.counts[table.table.name] += count
        for chain, seq, digest, z in outcome.heads:
            self.sealed_heads.setdefault((chain, seq, digest), (part.name, z))
        if outcome.finding is not None:
            broken.add(part.name)
            self.findings.append(outcome.finding)


def _check_sealed_heads(walk: _Walk) -> list[Finding]:
    """Heads that a record of another chain sealed and that are no longer there: a cut tail, or an older chain put in
    place."""
    broken = {finding.chain for finding in walk.findings}
    findings: dict[str, Finding] = {}
    for (chain, seq, digest), (by_chain, number) in sorted(walk.sealed_heads.items()):
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
def _runner(processes: int | None, records: int) -> Iterator[Submit]:
    wanted = processes if processes is not None else (os.cpu_count() or 1) if records >= LARGE else 1
    source = source_of(connection)
    if wanted <= 1 or source is None:
        reader = OwnReader(connection)
        yield lambda part: _at_once(check_slice(reader, part))
        return
    with ProcessPoolExecutor(
        wanted, mp_context=get_context("spawn"), initializer=open_reader, initargs=(source,)
    ) as pool:  # fmt: skip
        yield lambda part: pool.submit(check_in_process, part)


def _at_once(outcome: Outcome) -> Future[Outcome]:
    future: Future[Outcome] = Future()
    future.set_result(outcome)
    return future
