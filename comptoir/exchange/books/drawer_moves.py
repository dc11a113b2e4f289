"""What the cash ledger moved in and out of each drawer for the records of each Z: one pass over the ledger."""

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Min

from comptoir.apps.treasury.models import Closing, ClosingSession, DrawerSession

from .ledger import Sale, moves_between

Moved = dict[str, int]
CODES = ("sale", "opening", "moves", "closing", "difference")


def drawer_moves(closings: Sequence[Closing], *, sales: Sequence[Sale]) -> dict[str, Moved]:
    """By number of Z: sales, opening floats, movements, counted cash left, difference; all signed as the drawer sees them,
    what is left positive. `sales` are those of all days from `first_day` to the last Z."""
    moved = {_number(one): dict.fromkeys(CODES, 0) for one in closings}
    if not closings:
        return moved
    ranges = _ranges(closings)
    for _, _, _, chain, seq, amount, target in sales:
        number = _covering(ranges.get(chain, []), seq)
        if number and target == f"drawer/{chain.partition('-')[0]}":
            moved[number]["sale"] += amount
    for row in moves_between(first_day(closings), last_day(closings)):
        _, source, target, amount, code, _, chain, seq, *_ = row
        number = _covering(ranges.get(chain, []), seq)
        drawer = f"drawer/{chain.partition('-')[0]}"
        if number and drawer in (source, target):
            key = "moves" if code in ("in", "out") else code
            signed = int(amount) if target == drawer else -int(amount)
            moved[number][key] += -signed if key == "closing" else signed
    return moved


def last_day(closings: Sequence[Closing]) -> date:
    return max(one.business_date for one in closings)


def first_day(closings: Sequence[Closing]) -> date:
    """The earliest business date of a record that these Z cover: that of their sessions, and a day more than their
    instants for an opening that was altered."""
    sessions = ClosingSession.objects.filter(closing__in=[one.pk for one in closings]).values("session")
    opened = DrawerSession.objects.filter(id__in=sessions).aggregate(first=Min("business_date"))["first"]
    told = min(min(one.business_date, one.opened_at.date() - timedelta(days=1)) for one in closings)
    return min(told, opened or told)


def _number(closing: Closing) -> str:
    return f"{closing.register}-{closing.generation}-{closing.seq}"


def _ranges(closings: Sequence[Closing]) -> dict[str, list[tuple[int, int, str]]]:
    """For each chain the ranges that each Z covers, in order; a Z covers itself."""
    found: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for closing in closings:
        for one in json.loads(closing.record.body)["ranges"]:
            found[one["chain"]].append((one["first"], one["last"], _number(closing)))
        found[closing.chain].append((closing.seq, closing.seq, _number(closing)))
    return {chain: sorted(rows) for chain, rows in found.items()}


def _covering(ranges: list[tuple[int, int, str]], seq: int) -> str:
    place = bisect_right(ranges, (seq, 1 << 62, "")) - 1
    return ranges[place][2] if place >= 0 and ranges[place][1] >= seq else ""
