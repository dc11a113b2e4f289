"""The whole verification of a dossier: keys, chains, derived rows, sums of every Z, and the anchors when asked."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from comptoir.apps.fiscal.chain_check import Finding
from comptoir.apps.fiscal.models import Record
from comptoir.apps.fiscal.queries import envelope_of
from comptoir.apps.fiscal.restorations import restoration_remarks
from comptoir.apps.fiscal.sealed import read_sealed
from comptoir.apps.fiscal.services.verify_anchors import Known, compare_heads, verify_anchors
from comptoir.apps.fiscal.services.verify_chains import verify_chains
from comptoir.apps.fiscal.services.verify_kept import verify_kept
from comptoir.apps.fiscal.services.verify_keys import verify_keys
from comptoir.apps.treasury.models import Closing
from comptoir.apps.treasury.services.verify_periods import verify_periods

from ..sums import disagreements
from ..verification import projections


class Verification(NamedTuple):
    """What was found wrong (nothing: empty), what is worth knowing, and how much was looked at."""

    findings: list[Finding]
    remarks: list[str]
    records: int
    closings: int
    heads: dict[str, int]


def verify_dossier(
    *,
    anchors: bool = False,
    anchor_log: Path | None = None,
    known: Sequence[Known] = (),
    progress: Callable[[int], None] = lambda steps: None,
    processes: int | None = None,
) -> Verification:
    """Recomputes everything that was sealed and all that follows from it. Writes nothing.

    `known` are heads that a bridge or a till holds: they are compared like anchors.
    The sums of each booked Z are made again over rows that the walk has just found equal to the sealed bodies."""
    findings, remarks = verify_keys()
    chains = verify_chains(projections=projections(), progress=progress, processes=processes)
    findings += chains.findings
    closings = 0
    if not chains.findings:
        closings, wrong = _verify_closings()
        findings += wrong + verify_periods()[1] + verify_kept()
    if anchors or anchor_log is not None:
        more, said = verify_anchors(anchor_log, others=known)
        findings, remarks = findings + more, remarks + said
    elif known:
        findings = findings + compare_heads(known)
    remarks = remarks + restoration_remarks()
    return Verification(findings, remarks, chains.records, closings, chains.heads)


def _verify_closings() -> tuple[int, list[Finding]]:
    findings: list[Finding] = []
    count = 0
    for key, chain, seq, agrees in (
        Closing.objects.order_by("chain", "seq").values_list("record_id", "chain", "seq", "agrees").iterator()
    ):
        count += 1
        found = disagreements(read_sealed(envelope_of(Record.objects.get(id=key))))
        if found and agrees:
            detail = f"les sommes des lignes ne donnent plus le Z ({found[0]['path']})"
            findings.append(Finding(chain, seq, "sums_differ", detail))
        elif found:
            findings.append(
                Finding(chain, seq, "sums_differ", f"le Z différait déjà à sa réception ({found[0]['path']})")
            )
    return count, findings
