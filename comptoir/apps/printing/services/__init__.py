from .enqueue_print import OtherContent, enqueue_print
from .record_state import record_state
from .set_printer import set_printer

__all__ = ["OtherContent", "enqueue_print", "record_state", "set_printer"]
