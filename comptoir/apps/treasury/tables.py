"""The treasury's tables for raw rows: columns in the order in which projection.py gives them."""

from comptoir.apps.fiscal.raw_rows import RawTable

from .models import (
    CashEntry,
    CashTransfer,
    Closing,
    ClosingSession,
    ClosingTender,
    DepositedCheque,
    DrawerSession,
    OfficeMove,
    PeriodClosing,
    PeriodRange,
)

TRANSFERS = RawTable(CashTransfer, "id", "from_account", "to_account", "amount", "code", "source", "at", "recorded_at")
SESSIONS = RawTable(
    DrawerSession, "id", "record_id", "register", "generation", "business_date", "opened_at", "operator_id",
    "operator_name", "opening_minor",
)  # fmt: skip
ENTRIES = RawTable(
    CashEntry, "id", "chain", "seq", "register", "generation", "session", "business_date", "at", "kind", "amount_minor",
    "reason", "label", "operator_id", "operator_name", "pieces", "counted",
)  # fmt: skip
CLOSINGS = RawTable(
    Closing, "id", "chain", "seq", "register", "generation", "business_date", "opened_at", "at", "operator_id",
    "operator_name", "first_seq", "last_seq", "ticket_count", "total_minor", "perpetual_algebraic_minor",
    "perpetual_absolute_minor", "agrees", "disagreements", "booked_at",
)  # fmt: skip
CLOSING_TENDERS = RawTable(
    ClosingTender, "closing_id", "tender", "expected_minor", "counted_minor", "difference_minor", "explanation"
)
CLOSING_SESSIONS = RawTable(ClosingSession, "closing_id", "session")
PERIODS = RawTable(
    PeriodClosing, "id", "kind", "chain", "seq", "first_date", "last_date", "closings", "ticket_count", "total_minor",
    "net_minor", "vat_minor", "difference_minor", "perpetual_algebraic_minor", "perpetual_absolute_minor",
    "operator_id", "operator_name", "at",
)  # fmt: skip
PERIOD_RANGES = RawTable(PeriodRange, "closing_id", "chain", "first", "last")
OFFICE_MOVES = RawTable(
    OfficeMove, "id", "request", "chain", "seq", "business_date", "at", "kind", "from_account", "to_account",
    "amount_minor", "expected_minor", "reason", "label", "reference", "value_date", "origin", "operator_id",
    "operator_name", "pieces",
)  # fmt: skip
CHEQUES = RawTable(
    DepositedCheque, "slip_id", "ticket", "payment", "chain", "seq", "sold_on", "amount_minor", "reference"
)
