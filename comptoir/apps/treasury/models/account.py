"""Accounting accounts that the shop, or its accountant, chose instead of the usual ones of the country."""

from django.db import models


class BookAccount(models.Model):
    """`role` and `key` say what is booked (sales at a rate, a tender…); see book_accounts.py for the usual ones."""

    role = models.CharField("usage", max_length=12)
    key = models.CharField("clé", max_length=24)
    account = models.CharField("compte", max_length=12)
    label = models.CharField("intitulé", max_length=80)

    class Meta:
        ordering = ["role", "key"]
        constraints = [
            models.UniqueConstraint(fields=["role", "key"], name="treasury_account_key"),
            models.CheckConstraint(condition=~models.Q(account=""), name="treasury_account_number"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.label}"
