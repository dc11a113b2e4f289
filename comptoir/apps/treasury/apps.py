"""Declares the app "treasury" and its append-only tables."""

from django.apps import AppConfig


class TreasuryConfig(AppConfig):
    name = "comptoir.apps.treasury"
    label = "treasury"
    append_only: tuple[str, ...] = (
        "CashTransfer",
        "DrawerSession",
        "CashEntry",
        "Closing",
        "ClosingTender",
        "ClosingSession",
        "PeriodClosing",
        "PeriodRange",
        "FiscalYearStart",
        "OfficeMove",
        "DepositedCheque",
        "Attachment",
        "SetAside",
        "AutomaticClosing",
    )
