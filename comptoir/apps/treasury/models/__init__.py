"""Tables of the treasury app."""

from .closing import Closing, ClosingSession, ClosingTender
from .drawer import CashEntry, DrawerSession
from .ledger import CashTransfer
from .period import FiscalYearStart, PeriodClosing, PeriodRange
from .set_aside import AutomaticClosing, SetAside

__all__ = [
    "AutomaticClosing",
    "CashEntry",
    "CashTransfer",
    "Closing",
    "ClosingSession",
    "ClosingTender",
    "DrawerSession",
    "FiscalYearStart",
    "PeriodClosing",
    "PeriodRange",
    "SetAside",
]
