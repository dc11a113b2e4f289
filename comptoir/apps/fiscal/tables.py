"""The fiscal tables for raw rows: columns in the order in which services give them."""

from .models import Event, KeptRecord, Record, Resolution
from .raw_tables import RawTable

RECORDS = RawTable(
    Record, "id", "chain", "seq", "type", "register", "generation", "key", "body", "to_sign", "signature",
    "business_date", "session", "at", "received_at",
)  # fmt: skip
EVENTS = RawTable(
    Event, "id", "code", "label", "detail", "register", "operator_id", "operator_name", "business_date", "at"
)
KEPT = RawTable(
    KeptRecord, "id", "record", "chain", "seq", "code", "detail", "envelope", "digest", "sender", "received_at"
)
RESOLUTIONS = RawTable(Resolution, "kept_id", "outcome", "reason", "operator", "at")
