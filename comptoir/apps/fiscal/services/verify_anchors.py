"""The dossier against the anchor log kept outside it: a cut tail, or an older file put back."""

from pathlib import Path

from ..chain_check import Finding
from ..models import Record
from ..queries import chain_names, heads_of
from ..sealed import signature_digest
from .anchor_heads import anchor_path, read_anchors


def verify_anchors(path: Path | None = None) -> tuple[list[Finding], list[str]]:
    """Findings, then remarks. Each head that the log knows must still be there, with the same signature."""
    path = path or anchor_path()
    if not path.exists():
        return [], [f"Aucun journal d’ancrage : {path}"]
    lines, wrong = read_anchors(path)
    findings: list[Finding] = []
    if wrong is not None:
        findings.append(
            Finding("anchors", wrong, "log_changed", f"la ligne {wrong} du journal d’ancrage a été modifiée")
        )
    heads = {chain: head.seq for chain, head in heads_of(chain_names()).items()}
    known: dict[str, dict[int, tuple[str, str]]] = {}
    for line in lines:
        for chain, seq, digest in line["heads"]:
            known.setdefault(chain, {}).setdefault(seq, (digest, line["at"]))
    for chain, marks in sorted(known.items()):
        finding = _first_wrong(chain, marks, top=heads.get(chain, 0))
        if finding is not None:
            findings.append(finding)
    if known and all(max(marks) > heads.get(chain, 0) for chain, marks in known.items()):
        findings.append(
            Finding("dossier", 0, "older_file", f"ce fichier est plus ancien que l’ancrage du {lines[-1]['at']}")
        )
    return findings, [f"{len(lines)} ancrages relus, le dernier du {lines[-1]['at']}"] if lines else []


def _first_wrong(chain: str, marks: dict[int, tuple[str, str]], *, top: int) -> Finding | None:
    stored = dict(Record.objects.filter(chain=chain, seq__in=sorted(marks)).values_list("seq", "signature"))
    for seq, (digest, at) in sorted(marks.items()):
        if seq > top:
            return Finding(chain, top + 1, "tail_cut", f"l’ancrage du {at} connaît le n° {seq}")
        if seq not in stored:
            return Finding(chain, seq, "missing", f"l’ancrage du {at} connaît ce numéro")
        if signature_digest(stored[seq]) != digest:
            return Finding(chain, seq, "anchor_differs", f"l’ancrage du {at} connaît une autre signature")
    return None
