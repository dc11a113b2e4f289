"""The till's tables for raw rows: columns in the order in which projection.py gives them."""

from comptoir.apps.fiscal.raw_rows import RawTable

from .models import Duplicate, Ticket, TicketLine, TicketPayment, TicketVat

TICKETS = RawTable(
    Ticket, "id", "chain", "seq", "register", "generation", "session", "business_date", "at", "operation",
    "operator_id", "operator_name", "customer", "origin", "mode", "gross_minor", "net_minor", "vat_minor",
    "discount_minor",
    "rounding_minor", "change_minor", "articles", "line_count", "deleted_lines", "deleted_minor",
    "perpetual_algebraic_minor", "perpetual_absolute_minor", "catalogue", "reason", "approved_by", "approved_name",
    "exchange",
)  # fmt: skip
LINES = RawTable(
    TicketLine, "ticket_id", "position", "kind", "article", "label", "family", "quantity_milli", "unit",
    "unit_price_e4", "vat_e4", "list_minor", "discount_minor", "gross_minor", "net_minor", "vat_minor",
    "origin_line", "disposition", "return_reason",
)  # fmt: skip
PAYMENTS = RawTable(
    TicketPayment,
    "ticket_id",
    "position",
    "tender",
    "kind",
    "amount_minor",
    "tendered_minor",
    "change_minor",
    "reference",
)
VAT = RawTable(TicketVat, "ticket_id", "position", "vat_e4", "base_minor", "vat_minor", "gross_minor")
DUPLICATES = RawTable(
    Duplicate, "id", "chain", "seq", "register", "business_date", "at", "operator_id", "operator_name", "origin_type",
    "origin_chain", "origin_seq", "number", "reason",
)  # fmt: skip
