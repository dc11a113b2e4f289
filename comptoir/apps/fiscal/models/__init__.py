"""Tables of the fiscal app."""

from .key import SealingKey
from .quarantine import KeptRecord, Resolution
from .record import Event, Record
from .transfer import Transfer

__all__ = ["Event", "KeptRecord", "Record", "Resolution", "SealingKey", "Transfer"]
