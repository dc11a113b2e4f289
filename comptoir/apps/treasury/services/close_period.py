"""Monthly and yearly closings: sealed by the server from the sealed closings below them, never from tickets.

Missing lower periods are closed first, oldest first, each in a transaction of its own (a month with its days without
opening): what was sealed before a crash
stays, and asking again goes on from there. A closed period is given back as it is."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from comptoir.apps.access.services.require_right import require_right
from comptoir.apps.fiscal.chains import parse_chain
from comptoir.apps.fiscal.event_codes import INTEGRITY
from comptoir.apps.fiscal.identifiers import uuid7
from comptoir.apps.fiscal.queries import chain_names
from comptoir.apps.fiscal.raw_rows import insert_rows
from comptoir.apps.fiscal.services.anchor_heads import anchor_heads
from comptoir.apps.fiscal.services.seal_on_server import (
    THE_SERVER,
    Operator,
    lock_chain,
    log_event,
    log_events,
    now_text,
    seal_on_server,
)
from comptoir.apps.settings.queries import main_establishment
from comptoir.engine.period import perpetual_after

from ..asides import closings_aside, runs_without
from ..models import Closing, FiscalYearStart, PeriodClosing, PeriodRange
from ..period_blockers import Blocker, blockers_until
from ..period_folding import LowerDiffers, add_uncovered, body_of, fold_ranges
from ..period_sums import month_differences, year_differences
from ..periods import MONTH, YEAR, Period, closing_of_period, local_today, next_to_close, period_closings
from ..projection import period_range_rows, period_row
from ..tables import PERIOD_RANGES, PERIODS
from ..uncovered import uncovered_ranges
from .close_empty_days import close_empty_days

CLOSED_DAY_OR_MONTH, CLOSED_YEAR, COMPLIANCE_SETTING = 50, 60, 270
LOCK = "period-closings"


class PeriodRefused(Exception):
    """A period that cannot be closed: words for people, and each thing that blocks it."""

    def __init__(self, text: str, *, code: str, blockers: list[Blocker] | None = None) -> None:
        super().__init__(text)
        self.code = code
        self.blockers = blockers or []


def close_periods(
    kind: str, *, through: Period | None = None, actor: Any = None, operator: Operator | None = None,
    now: datetime | None = None, progress: Callable[[Period], None] = lambda period: None,
) -> list[PeriodClosing]:  # fmt: skip
    """Closes every month (or year) that is over and not closed yet, up to `through`; returns those sealed now.

    Raises RightMissing when `actor` may not; PeriodRefused when `through` is not over (`not_over`), lies before the
    first opening (`before_first`), when something blocks it (`blocked`), or when the sums differ (`sums_differ`; an
    event 90 tells it). What was sealed before the refusal stays. Source: compliance notes, closings."""
    if actor is not None:
        require_right(actor, right="closings.close_period")
        operator = operator or {"id": str(actor.pk), "name": actor.name}
    if through is not None:
        _check_through(through, now)
    made: list[PeriodClosing] = []
    while True:
        period = next_to_close(kind)
        if period is None or period.last >= local_today(now) or (through and period.last > through.last):
            break
        progress(period)
        if kind == YEAR:
            made += close_periods(MONTH, through=_last_month(period), operator=operator, now=now, progress=progress)
        made += _close_one(period, operator=operator, now=now)
    if made:
        anchor_heads(reason=kind, now=now)
    return made


def start_fiscal_year_in(
    month: int, *, by: Any = None, operator: Operator | None = None, now: datetime | None = None
) -> None:
    """From the next year to close on, fiscal years start in this month (1 to 12). The change is an event 270.

    Raises RightMissing when `by` may not change settings; ValueError for another month: nothing is written then."""
    if by is not None:
        require_right(by, right="settings.edit")
        operator = {"id": str(by.pk), "name": by.name}
    if not 1 <= month <= 12:
        raise ValueError("a month is between 1 and 12")
    who = operator or THE_SERVER
    with transaction.atomic():
        FiscalYearStart.objects.create(
            id=uuid7(), first_month=month, operator_id=who["id"], operator_name=who["name"], at=now_text(now)
        )
        detail = {"setting": "fiscal_year_first_month", "value": month}
        log_events([{"code": COMPLIANCE_SETTING, "detail": detail, "operator": operator}], now=now)


def _check_through(through: Period, now: datetime | None) -> None:
    if through.last >= local_today(now):
        text = f"La période « {through.label} » n’est pas terminée : clôturez-la à partir du lendemain de son dernier jour."
        raise PeriodRefused(text, code="not_over")
    if closing_of_period(through) is not None:
        return
    following = next_to_close(through.kind)
    if following is None or through.last < following.first:
        raise PeriodRefused(f"Aucune caisse n’était ouverte : rien à clôturer ({through.label}).", code="before_first")


def _last_month(year: Period) -> Period:
    return Period(MONTH, year.last.replace(day=1), year.last)


def _close_one(period: Period, *, operator: Operator | None, now: datetime | None) -> list[PeriodClosing]:
    try:
        with transaction.atomic():
            lock_chain(LOCK)
            if closing_of_period(period) is not None:  # another process was quicker
                return []
            fields = _month(period) if period.kind == MONTH else _year(period)
            if period.kind == MONTH:
                close_empty_days(period.first, last=period.last, operator=operator, now=now)
            return [_seal(period, fields=fields, operator=operator, now=now)]
    except LowerDiffers as problem:
        detail = {"period": period.label, "kind": period.kind, "differences": problem.differences[:20]}
        log_event(INTEGRITY, detail=detail, operator=operator)
        text = (
            f"« {period.label} » n’a pas été clôturé : les totaux enregistrés ne sont plus ceux des clôtures scellées."
            " L’écart est noté au journal. Lancez « comptoir verify » pour savoir ce qui a été modifié."
        )
        raise PeriodRefused(text, code="sums_differ") from problem


def _seal(period: Period, *, fields: dict[str, Any], operator: Operator | None, now: datetime | None) -> PeriodClosing:
    sealed = seal_on_server(
        period.kind, fields=fields, operator=operator, establishment=main_establishment().number, now=now
    )
    insert_rows(connection, [(PERIODS, [period_row(sealed)]), (PERIOD_RANGES, period_range_rows(sealed))])
    code = CLOSED_DAY_OR_MONTH if period.kind == MONTH else CLOSED_YEAR
    detail = {"closing": sealed.id, "number": f"{sealed.chain.name}-{sealed.seq}", **fields["period"]}
    log_events([{"code": code, "detail": detail, "operator": operator}], now=now)
    return PeriodClosing.objects.get(record=sealed.id)


# -- what a month and a year are made of ---------------------------------------------------------------------------


def _month(period: Period) -> dict[str, Any]:
    found = blockers_until(period.last)
    if found:
        lines = "\n".join(f"- {one.text}" for one in found)
        raise PeriodRefused(f"« {period.label} » attend :\n{lines}", code="blocked", blockers=found)
    ranges = _closing_ranges(period)
    totals, heads, outside = fold_ranges(ranges, period)
    differences = month_differences(totals, ranges)
    if differences:
        raise LowerDiffers(differences)
    uncovered = uncovered_ranges(period.last)
    totals = add_uncovered(totals, uncovered)
    last = period_closings(MONTH).first()
    before = body_of(last.chain, seq=last.seq)["registers"] if last else []
    return _fields(
        period, totals, ranges=ranges, uncovered=uncovered, outside=outside, heads=heads,
        standing=perpetual_after({"before": before, "registers": totals["registers"]}),
    )  # fmt: skip


def _year(period: Period) -> dict[str, Any]:
    months = list(
        PeriodClosing.objects.filter(kind=MONTH, first_date__gte=period.first, last_date__lte=period.last).order_by(
            "first_date"
        )
    )
    ranges: list[dict[str, Any]] = []
    for month in months:
        if ranges and ranges[-1]["chain"] == month.chain and ranges[-1]["last"] == month.seq - 1:
            ranges[-1]["last"] = month.seq
        else:
            ranges.append({"chain": month.chain, "first": month.seq, "last": month.seq})
    totals, heads, _ = fold_ranges(ranges, period)
    last = body_of(months[-1].chain, seq=months[-1].seq)
    standing = {key: last[key] for key in ("registers", "perpetual_algebraic_minor", "perpetual_absolute_minor")}
    fields = _fields(period, totals, ranges=ranges, uncovered=[], outside=[], heads=heads, standing=standing)
    differences = year_differences(fields)
    if differences:
        raise LowerDiffers(differences)
    return fields


def _fields(period: Period, totals: dict[str, Any], *, standing: dict[str, Any], **lists: Any) -> dict[str, Any]:
    span = {"first": period.first.isoformat(), "last": period.last.isoformat()}
    return {"period": span, "totals": totals, "total_minor": totals["gross_minor"], **standing, **lists}


def _closing_ranges(period: Period) -> list[dict[str, Any]]:
    """The Z that no month covers yet, up to the last one of the period in each chain: a late one enters the month that
    is closed after it came."""
    ranges: list[dict[str, Any]] = []
    for name in chain_names():
        chain = parse_chain(name)
        if chain is None or chain.type != "z":
            continue
        covered = PeriodRange.objects.filter(chain=name).aggregate(last=Max("last"))["last"] or 0
        last = (
            Closing.objects.filter(chain=name, business_date__lte=period.last).aggregate(last=Max("seq"))["last"] or 0
        )
        holes = closings_aside(chain.register, generation=chain.generation)
        runs = runs_without(covered + 1, last, holes=holes)
        ranges += [{"chain": name, "first": low, "last": high} for low, high in runs]
    return ranges
