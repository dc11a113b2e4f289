"""Records that no Z of a month will ever cover: the till was wiped or lost before it closed and was enrolled again, or its
enrolment, or one of its Z, was set aside knowingly.

Its open session would keep the month waiting for ever. Its sealed records enter the month as they are, told apart."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Max

from comptoir.apps.fiscal.chains import Chain, parse_chain
from comptoir.apps.fiscal.models import Record
from comptoir.apps.fiscal.queries import chain_names, enrolment_of, heads_of, latest_generation
from comptoir.engine.totals import empty_state, fold_totals

from .asides import enrolment_is_aside, ranges_of_asides
from .models import Closing, PeriodRange

FOLDED = ("ticket", "cash", "event", "duplicate", "provisional", "training")
BATCH = 500


def covered_until(chain: Chain) -> int:
    """The last number of a chain that a Z or a period covers."""
    last = PeriodRange.objects.filter(chain=chain.name).aggregate(last=Max("last"))["last"] or 0
    bodies = Record.objects.filter(chain=f"{chain.register}-{chain.generation}-z").order_by("-seq")
    if enrolment_is_aside(chain.register, generation=chain.generation):  # a Z that waited is waited for no more
        booked = Closing.objects.filter(register=chain.register, generation=chain.generation)
        bodies = bodies.filter(seq__lte=booked.aggregate(last=Max("seq"))["last"] or 0)
    for body in bodies.values_list("body", flat=True).iterator(chunk_size=10):
        for one in json.loads(body)["ranges"]:
            if one["chain"] == chain.name:
                return max(last, one["last"])
    return last


def uncovered_ranges(until: date) -> list[dict[str, Any]]:
    """Ranges `{"chain", "first", "last"}` of superseded or abandoned enrolments and of Z set aside, begun on this day at
    the latest."""
    found = ranges_of_asides(until)
    latest: dict[str, int] = {}
    for name in chain_names():
        chain = parse_chain(name)
        if chain is None or chain.type not in FOLDED:
            continue
        newest = latest.setdefault(chain.register, latest_generation(chain.register))
        if chain.register == "S":
            continue
        if chain.generation >= newest and not enrolment_is_aside(chain.register, generation=chain.generation):
            continue
        first = covered_until(chain) + 1
        begun = Record.objects.filter(chain=name, seq=first).values_list("business_date", flat=True).first()
        if begun is not None and begun <= until:
            last = heads_of([name])[name].seq
            found.append({"chain": name, "first": first, "last": last})
    return found


def uncovered_day(register: str, *, generation: int, ranges: list[dict[str, Any]]) -> dict[str, Any]:
    """These records folded as a Z would fold them: `uncovered/1` of engine/period.py. Nothing was counted."""
    state = empty_state()
    for bodies in _batches(ranges):
        state = fold_totals({"state": state, "bodies": bodies})["state"]
    standing = {key: state[f"perpetual_{key}_minor"] for key in ("algebraic", "absolute")}
    if standing["algebraic"] is None:
        standing = perpetual_before(register, generation=generation)
    return {
        "format": "uncovered/1", "register": register, "generation": generation, "state": state, "counted": [],
        "differences": [], "perpetual_algebraic_minor": standing["algebraic"],
        "perpetual_absolute_minor": standing["absolute"],
    }  # fmt: skip


def perpetual_before(register: str, *, generation: int) -> dict[str, int]:
    """Both perpetual totals after the generation's last Z, or those that its enrolment started from."""
    bodies = Record.objects.filter(chain=f"{register}-{generation}-z").order_by("-seq")
    if enrolment_is_aside(register, generation=generation):
        booked = Closing.objects.filter(register=register, generation=generation)
        bodies = bodies.filter(seq__lte=booked.aggregate(last=Max("seq"))["last"] or 0)
    body = bodies.values_list("body").first()
    if body is not None:
        said = json.loads(body[0])
        return {key: said[f"perpetual_{key}_minor"] for key in ("algebraic", "absolute")}
    return enrolled_with(register, generation=generation)


def enrolled_with(register: str, *, generation: int) -> dict[str, int]:
    """The perpetual totals that an enrolment gave its register to start from."""
    sealed = enrolment_of(register, generation=generation)
    start = sealed.body["enrolled"].get("perpetual", {}) if sealed else {}
    return {key: start.get(f"{key}_minor", 0) for key in ("algebraic", "absolute")}


def _batches(ranges: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for one in ranges:
        for start in range(one["first"], one["last"] + 1, BATCH):
            stop = min(start + BATCH - 1, one["last"])
            rows = Record.objects.filter(chain=one["chain"], seq__range=(start, stop)).order_by("seq")
            yield [json.loads(body) for body in rows.values_list("body", flat=True)]
