"""The wallets' tables for raw rows: columns in the order in which projection.py gives them."""

from comptoir.apps.fiscal.raw_rows import RawTable

from .models import CreditNote, WalletTransfer

CREDIT_NOTES = RawTable(
    CreditNote, "id", "reference", "issued_minor", "at", "valid_until", "customer", "operator_id", "operator_name"
)
WALLET_TRANSFERS = RawTable(
    WalletTransfer, "id", "from_account", "to_account", "amount", "code", "source", "at", "recorded_at"
)
