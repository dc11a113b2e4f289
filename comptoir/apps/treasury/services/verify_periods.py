"""Months and years against the closings below them, for `verify`: folded again, heads compared. Writes nothing."""

from comptoir.apps.fiscal.chain_check import Finding
from comptoir.engine.recheck import compare

from ..models import PeriodClosing
from ..period_folding import LowerDiffers, add_uncovered, body_of, fold_ranges
from ..periods import Period


def verify_periods() -> tuple[int, list[Finding]]:
    """How many periods were summed again, and the findings: what a month or a year says otherwise than its parts."""
    count, findings = 0, []
    for row in PeriodClosing.objects.order_by("chain", "seq"):
        count += 1
        try:
            body = body_of(row.chain, seq=row.seq)
            totals, heads, _ = fold_ranges(body["ranges"], Period(row.kind, row.first_date, row.last_date))
        except LowerDiffers as problem:
            place = f"{problem.differences[0]['path']} ({problem.differences[0]['sealed']})"
            findings.append(Finding(row.chain, row.seq, "closing_differs", f"une clôture manque ou a changé : {place}"))
            continue
        found = compare("totals", body["totals"], add_uncovered(totals, body["uncovered"]))
        found += compare("heads", body["heads"], heads)
        if found:
            detail = f"les clôtures ne donnent plus ces totaux ({found[0]['path']})"
            findings.append(Finding(row.chain, row.seq, "sums_differ", detail))
    return count, findings
