"""The codes of the technical event journal, read from event_codes.json.

Codes below 9000 are the public fragments of the NF525 list; 9000 and above are ours, with the nearest official one. The
full official list is sold, not published: whoever owns it puts an `event_codes.json`, rows of the same shape, in the data
folder; its rows replace ours and add to them."""

import json
import logging
from functools import lru_cache
from pathlib import Path
from typing import Any

logger = logging.getLogger("comptoir.events")

PRIVATE_FROM = 9000  # ours begin here
INTEGRITY = 90
WORKSTATION_ADDED = 126
WORKSTATION_REMOVED = 127
KEPT_GAP = 9101
KEPT_SIGNATURE = 9102
KEPT_CONFLICT = 9103
KEPT_UNREADABLE = 9104
KEPT_FOREIGN = 9105
KEPT_LINK = 9106
KEPT_RESOLVED = 9110
ARITHMETIC_DIFFERS = 9120
PRICE_DIFFERS = 9121
RIGHTS_EXCEEDED = 9122
SESSION_UNKNOWN = 9123
CLOCK_BACK = 9124
RETURNED_BEYOND_SOLD = 9126
CREDIT_NOTE_OVERSPENT = 9127
CREDIT_NOTE_EXPIRED = 9128
SERVER_KEY_CHANGED = 9130
ENROLLED_AGAIN = 9131
REGISTER_KEY_CHANGED = 9132
RESTORED = 9140
REPAIRED = 9141
COMPACTED = 9142
ENROLMENT_SET_ASIDE = 9171
CLOSING_SET_ASIDE = 9172
PURGED = 9173
ARCHIVE_DOWNLOADED = 9174
ARCHIVE_VERIFIED = 9175
SERVER_CLOCK_BACK = 9125
EXPORTED = 110
VERSION_INSTALLED = 250
DATA_INITIALISED = 260
COMPLIANCE_SETTING = 270
INSPECTION = 280


def event_codes() -> dict[int, dict[str, Any]]:
    """Every known code with its French label and, for ours, the nearest official code."""
    from django.conf import settings  # here alone: the processes of `verify` need the numbers, and start without Django

    own = settings.DATA_FOLDER() / "event_codes.json"
    return _codes(own, own.stat().st_mtime_ns if own.is_file() else 0)


@lru_cache(maxsize=8)
def _codes(own: Path, stamp: int) -> dict[int, dict[str, Any]]:
    rows = json.loads(Path(__file__).with_name("event_codes.json").read_text(encoding="utf-8"))
    if stamp:
        try:
            added = json.loads(own.read_text(encoding="utf-8"))
            rows += [{"code": int(row["code"]), "label": str(row["label"]), "nearest": None} for row in added]
        except (ValueError, KeyError, TypeError):  # a list that cannot be read must not stop a seal
            logger.warning("event_codes.json of the data folder cannot be read: left aside")
    return {row["code"]: row for row in rows}


def event_label(code: int) -> str:
    return event_codes()[code]["label"] if code in event_codes() else f"Événement {code}"
