"""The figures of the home page. All come from sealed tickets that have arrived; nothing is estimated."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import ExtractHour
from django.utils import timezone

from comptoir.apps.settings.models import TenderType
from comptoir.apps.till.models import Ticket, TicketLine, TicketPayment
from comptoir.apps.till.queries import tickets
from comptoir.engine.rounding import divide_half_away


def day_figures(day: date) -> dict[str, Any]:
    """Turnover, tickets and average basket of a business date. The average counts sales alone."""
    sold = tickets().filter(business_date=day)
    totals = sold.aggregate(
        gross=Sum("gross_minor", default=0), net=Sum("net_minor", default=0), discount=Sum("discount_minor", default=0)
    )
    sales = sold.filter(operation="sale").aggregate(n=Count("pk"), gross=Sum("gross_minor", default=0))
    refunds = sold.filter(operation__in=("refund", "cancel")).aggregate(
        n=Count("pk"), gross=Sum("gross_minor", default=0)
    )
    return {
        "gross": totals["gross"], "net": totals["net"], "discount": totals["discount"], "n": sales["n"], "refunds": refunds["n"],
        "refunded": refunds["gross"], "average": divide_half_away(sales["gross"], sales["n"]) if sales["n"] else None,
    }  # fmt: skip


def sales_by_hour(sold: QuerySet[Ticket]) -> list[tuple[str, int, bool]]:
    """Gross by hour of the shop's clock, from the first hour with a ticket to the last."""
    rows = dict(
        sold.order_by()
        .annotate(hour=ExtractHour("at", tzinfo=timezone.get_current_timezone()))
        .values_list("hour")
        .annotate(total=Sum("gross_minor"))
    )
    if not rows:
        return []
    now = timezone.localtime().hour
    return [(f"{hour} h", rows.get(hour, 0), hour == now) for hour in range(min(rows), max(rows) + 1)]


DAYS = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")


def week_figures(day: date) -> list[tuple[str, int, bool]]:
    """Gross of each day of the week, Monday first, up to today."""
    monday = day - timedelta(days=day.weekday())
    rows = dict(
        tickets()
        .filter(business_date__gte=monday, business_date__lte=day)
        .order_by()
        .values_list("business_date")
        .annotate(total=Sum("gross_minor"))
    )
    week = [monday + timedelta(days=offset) for offset in range(day.weekday() + 1)]
    return [(DAYS[one.weekday()], rows.get(one, 0), one == day) for one in week]


def best_sellers(day: date, *, most: int = 6) -> list[dict[str, Any]]:
    """The articles that brought most on a day, with the width of their bar in thousandths."""
    rows = list(
        TicketLine.objects.filter(ticket__business_date=day, article__isnull=False)
        .order_by().values("article", "label").annotate(gross=Sum("gross_minor"), n=Count("pk")).order_by("-gross", "label")[:most]
    )  # fmt: skip
    highest = max((row["gross"] for row in rows), default=0)
    return [row | {"bar": max(row["gross"], 0) * 1000 // highest if highest > 0 else 0} for row in rows]


def tender_shares(day: date) -> list[dict[str, Any]]:
    labels = dict(TenderType.objects.values_list("code", "label"))
    rows = (
        TicketPayment.objects.filter(ticket__business_date=day)
        .order_by()
        .values("tender")
        .annotate(amount=Sum("amount_minor"))
        .order_by("-amount")
    )
    return [{"label": labels.get(row["tender"], row["tender"]), "amount": row["amount"]} for row in rows]
