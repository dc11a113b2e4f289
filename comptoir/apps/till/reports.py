"""X and Z as reports: folded by the engine from the sealed records themselves, as the till does."""

import json
from collections.abc import Iterator
from typing import Any

from comptoir.apps.fiscal.models import Record
from comptoir.apps.fiscal.queries import latest_generation, sealed_record
from comptoir.apps.treasury.models import Closing
from comptoir.engine.report import make_report
from comptoir.engine.totals import empty_state, fold_totals

BATCH = 500
FOLDED = ("ticket", "cash", "event", "duplicate", "provisional", "training")


def x_report(register: str) -> dict[str, Any]:
    """What the register did since its last Z, as far as its records have arrived: `report/1` of kind "x".

    Reads only; asking twice changes nothing."""
    generation = latest_generation(register)
    state = empty_state()
    for bodies in _batches(register, generation, after=_last_ranges(register, generation)):
        state = fold_totals({"state": state, "bodies": bodies})["state"]
    return make_report(state, "x")


def z_report(closing: Closing) -> dict[str, Any]:
    """The report that a Z sealed, word for word, with its number and what was counted."""
    sealed = sealed_record(closing.chain, seq=closing.seq)
    assert sealed is not None, "a closing is never booked without its record"
    return sealed.body["report"]


def _last_ranges(register: str, generation: int) -> dict[str, int]:
    """For each chain, the last number that a stored Z covers, whether or not that Z is booked."""
    last = Record.objects.filter(chain=f"{register}-{generation}-z").order_by("-seq").values_list("body", flat=True)
    covered: dict[str, int] = {}
    for body in last[:400]:
        for one in json.loads(body)["ranges"]:
            covered[one["chain"]] = max(covered.get(one["chain"], 0), one["last"])
        if len(covered) >= len(FOLDED):
            break
    return covered


def _batches(register: str, generation: int, *, after: dict[str, int]) -> Iterator[list[dict[str, Any]]]:
    for kind in FOLDED:
        chain = f"{register}-{generation}-{kind}"
        seq = after.get(chain, 0)
        while True:
            rows = list(
                Record.objects.filter(chain=chain, seq__gt=seq).order_by("seq").values_list("seq", "body")[:BATCH]
            )
            if not rows:
                break
            seq = rows[-1][0]
            yield [json.loads(body) for _seq, body in rows]
