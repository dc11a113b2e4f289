"""A credit note as its refund issued it. What is left on it is in the ledger."""

from django.db import models
from django.db.models import Q

from comptoir.apps.fiscal.models import Record


class CreditNote(models.Model):
    """The refund whose number it bears gave it its value; whoever shows the code may spend it."""

    record = models.OneToOneField(Record, on_delete=models.PROTECT, primary_key=True, db_column="id")
    reference = models.TextField(unique=True)  # A and the number of the refund: AC1-1-412
    issued_minor = models.BigIntegerField()
    at = models.DateTimeField()
    valid_until = models.DateField(null=True)  # as sealed by the till; null means without end
    customer = models.TextField(null=True)  # null: to the bearer
    operator_id = models.TextField()
    operator_name = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(issued_minor__gt=0), name="wallets_creditnote_issued_positive")
        ]
        indexes = [models.Index(fields=["at"], name="wallets_creditnote_at")]

    def __str__(self) -> str:
        return self.reference
