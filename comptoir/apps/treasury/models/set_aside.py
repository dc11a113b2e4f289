"""What a person decided to stop waiting for, and how months close by themselves. Append-only: decisions follow decisions."""

from django.db import models
from django.db.models import Q


class SetAside(models.Model):
    """An enrolment whose till will never come back (`closing_seq` null), or one Z that contradicts itself.

    What had arrived stays sealed as it was: its records enter the month as `uncovered`."""

    id = models.UUIDField(primary_key=True)
    register = models.TextField()
    generation = models.IntegerField()
    closing_seq = models.BigIntegerField(null=True)
    reason = models.TextField()
    operator_id = models.TextField()
    operator_name = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["register", "generation"], condition=Q(closing_seq=None), name="treasury_aside_enrolment_once"
            ),
            models.UniqueConstraint(
                fields=["register", "generation", "closing_seq"], name="treasury_aside_closing_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="treasury_aside_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.register}-{self.generation} {self.closing_seq or ''}"


class AutomaticClosing(models.Model):
    """Whether finished months and years are closed without being asked, and how many days after their end; the last
    decision holds. Without any: yes, five days after."""

    id = models.UUIDField(primary_key=True)
    enabled = models.BooleanField()
    after_days = models.IntegerField()
    operator_id = models.TextField()
    operator_name = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(after_days__gte=1) & Q(after_days__lte=31), name="treasury_automatic_days"
            )
        ]

    def __str__(self) -> str:
        return f"{self.enabled} {self.after_days}"
