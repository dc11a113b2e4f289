"""Daily closings (Z) booked once their whole range has arrived, beside what the server found by itself. Append-only."""

from django.db import models
from django.db.models import Q

from comptoir.apps.fiscal.models import Record


class Closing(models.Model):
    """A Z sealed by its register. `agrees` tells whether the server's own sum of the stored rows gave the same."""

    record = models.OneToOneField(Record, on_delete=models.PROTECT, primary_key=True, db_column="id")
    chain = models.TextField()
    seq = models.BigIntegerField()
    register = models.TextField()
    generation = models.IntegerField()
    business_date = models.DateField()
    opened_at = models.DateTimeField()
    at = models.DateTimeField()
    operator_id = models.TextField()
    operator_name = models.TextField()
    first_seq = models.BigIntegerField()  # tickets; 0 and 0 when there were none
    last_seq = models.BigIntegerField()
    ticket_count = models.IntegerField()
    total_minor = models.BigIntegerField()
    perpetual_algebraic_minor = models.BigIntegerField()
    perpetual_absolute_minor = models.BigIntegerField()
    agrees = models.BooleanField()
    disagreements = models.TextField()  # canonical JSON: [{"path", "sealed", "computed"}]
    booked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "seq"], name="treasury_closing_chain_seq"),
            models.CheckConstraint(
                condition=Q(first_seq__gte=0) & Q(last_seq__gte=models.F("first_seq")), name="treasury_closing_range"
            ),
        ]
        indexes = [models.Index(fields=["business_date", "register"], name="treasury_closing_day")]

    def __str__(self) -> str:
        return f"Z {self.register}-{self.generation}-{self.seq}"


class ClosingTender(models.Model):
    """What a Z says of one tender: expected, counted, difference and the words that explain it."""

    closing = models.ForeignKey(Closing, on_delete=models.PROTECT, related_name="tenders", db_index=False)
    tender = models.TextField()
    expected_minor = models.BigIntegerField()
    counted_minor = models.BigIntegerField()
    difference_minor = models.BigIntegerField()
    explanation = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["closing", "tender"], name="treasury_closing_tender"),
            models.CheckConstraint(
                condition=Q(difference_minor=models.F("counted_minor") - models.F("expected_minor")),
                name="treasury_closing_difference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tender} {self.difference_minor}"


class ClosingSession(models.Model):
    """Which drawer session a Z closed."""

    closing = models.ForeignKey(Closing, on_delete=models.PROTECT, related_name="sessions", db_index=False)
    session = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["closing", "session"], name="treasury_closing_session"),
        ]
        indexes = [models.Index(fields=["session"], name="treasury_closed_session")]

    def __str__(self) -> str:
        return str(self.session)
