"""The sealed records of every chain, word for word as they were signed. Append-only."""

from django.db import models
from django.db.models import Q


class Record(models.Model):
    """One sealed record. `body`, `to_sign`, `signature` are the truth; the other columns repeat the body for search."""

    id = models.UUIDField(primary_key=True)
    chain = models.TextField()
    seq = models.BigIntegerField()
    type = models.TextField()
    register = models.TextField()
    generation = models.IntegerField()
    key = models.TextField()  # thumbprint of the signing key
    body = models.TextField()
    to_sign = models.TextField()
    signature = models.TextField()
    business_date = models.DateField()
    session = models.UUIDField(null=True)
    at = models.DateTimeField()  # sealed by the register
    received_at = models.DateTimeField()  # the only column that the seal does not cover

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "seq"], name="fiscal_record_chain_seq"),
            models.CheckConstraint(
                condition=Q(seq__gte=1) & Q(generation__gte=1), name="fiscal_record_counts_from_one"
            ),
        ]
        indexes = [  # tickets are nearly all there is, and found by the days of their own rows
            models.Index(
                fields=["business_date", "chain", "seq"], condition=~Q(type="ticket"), name="fiscal_record_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chain} n° {self.seq}"


class Event(models.Model):
    """The technical event journal, readable: one row for each sealed event, of registers and of the server."""

    record = models.OneToOneField(Record, on_delete=models.PROTECT, primary_key=True, db_column="id")
    code = models.IntegerField()
    label = models.TextField()
    detail = models.TextField()  # canonical JSON object
    register = models.TextField()  # "S" for the server
    operator_id = models.TextField()
    operator_name = models.TextField()
    business_date = models.DateField()
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["at"], name="fiscal_event_at"),
            models.Index(fields=["code", "at"], name="fiscal_event_code"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"
