"""Money that moves: drawers, safe, sales. Balances are computed, never stored."""

from django.db import models

from comptoir.apps.fiscal.models import Transfer


class CashTransfer(Transfer):
    """Cash going from one place to another, in minor units. Accounts: `drawer/C1`, `sales`, `safe`, `outside`, …"""

    class Meta(Transfer.Meta):
        indexes = [
            models.Index(fields=["from_account", "at"], name="treasury_transfer_from"),
            models.Index(fields=["to_account", "at"], name="treasury_transfer_to"),
        ]

    def __str__(self) -> str:
        return f"{self.from_account} → {self.to_account} {self.amount}"
