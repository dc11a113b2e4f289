"""The receipt printer of a register, when the server prints for it."""

from django.db import models

from comptoir.apps.fiscal.identifiers import uuid7


class Printer(models.Model):
    """One printer a register. `address` is `host:port` or a device path; `page` a code page offered by the emitter."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    register = models.CharField("caisse", max_length=8, unique=True)
    address = models.CharField("adresse", max_length=120)
    columns = models.PositiveSmallIntegerField("caractères par ligne", default=48)
    page = models.CharField("page de code", max_length=12, default="cp1252")
    drawer_pin = models.PositiveSmallIntegerField("broche du tiroir", default=2)
    active = models.BooleanField("en service", default=True)

    class Meta:
        verbose_name = "imprimante"
        ordering = ["register"]
        constraints = [
            models.CheckConstraint(condition=models.Q(columns__in=(32, 42, 48)), name="printing_printer_columns"),
            models.CheckConstraint(
                condition=models.Q(page__in=("cp1252", "cp858", "iso8859-15")), name="printing_printer_page"
            ),
            models.CheckConstraint(condition=models.Q(drawer_pin__in=(2, 5)), name="printing_printer_pin"),
        ]

    def __str__(self) -> str:
        return f"{self.register} {self.address}"
