"""The figures of the home page. All come from sealed tickets that have arrived; nothing is estimated."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import ExtractHour
from django.utils import timezone

from comptoir.apps.settings.models import TenderType
from comptoir.apps.till.models import Ticket, TicketLine, TicketPayment, TicketVat
from comptoir.apps.till.queries import tickets
from comptoir.engine.rounding import divide_half_away

from .charts import Bar

DAYS = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")


def tickets_between(first: date, last: date, *, until: datetime | None = None) -> QuerySet[Ticket]:
    """Tickets of these business dates, both included; sealed at `until` at the latest when it is given."""
    found = tickets().filter(business_date__range=(first, last))
    return found if until is None else found.filter(at__lte=until)


def span_figures(first: date, last: date, *, until: datetime | None = None) -> dict[str, Any]:
    """Turnover, tickets and average basket of business dates. The average counts sales alone."""
    sums = {"gross": 0, "net": 0, "discount": 0, "n": 0, "sold": 0, "refunds": 0, "refunded": 0}
    rows = tickets_between(first, last, until=until).order_by().values("operation").annotate(
        count=Count("pk"), gross=Sum("gross_minor"), net=Sum("net_minor"), discount=Sum("discount_minor")
    )  # fmt: skip
    for row in rows:
        for name in ("gross", "net", "discount"):
            sums[name] += row[name]
        if row["operation"] == "sale":
            sums["n"], sums["sold"] = row["count"], row["gross"]
        elif row["operation"] in ("refund", "cancel"):
            sums["refunds"] += row["count"]
            sums["refunded"] += row["gross"]
    return {**sums, "average": divide_half_away(sums["sold"], sums["n"]) if sums["n"] else None}


def change_percent(amount: int | None, before: int | None) -> int | None:
    """How much more than before, in whole percent, half away from zero; None when there was nothing to compare with."""
    if amount is None or before is None or before <= 0:
        return None
    return divide_half_away((amount - before) * 100, before)


def by_hour(sold: QuerySet[Ticket]) -> dict[int, int]:
    """Gross by hour of the shop's clock."""
    hour = ExtractHour("at", tzinfo=timezone.get_current_timezone())
    return dict(sold.order_by().annotate(hour=hour).values_list("hour").annotate(total=Sum("gross_minor")))


def sales_by_hour(
    sold: QuerySet[Ticket], *, before: QuerySet[Ticket] | None = None, now: int | None = None
) -> list[Bar]:
    """Gross by hour, from the first hour with a ticket to the last, beside that of other tickets; `now` is the current hour."""
    rows, earlier = by_hour(sold), by_hour(before) if before is not None else {}
    met = [*rows, *earlier]
    if not met:
        return []
    return [
        Bar(f"{hour} h", rows.get(hour, 0), None if before is None else earlier.get(hour, 0), hour == now)
        for hour in range(min(met), max(met) + 1)
    ]


def by_day(first: date, last: date) -> dict[date, int]:
    rows = tickets_between(first, last).order_by().values_list("business_date").annotate(total=Sum("gross_minor"))
    return dict(rows)


def week_sales(day: date) -> list[Bar]:
    """Gross of each day of the week that holds `day`, Monday first, beside the same weekday a week earlier."""
    monday = day - timedelta(days=day.weekday())
    rows = by_day(monday - timedelta(days=7), monday + timedelta(days=6))
    week = [monday + timedelta(days=offset) for offset in range(7)]
    return [
        Bar(DAYS[one.weekday()], rows.get(one, 0), rows.get(one - timedelta(days=7), 0), one == day) for one in week
    ]


def month_sales(first: date, last: date, *, today: date) -> list[Bar]:
    """Gross of each day, named by its date."""
    rows = by_day(first, last)
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    return [Bar(str(one.day), rows.get(one, 0), None, one == today) for one in days]


def best_sellers(first: date, last: date, *, most: int = 6) -> list[dict[str, Any]]:
    """The articles that brought most, with the quantity sold and the width of their bar in thousandths."""
    rows = list(
        TicketLine.objects.filter(ticket__business_date__range=(first, last), article__isnull=False)
        .order_by().values("article", "label", "unit").annotate(gross=Sum("gross_minor"), quantity=Sum("quantity_milli"))
        .order_by("-gross", "label")[:most]
    )  # fmt: skip
    return with_bars(rows, "gross")


def tender_shares(first: date, last: date) -> list[dict[str, Any]]:
    labels = dict(TenderType.objects.values_list("code", "label"))
    rows = (
        TicketPayment.objects.filter(ticket__business_date__range=(first, last))
        .order_by().values("tender").annotate(amount=Sum("amount_minor")).order_by("-amount")
    )  # fmt: skip
    return with_bars(
        [{"label": labels.get(row["tender"], row["tender"]), "amount": row["amount"]} for row in rows], "amount"
    )


def vat_shares(first: date, last: date) -> list[dict[str, Any]]:
    """Base, tax and gross by rate, the highest rate first, what is outside the VAT base last."""
    rows = list(
        TicketVat.objects.filter(ticket__business_date__range=(first, last)).order_by().values("vat_e4")
        .annotate(base=Sum("base_minor"), vat=Sum("vat_minor"), gross=Sum("gross_minor"))
    )  # fmt: skip
    rows.sort(key=lambda row: 1 if row["vat_e4"] is None else -1 - row["vat_e4"])
    return with_bars(rows, "gross")


def with_bars(rows: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """The rows with `bar`, the width of their amount in thousandths of the largest."""
    highest = max((row[name] for row in rows), default=0)
    return [row | {"bar": max(row[name], 0) * 1000 // highest if highest > 0 else 0} for row in rows]
