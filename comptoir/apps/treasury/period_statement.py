"""A statement over any days, derived from the Z of those days. A report: never numbered, never sealed, no closing."""

import json
from datetime import date
from typing import Any

from comptoir.apps.fiscal.models import Record
from comptoir.engine.period import fold_period

from .models import Closing


def period_statement(first: date, last: date, *, register: str | None = None) -> dict[str, Any]:
    """The Z whose business date lies in these days, both included, added by the engine: `{"period", "register",
    "closings": [numbers], "totals": period/1}`. Days without Z yet are not in it. Reads only.

    Raises ValueError when the days are in the wrong order."""
    if last < first:
        raise ValueError("the last day comes before the first")
    rows = Closing.objects.filter(business_date__range=(first, last)).order_by("register", "generation", "seq")
    if register is not None:
        rows = rows.filter(register=register)
    totals = fold_period({"state": None, "bodies": []})["state"]
    numbers: list[str] = []
    for key, chain, seq in rows.values_list("record_id", "chain", "seq"):
        body = json.loads(Record.objects.values_list("body", flat=True).get(id=key))
        totals = fold_period({"state": totals, "bodies": [body]})["state"]
        numbers.append(f"{chain}-{seq}")
    return {
        "period": {"first": first.isoformat(), "last": last.isoformat()}, "register": register, "closings": numbers,
        "totals": totals,
    }  # fmt: skip
