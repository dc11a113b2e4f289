"""Free lines printed at the foot of the receipts of an establishment."""

from django.db import models

from comptoir.apps.settings.models.establishment import Establishment


class ReceiptText(models.Model):
    establishment = models.ForeignKey(Establishment, on_delete=models.CASCADE, related_name="receipt_texts")
    position = models.PositiveSmallIntegerField("position")
    text = models.CharField("texte", max_length=120)

    class Meta:
        verbose_name = "texte du ticket"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["establishment", "position"], name="settings_receipttext_position")
        ]

    def __str__(self) -> str:
        return self.text
