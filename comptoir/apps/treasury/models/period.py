"""Closings sealed by the server: months, years and days on which no register opened; which lower closings each one
covers, and when a year starts.

Append-only. A lower closing belongs to one period: ranges of one chain start only once, and are written under a lock."""

from django.db import models
from django.db.models import F, Q

from comptoir.apps.fiscal.models import Record


class PeriodClosing(models.Model):
    """A month, a year or a day without opening, as its sealed record says it."""

    record = models.OneToOneField(Record, on_delete=models.PROTECT, primary_key=True, db_column="id")
    kind = models.TextField()  # day, month, year
    chain = models.TextField()
    seq = models.BigIntegerField()
    first_date = models.DateField()
    last_date = models.DateField()
    closings = models.IntegerField()  # Z below it, however far
    ticket_count = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField()
    difference_minor = models.BigIntegerField()  # cash counted less cash expected
    perpetual_algebraic_minor = models.BigIntegerField()
    perpetual_absolute_minor = models.BigIntegerField()
    operator_id = models.TextField()
    operator_name = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "seq"], name="treasury_period_chain_seq"),
            models.UniqueConstraint(fields=["kind", "first_date"], name="treasury_period_first"),
            models.UniqueConstraint(fields=["kind", "last_date"], name="treasury_period_last"),
            models.CheckConstraint(condition=Q(kind__in=["day", "month", "year"]), name="treasury_period_kind"),
            models.CheckConstraint(condition=Q(last_date__gte=F("first_date")), name="treasury_period_dates"),
            models.CheckConstraint(
                condition=Q(closings__gte=0) & Q(ticket_count__gte=0), name="treasury_period_counts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.first_date} {self.last_date}"


class PeriodRange(models.Model):
    """Consecutive records that a period covers: Z of a register, months of a year, or records without any Z."""

    closing = models.ForeignKey(PeriodClosing, on_delete=models.PROTECT, related_name="ranges", db_index=False)
    chain = models.TextField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "first"], name="treasury_range_once"),
            models.CheckConstraint(condition=Q(first__gte=1) & Q(last__gte=F("first")), name="treasury_range_order"),
        ]

    def __str__(self) -> str:
        return f"{self.chain} {self.first}-{self.last}"


class FiscalYearStart(models.Model):
    """The first month of the fiscal year, from this decision on; the last one holds. None: the civil year."""

    id = models.UUIDField(primary_key=True)
    first_month = models.IntegerField()
    operator_id = models.TextField()
    operator_name = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(first_month__gte=1) & Q(first_month__lte=12), name="treasury_year_month")
        ]

    def __str__(self) -> str:
        return str(self.first_month)
