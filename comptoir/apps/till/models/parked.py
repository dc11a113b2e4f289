"""Baskets set aside until their customer comes back, known to the server so that another register can take them over.

No fiscal record: nothing is sold yet, no number is used. A row is a lock: who holds the basket, and who took it from whom."""

from django.db import models
from django.db.models import Q


class ParkedBasket(models.Model):
    """One basket set aside on a register. Taken once, by one register: the same request asked again has the same answer."""

    id = models.UUIDField(primary_key=True)  # the basket's, given by the register
    register = models.TextField()  # that set it aside
    label = models.TextField(blank=True)  # typed by the cashier; else `name` says it
    name = models.TextField()  # the basket's own name: customer, or first article
    operator = models.TextField()
    lines = models.IntegerField()
    total_minor = models.BigIntegerField()
    parked_at = models.DateTimeField()
    basket = models.TextField(blank=True)  # as the register keeps it; emptied once it is of no use
    taken_at = models.DateTimeField(null=True)
    taken_register = models.TextField(null=True)
    taken_operator = models.TextField(null=True)
    request = models.UUIDField(null=True)  # of who took it

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(taken_at=None, taken_register=None, taken_operator=None, request=None)
                | Q(
                    taken_at__isnull=False,
                    taken_register__isnull=False,
                    taken_operator__isnull=False,
                    request__isnull=False,
                ),
                name="till_parked_taken_whole",
            ),
            models.CheckConstraint(condition=Q(lines__gte=0), name="till_parked_lines"),
        ]
        indexes = [models.Index(fields=["register", "parked_at"], name="till_parked_register")]

    def __str__(self) -> str:
        return self.label or self.name
