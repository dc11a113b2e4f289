"""Tables of the treasury app."""

from .account import BookAccount
from .attachment import Attachment
from .closing import Closing, ClosingSession, ClosingTender
from .drawer import CashEntry, DrawerSession
from .ledger import CashTransfer
from .office import DepositedCheque, OfficeMove
from .period import FiscalYearStart, PeriodClosing, PeriodRange
from .place import CashPlace
from .set_aside import AutomaticClosing, SetAside

__all__ = [
    "Attachment",
    "BookAccount",
    "AutomaticClosing",
    "CashEntry",
    "CashPlace",
    "CashTransfer",
    "Closing",
    "ClosingSession",
    "ClosingTender",
    "DepositedCheque",
    "DrawerSession",
    "FiscalYearStart",
    "OfficeMove",
    "PeriodClosing",
    "PeriodRange",
    "SetAside",
]
