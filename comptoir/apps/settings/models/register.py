"""A register: the till that owns a numbering and a chain. Its enrolments (generations, keys) are facts of `fiscal`."""

from django.db import models

from comptoir.apps.fiscal.identifiers import uuid7
from comptoir.apps.settings.models.establishment import Establishment


class Register(models.Model):
    """A register never changes establishment: its sealed records carry the establishment's number."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField("code", max_length=8, unique=True)
    name = models.CharField("nom", max_length=60)
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="registers")
    active = models.BooleanField("en service", default=True)

    class Meta:
        verbose_name = "caisse"
        ordering = ["code"]
        constraints = [
            # The code enters chain names and printed numbers, where "-" is the separator.
            models.CheckConstraint(
                condition=~models.Q(code="") & ~models.Q(code__contains="-"), name="settings_register_code"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
