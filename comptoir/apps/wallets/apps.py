"""Declares the app "wallets" and its append-only tables."""

from django.apps import AppConfig


class WalletsConfig(AppConfig):
    name = "comptoir.apps.wallets"
    label = "wallets"
    append_only: tuple[str, ...] = ("CreditNote", "WalletTransfer")
