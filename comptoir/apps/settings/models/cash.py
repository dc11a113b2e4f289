"""Reasons of cash moves, and the coins and notes that are counted."""

from django.db import models


class CashReason(models.Model):
    code = models.CharField("code", max_length=20, primary_key=True)
    label = models.CharField("motif", max_length=60)
    direction = models.CharField("sens", max_length=3, choices=[("in", "Entrée"), ("out", "Sortie")])
    needs_label = models.BooleanField("demande une précision", default=False)
    position = models.PositiveSmallIntegerField("position", default=0)
    active = models.BooleanField("proposé", default=True)

    class Meta:
        verbose_name = "motif de mouvement de caisse"
        ordering = ["direction", "position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(direction__in=["in", "out"]), name="settings_cashreason_direction"
            )
        ]

    def __str__(self) -> str:
        return self.label


class Denomination(models.Model):
    value_minor = models.PositiveIntegerField("valeur, en centimes", primary_key=True)
    bank_note = models.BooleanField("billet")
    active = models.BooleanField("compté", default=True)

    class Meta:
        verbose_name = "pièce ou billet"
        ordering = ["-value_minor"]
        constraints = [
            models.CheckConstraint(condition=models.Q(value_minor__gt=0), name="settings_denomination_positive")
        ]

    def __str__(self) -> str:
        return str(self.value_minor)
