"""Verification of every chain: in order, in constant memory, over several processes when the dossier is large.

The caller hands in the projections (which rows should follow from a record): this app knows none of those above it."""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import NamedTuple

from django.db import connection

from ..chain_check import COLUMNS, Checked, Finding, Row, Stretch, check_stretch
from ..chains import parse_chain
from ..models import Record, SealingKey
from ..queries import chain_names, heads_of
from ..raw_rows import RawTable, fetch_rows
from ..sealed import signature_digest

STRETCH = 250
LARGE = 20_000  # records from which other processes are worth their start
_RECORDS = RawTable(Record, *COLUMNS)


class DerivedTable(NamedTuple):
    """A table whose rows follow from records: `columns` are those that the seal covers."""

    table: RawTable
    key: str  # column that finds the rows of a record
    keys_of: Callable[[str], Sequence[str]]  # its values for a record id
    owner: Callable[[Row], str]  # the record id of a row read back


class Projection(NamedTuple):
    """What follows from the records of one type."""

    projector: str  # "module:function" of a Sealed, giving (table name, rows) in the order of `tables`
    tables: Sequence[DerivedTable]
    optional: bool = False


class Verified(NamedTuple):
    """What a verification found: the first wrong record of each chain, and how much was looked at."""

    findings: list[Finding]
    records: int
    heads: dict[str, int]


Progress = Callable[[int], None]


def verify_chains(
    *, projections: dict[str, Projection], progress: Progress = lambda steps: None, processes: int | None = None
) -> Verified:
    """Recomputes every record of every chain: canonical body, digest, signed string, signature, number, link, columns,
    derived rows; then the heads that each Z sealed. Reads only."""
    chains = chain_names()
    tops = {chain: head.seq for chain, head in heads_of(chains).items()}
    walk = _Walk(projections, progress)
    with _runner(processes, sum(tops.values())) as submit:
        for chain in chains:
            walk.chain(chain, submit)
    findings = walk.findings + _check_z_heads(walk)
    findings += _check_counts(walk, findings)
    return Verified(sorted(findings), walk.records, tops)


class _Walk:
    """The state of a verification between two stretches."""

    def __init__(self, projections: dict[str, Projection], progress: Progress) -> None:
        self.projections = projections
        self.progress = progress
        self.findings: list[Finding] = []
        self.records = 0
        self.counts = {table.table.name: 0 for one in projections.values() for table in one.tables}
        self.z_heads: dict[tuple[str, int, str], tuple[str, int]] = {}
        keys = SealingKey.objects.values_list("register", "generation", "thumbprint", "spki")
        self.keys = {(register, generation): (thumb, bytes(spki)) for register, generation, thumb, spki in keys}

    def chain(self, name: str, submit: Callable[[Stretch], Future[Checked]]) -> None:
        """Walks one chain; its stretches are checked while the next ones are read."""
        waiting: deque[tuple[Future[Checked], Stretch]] = deque()
        for stretch in _stretches(name, self):
            waiting.append((submit(stretch), stretch))
            if len(waiting) > 4 and not self._take(*waiting.popleft()):
                return
        while waiting:
            if not self._take(*waiting.popleft()):
                return

    def _take(self, future: Future[Checked], stretch: Stretch) -> bool:
        checked = future.result()
        self.records += checked.records
        self.progress(len(stretch.rows))
        projection = self.projections.get(stretch.chain.rsplit("-", 1)[-1])
        for table, count in zip(projection.tables if projection else (), checked.derived, strict=True):
            self.counts[table.table.name] += count
        for chain, seq, digest, z in checked.heads:
            self.z_heads.setdefault((chain, seq, digest), (stretch.chain, z))
        if checked.finding is not None:
            self.findings.append(checked.finding)
        return checked.finding is None


def _stretches(name: str, walk: _Walk) -> Iterator[Stretch]:
    chain = parse_chain(name)
    key = walk.keys.get((chain.register, chain.generation)) if chain else None
    projection = walk.projections.get(chain.type) if chain else None
    first, previous = 1, ""
    while True:
        sql = f"SELECT {_RECORDS.list} FROM fiscal_record WHERE chain = %s AND seq >= %s ORDER BY seq LIMIT {STRETCH}"  # noqa: S608
        raw = fetch_rows(connection, sql, [name, first if first > 1 else -(2**62)])
        if not raw:
            return
        rows = [_RECORDS.read(row, vendor=connection.vendor) for row in raw]
        derived = [_derived_rows(table, [row[0] for row in rows]) for table in projection.tables] if projection else []
        yield Stretch(
            name, first, previous, key, rows, derived, projection.projector if projection else "",
            projection.optional if projection else False,
        )  # fmt: skip
        first, previous = rows[-1][2] + 1, rows[-1][9]


def _derived_rows(derived: DerivedTable, ids: Sequence[str]) -> dict[str, list[Row]]:
    keys = [key for one in ids for key in derived.keys_of(one)]
    if connection.vendor == "sqlite":
        keys = [key.replace("-", "") for key in keys]
    marks = ", ".join(["%s"] * len(keys))
    sql = f'SELECT {derived.table.list} FROM "{derived.table.name}" WHERE "{derived.key}" IN ({marks})'  # noqa: S608
    found: dict[str, list[Row]] = {}
    for raw in fetch_rows(connection, sql, keys):
        row = derived.table.read(raw, vendor=connection.vendor)
        found.setdefault(derived.owner(row), []).append(row)
    return found


def _check_z_heads(walk: _Walk) -> list[Finding]:
    """Heads that a Z sealed and that are no longer there: a cut tail, or an older chain put in place."""
    broken = {finding.chain for finding in walk.findings}
    findings: dict[str, Finding] = {}
    for (chain, seq, digest), (z_chain, z) in sorted(walk.z_heads.items()):
        if chain in broken or chain in findings or seq == 0:
            continue
        row = Record.objects.filter(chain=chain, seq=seq).values_list("signature", flat=True).first()
        if row is None:
            head = heads_of([chain]).get(chain)
            first = head.seq + 1 if head else 1
            detail = f"le Z n° {z} ({z_chain}) connaît le n° {seq} : la fin de la chaîne a été coupée"
            findings[chain] = Finding(chain, first, "tail_cut", detail)
        elif signature_digest(row) != digest:
            findings[chain] = Finding(chain, seq, "z_differs", f"le Z n° {z} ({z_chain}) a scellé une autre signature")
    return list(findings.values())


def _check_counts(walk: _Walk, findings: Sequence[Finding]) -> list[Finding]:
    """Derived rows that no record explains; asked only when everything else is right."""
    if findings:
        return []
    extra: list[Finding] = []
    for name, expected in sorted({**walk.counts, "fiscal_record": walk.records}.items()):
        stored = fetch_rows(connection, f'SELECT COUNT(*) FROM "{name}"', [])[0][0]  # noqa: S608 - names of models
        if stored != expected:
            extra.append(
                Finding(name, 0, "rows_extra", f"{stored} lignes, les enregistrements en expliquent {expected}")
            )
    return extra


@contextmanager
def _runner(processes: int | None, records: int) -> Iterator[Callable[[Stretch], Future[Checked]]]:
    wanted = processes if processes is not None else (os.cpu_count() or 1) if records >= LARGE else 1
    if wanted <= 1:
        yield _at_once
        return
    with ProcessPoolExecutor(wanted, mp_context=get_context("spawn")) as pool:
        yield lambda stretch: pool.submit(check_stretch, stretch)


def _at_once(stretch: Stretch) -> Future[Checked]:
    future: Future[Checked] = Future()
    future.set_result(check_stretch(stretch))
    return future
