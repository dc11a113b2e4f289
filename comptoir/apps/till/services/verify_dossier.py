"""The whole verification of a dossier: keys, chains, derived rows, sums of every Z, and the anchors when asked."""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from comptoir.apps.fiscal.chain_check import Finding
from comptoir.apps.fiscal.models import Record
from comptoir.apps.fiscal.queries import envelope_of, sealed_record
from comptoir.apps.fiscal.restorations import restoration_remarks
from comptoir.apps.fiscal.sealed import read_sealed
from comptoir.apps.fiscal.services.verify_anchors import Known, compare_heads, verify_anchors
from comptoir.apps.fiscal.services.verify_chains import verify_chains
from comptoir.apps.fiscal.services.verify_kept import verify_kept
from comptoir.apps.fiscal.services.verify_keys import verify_keys
from comptoir.apps.treasury.models import Attachment, Closing
from comptoir.apps.treasury.services.verify_periods import verify_periods

from ..sums import disagreements
from ..verification import projections
from .book_closings import is_complete


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
        gone, said = _verify_bookings(chains.heads)
        findings += wrong + gone + verify_periods()[1] + verify_kept() + _verify_photos()
        remarks += said
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
    columns = ("record_id", "chain", "seq", "agrees", "disagreements")
    for key, chain, seq, agrees, told in Closing.objects.order_by("chain", "seq").values_list(*columns).iterator():
        count += 1
        found = disagreements(read_sealed(envelope_of(Record.objects.get(id=key))))
        if found and agrees:
            detail = f"les sommes des lignes ne donnent plus le Z ({found[0]['path']})"
            findings.append(Finding(chain, seq, "sums_differ", detail))
        elif found:
            findings.append(
                Finding(chain, seq, "sums_differ", f"le Z différait déjà à sa réception ({found[0]['path']})")
            )
        elif not agrees or told != "[]":
            detail = "la ligne de la clôture dit un écart, les sommes donnent bien le Z"
            findings.append(Finding(chain, seq, "rows_differ", detail))
    return count, findings


def _verify_bookings(heads: dict[str, int]) -> tuple[list[Finding], list[str]]:
    """Z that are not booked. They are booked in their order as soon as their range is whole: one that another follows was
    taken out; the last one may have come a moment ago. `heads` are the last numbers of all chains when it all began."""
    findings: list[Finding] = []
    remarks: list[str] = []
    for chain in sorted(name for name in heads if name.endswith("-z")):
        booked = set(Closing.objects.filter(chain=chain).values_list("seq", flat=True))
        last = max(booked, default=0)
        for seq in (one for one in range(1, heads[chain] + 1) if one not in booked):
            if seq > last and not _is_whole(chain, seq=seq):
                break
            if seq < max(last, heads[chain]):
                findings.append(Finding(chain, seq, "not_booked", "ce Z est scellé, mais ne figure plus aux clôtures"))
                break
            remarks.append(f"{chain} n° {seq} : scellé et complet, pas encore parmi les clôtures")
    return findings, remarks


def _verify_photos() -> list[Finding]:
    """Photos of expenses against the digests that their cash records seal. One that never came is no finding."""
    findings: list[Finding] = []
    for photo in Attachment.objects.order_by("record").iterator(chunk_size=20):
        digest = hashlib.sha256(bytes(photo.content)).hexdigest()
        record = Record.objects.filter(id=photo.record).first()
        sealed = json.loads(record.body).get("attachment") if record else None
        if (digest, digest) != (photo.digest, sealed):
            place = (record.chain, record.seq) if record else ("treasury_attachment", 0)
            findings.append(Finding(*place, "photo_changed", "la photo n’est plus celle que l’enregistrement scelle"))
    return findings


def _is_whole(chain: str, *, seq: int) -> bool:
    sealed = sealed_record(chain, seq=seq)
    return sealed is not None and is_complete(sealed)
