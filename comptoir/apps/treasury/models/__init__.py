"""Tables of the treasury app."""

from .closing import Closing, ClosingSession, ClosingTender
from .drawer import CashEntry, DrawerSession
from .ledger import CashTransfer

__all__ = ["CashEntry", "CashTransfer", "Closing", "ClosingSession", "ClosingTender", "DrawerSession"]
