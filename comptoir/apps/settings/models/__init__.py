from comptoir.apps.settings.models.barcode_pattern import BarcodePattern
from comptoir.apps.settings.models.cash import CashReason, Denomination
from comptoir.apps.settings.models.company import Company
from comptoir.apps.settings.models.establishment import Establishment
from comptoir.apps.settings.models.receipt_text import ReceiptText
from comptoir.apps.settings.models.register import Register
from comptoir.apps.settings.models.returns import DrawerReason, ReturnReason
from comptoir.apps.settings.models.tender import TenderType

__all__ = [
    "BarcodePattern",
    "CashReason",
    "Company",
    "Denomination",
    "DrawerReason",
    "Establishment",
    "ReceiptText",
    "Register",
    "ReturnReason",
    "TenderType",
]
