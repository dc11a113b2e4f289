"""Mails to customers: the copies of their receipts that they ask for."""

from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "comptoir.apps.outreach"
    label = "outreach"
    verbose_name = "Envois aux clients"
    append_only = ("ReceiptCopy", "CopyOutcome")
