"""Drawer sessions and the cash records of registers, as rows. Append-only: a Z that names a session closes it."""

from django.db import models
from django.db.models import Q

from comptoir.apps.fiscal.models import Record


class DrawerSession(models.Model):
    """A drawer opened with a counted float, for one business date. It stays open until a Z names it."""

    id = models.UUIDField(primary_key=True)
    record = models.OneToOneField(Record, on_delete=models.PROTECT, related_name="+")  # the sealed opening
    register = models.TextField()
    generation = models.IntegerField()
    business_date = models.DateField()
    opened_at = models.DateTimeField()
    operator_id = models.TextField()
    operator_name = models.TextField()
    opening_minor = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["register", "opened_at"], name="treasury_session_register")]

    def __str__(self) -> str:
        return f"{self.register} {self.business_date}"


class CashEntry(models.Model):
    """One sealed cash record: opening float, money put in or taken out, or a count."""

    record = models.OneToOneField(Record, on_delete=models.PROTECT, primary_key=True, db_column="id")
    chain = models.TextField()
    seq = models.BigIntegerField()
    register = models.TextField()
    generation = models.IntegerField()
    session = models.UUIDField(null=True)
    business_date = models.DateField()
    at = models.DateTimeField()
    kind = models.TextField()  # opening, in, out, count
    amount_minor = models.BigIntegerField()
    reason = models.TextField(null=True)
    label = models.TextField()
    operator_id = models.TextField()
    operator_name = models.TextField()
    pieces = models.TextField()  # canonical JSON: [{"count", "value_minor"}]
    counted = models.TextField()  # canonical JSON: [{"amount_minor", "pieces", "tender"}], for a count

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "seq"], name="treasury_entry_chain_seq"),
            models.CheckConstraint(condition=Q(kind__in=["opening", "in", "out", "count"]), name="treasury_entry_kind"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="treasury_entry_amount"),
        ]
        indexes = [models.Index(fields=["session"], name="treasury_entry_session")]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor}"
