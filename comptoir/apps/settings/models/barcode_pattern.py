"""Shapes of the in-store codes that carry a price, a weight or a quantity."""

from django.db import models


class BarcodePattern(models.Model):
    """An EAN-13: `prefix`, the item, an optional verifier of the value, the value, the check digit."""

    name = models.CharField("nom", max_length=60)
    prefix = models.CharField("préfixe", max_length=3, unique=True)
    item_digits = models.PositiveSmallIntegerField("chiffres de l’article")
    verifier = models.BooleanField("clé sur la valeur", default=False)
    value_digits = models.PositiveSmallIntegerField("chiffres de la valeur")
    decimals = models.PositiveSmallIntegerField("décimales de la valeur")
    kind = models.CharField(
        "valeur", max_length=10, choices=[("price", "Prix"), ("weight", "Poids"), ("quantity", "Quantité")]
    )
    active = models.BooleanField("lu", default=True)

    class Meta:
        verbose_name = "modèle de code-barres"
        ordering = ["prefix"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["price", "weight", "quantity"]), name="settings_barcodepattern_kind"
            ),
            models.CheckConstraint(condition=models.Q(prefix__startswith="2"), name="settings_barcodepattern_prefix"),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}… {self.name}"
