"""Stored value that moves: credit notes. Balances are computed, never stored."""

from django.db import models

from comptoir.apps.fiscal.models import Transfer


class WalletTransfer(Transfer):
    """Value put on a credit note or taken from it, in minor units. Accounts: `credit/AC1-1-412`, `sales`."""

    class Meta(Transfer.Meta):
        indexes = [
            models.Index(fields=["from_account", "at"], name="wallets_transfer_from"),
            models.Index(fields=["to_account", "at"], name="wallets_transfer_to"),
            models.Index(fields=["source"], name="wallets_transfer_source"),
        ]

    def __str__(self) -> str:
        return f"{self.from_account} → {self.to_account} {self.amount}"
