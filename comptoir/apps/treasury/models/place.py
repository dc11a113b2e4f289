"""Safes and bank accounts, as the shop names them. Their balances are those of the ledger, computed."""

from django.db import models

from comptoir.apps.fiscal.identifiers import uuid7

MAIN = "1"  # what a till's « mise au coffre » and « remise en banque » go to


class CashPlace(models.Model):
    """A safe or a bank account; its ledger account is `safe/<code>` or `bank/<code>`. Never deleted, only put aside."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField("nature", max_length=4, choices=[("safe", "Coffre"), ("bank", "Banque")])
    code = models.CharField("code", max_length=4)
    name = models.CharField("nom", max_length=60)
    holder = models.CharField("titulaire", max_length=120, blank=True)
    iban = models.CharField("IBAN", max_length=34, blank=True)
    active = models.BooleanField("utilisé", default=True)

    class Meta:
        ordering = ["-kind", "code"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "code"], name="treasury_place_code"),
            models.CheckConstraint(condition=models.Q(kind__in=["safe", "bank"]), name="treasury_place_kind"),
            models.CheckConstraint(condition=~models.Q(code=""), name="treasury_place_has_code"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def account(self) -> str:
        """Its name in the ledger."""
        return f"{self.kind}/{self.code}"
