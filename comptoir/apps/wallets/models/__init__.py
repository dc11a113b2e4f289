from .credit_note import CreditNote
from .ledger import WalletTransfer

__all__ = ["CreditNote", "WalletTransfer"]
