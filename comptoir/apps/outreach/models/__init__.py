"""Models of the mails to customers."""

from .mail_settings import MailSettings
from .receipt_copy import CopyOutcome, ReceiptCopy, WaitingAddress

__all__ = ["CopyOutcome", "MailSettings", "ReceiptCopy", "WaitingAddress"]
