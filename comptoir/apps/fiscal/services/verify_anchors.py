"""The dossier against the heads that others hold: the anchor log kept outside it, a mailed anchor, a bridge's journal.

A cut tail, or an older file put back, cannot be told from inside."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from ..chain_check import Finding
from ..models import Record
from ..queries import chain_names, heads_of
from ..restorations import lost_by_the_server
from ..sealed import signature_digest
from .anchor_heads import anchor_path, read_anchors


class Known(NamedTuple):
    """A head that somebody outside the dossier knows; `digest` of its signature, empty when only the number is known."""

    chain: str
    seq: int
    digest: str
    source: str  # French words: who says so


def verify_anchors(path: Path | None = None, *, others: Iterable[Known] = ()) -> tuple[list[Finding], list[str]]:
    """Findings, then remarks. Each head known outside must still be there, with the same signature.

    `path` is a log kept elsewhere, or the lines of a mailed anchor; by default the log of this machine."""
    findings, known, remarks = _log(path)
    known += others
    return findings + compare_heads(known), remarks


def _log(given: Path | None) -> tuple[list[Finding], list[Known], list[str]]:
    path = given or anchor_path()
    if not path.exists():
        return [], [], [f"Aucun journal d’ancrage : {path}"]
    lines, wrong = read_anchors(path, whole=given is None)
    findings: list[Finding] = []
    if wrong is not None:
        findings.append(
            Finding("anchors", wrong, "log_changed", f"la ligne {wrong} du journal d’ancrage a été modifiée")
        )
    known = [
        Known(chain, seq, digest, f"l’ancrage du {line['at']}")
        for line in lines
        for chain, seq, digest in line["heads"]
    ]  # fmt: skip
    return findings, known, [f"{len(lines)} ancrages relus, le dernier du {lines[-1]['at']}"] if lines else []


def compare_heads(known: Iterable[Known]) -> list[Finding]:
    """The first head of each chain that the dossier no longer holds; and, when it lacks the end of every chain that others
    know, that the whole file is an older one. What a sealed event declares lost with a replaced dossier is no finding."""
    marks: dict[str, dict[int, Known]] = {}
    latest = ""
    declared = lost_by_the_server()
    tops = {chain: head.seq for chain, head in heads_of(chain_names()).items()}
    for one in known:
        if not _is_declared(one, declared, tops):
            marks.setdefault(one.chain, {}).setdefault(one.seq, one)
        latest = one.source
    wrong = (_first_wrong(chain, of_chain, top=tops.get(chain, 0)) for chain, of_chain in sorted(marks.items()))
    findings = [finding for finding in wrong if finding is not None]
    if len(marks) > 1 and all(max(of_chain) > tops.get(chain, 0) for chain, of_chain in marks.items()):
        findings.append(Finding("dossier", 0, "older_file", f"ce fichier est plus ancien que {latest}"))
    return findings


def _is_declared(one: Known, declared: dict[str, tuple[int, int]], tops: dict[str, int]) -> bool:
    """Only while nothing was sealed after the copy's own end: else the numbers are there, and must be the same."""
    kept, last = declared.get(one.chain, (0, 0))
    return kept < one.seq <= last and tops.get(one.chain, 0) == kept


def _first_wrong(chain: str, marks: dict[int, Known], *, top: int) -> Finding | None:
    stored = dict(Record.objects.filter(chain=chain, seq__in=sorted(marks)).values_list("seq", "signature"))
    for seq, one in sorted(marks.items()):
        if seq > top:
            return Finding(chain, top + 1, "tail_cut", f"{one.source} connaît le n° {seq}")
        if seq not in stored:
            return Finding(chain, seq, "missing", f"{one.source} connaît ce numéro")
        if one.digest and signature_digest(stored[seq]) != one.digest:
            return Finding(chain, seq, "anchor_differs", f"{one.source} connaît une autre signature")
    return None
