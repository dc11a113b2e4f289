"""What was set aside knowingly: enrolments nobody waits for, and Z that contradict themselves. Reads only."""

import json
from datetime import date
from typing import Any

from django.db.models import QuerySet

from comptoir.apps.fiscal.chains import parse_chain
from comptoir.apps.fiscal.models import Record
from comptoir.apps.fiscal.queries import sealed_record, sealing_key
from comptoir.apps.fiscal.sealed import Fault, check_signature
from comptoir.engine.money import format_euro
from comptoir.engine.report import make_report

from .models import Closing, PeriodRange, SetAside


def set_asides() -> QuerySet[SetAside]:
    """Every decision, latest first."""
    return SetAside.objects.order_by("-at", "-id")


def enrolment_is_aside(register: str, *, generation: int) -> bool:
    return SetAside.objects.filter(register=register, generation=generation, closing_seq=None).exists()


def closings_aside(register: str, *, generation: int) -> set[int]:
    """Numbers of the Z of this enrolment that are set aside."""
    rows = SetAside.objects.filter(register=register, generation=generation).exclude(closing_seq=None)
    return set(rows.values_list("closing_seq", flat=True))


def contradiction_of(closing: Closing) -> str:
    """What keeps a booked Z from entering a month: its own total is not the sum of what it holds. Empty when all is well.

    Such a Z was sealed by a till that miscounted. A record or a row that was altered since is another matter: the
    month's own comparison finds it, and nobody may set that aside."""
    chain = parse_chain(closing.chain)
    key = sealing_key(chain.register, generation=chain.generation) if chain else None
    try:
        sealed = sealed_record(closing.chain, seq=closing.seq)
        if sealed is None or key is None:
            return ""
        check_signature(sealed, key=key[1])
    except Fault:
        return ""
    held = make_report(sealed.body["state"], "z")["gross_minor"]
    said = sealed.body["total_minor"]
    if said == held:
        return ""
    return f"son total scellé ({format_euro(said)}) n’est pas celui de son détail ({format_euro(held)})"


def ranges_of_asides(until: date) -> list[dict[str, Any]]:
    """Ranges `{"chain", "first", "last"}` covered by Z set aside up to this day, that no period has taken yet."""
    found: list[dict[str, Any]] = []
    for one in SetAside.objects.exclude(closing_seq=None).order_by("register", "generation", "closing_seq"):
        chain = f"{one.register}-{one.generation}-z"
        record = Record.objects.filter(chain=chain, seq=one.closing_seq, business_date__lte=until).first()
        if record is None:
            continue
        for part in json.loads(record.body)["ranges"]:
            taken = PeriodRange.objects.filter(chain=part["chain"], first=part["first"]).exists()
            if part["last"] >= part["first"] >= 1 and not taken:
                found.append({key: part[key] for key in ("chain", "first", "last")})
    return found


def runs_without(first: int, last: int, *, holes: set[int]) -> list[tuple[int, int]]:
    """The unbroken runs of numbers from first to last once the holes are taken out."""
    runs: list[tuple[int, int]] = []
    start = first
    for hole in sorted(number for number in holes if first <= number <= last):
        if hole > start:
            runs.append((start, hole - 1))
        start = hole + 1
    return [*runs, (start, last)] if start <= last else runs
