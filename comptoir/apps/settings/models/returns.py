"""Why goods come back, and why a drawer is opened without a sale."""

from django.db import models

DISPOSITIONS = [
    ("resale", "Remis en rayon"),
    ("damaged", "Abîmé, mis à part"),
    ("supplier", "Rendu au fournisseur"),
    ("none", "Sans effet sur le stock"),
]


class ReturnReason(models.Model):
    """A reason of return, with where the goods usually go then: the cashier may say otherwise, line by line."""

    code = models.CharField("code", max_length=20, primary_key=True)
    label = models.CharField("motif", max_length=60)
    disposition = models.CharField("destination", max_length=10, choices=DISPOSITIONS, default="resale")
    position = models.PositiveSmallIntegerField("position", default=0)
    active = models.BooleanField("proposé", default=True)

    class Meta:
        verbose_name = "motif de retour"
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(disposition__in=[code for code, _ in DISPOSITIONS]),
                name="settings_returnreason_disposition",
            )
        ]

    def __str__(self) -> str:
        return self.label


class DrawerReason(models.Model):
    code = models.CharField("code", max_length=20, primary_key=True)
    label = models.CharField("motif", max_length=60)
    position = models.PositiveSmallIntegerField("position", default=0)
    active = models.BooleanField("proposé", default=True)

    class Meta:
        verbose_name = "motif d’ouverture du tiroir"
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.label
