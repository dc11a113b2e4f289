"""The one shape of every ledger: stock, treasury and wallets derive from it."""

from django.db import models
from django.db.models import F, Q


class Transfer(models.Model):
    """A move of a positive amount between two accounts. The caller gives the id, so a replay changes nothing."""

    id = models.UUIDField(primary_key=True)
    from_account = models.TextField()
    to_account = models.TextField()
    amount = models.BigIntegerField()
    code = models.TextField()
    source = models.UUIDField(null=True)  # the sealed record or document that caused it
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="%(app_label)s_%(class)s_amount_positive"),
            models.CheckConstraint(
                condition=~Q(from_account=F("to_account")), name="%(app_label)s_%(class)s_two_accounts"
            ),
        ]
