"""A paper printed again: a sealed record of its own, counted in the Z."""

from django.db import models

from comptoir.apps.fiscal.models import Record


class Duplicate(models.Model):
    """The n-th reprint of a paper; its original is number 0."""

    record = models.OneToOneField(Record, on_delete=models.PROTECT, primary_key=True, db_column="id")
    chain = models.TextField()
    seq = models.BigIntegerField()
    register = models.TextField()
    business_date = models.DateField()
    at = models.DateTimeField()
    operator_id = models.TextField()
    operator_name = models.TextField()
    origin_type = models.TextField()  # ticket, z, …
    origin_chain = models.TextField()
    origin_seq = models.BigIntegerField()
    number = models.IntegerField()
    reason = models.TextField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="till_duplicate_chain_seq")]
        indexes = [models.Index(fields=["origin_chain", "origin_seq"], name="till_duplicate_origin")]

    def __str__(self) -> str:
        return f"{self.origin_chain}-{self.origin_seq} n° {self.number}"
