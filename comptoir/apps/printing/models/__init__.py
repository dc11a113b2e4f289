from .job import PrintJob, PrintState
from .printer import Printer

__all__ = ["PrintJob", "PrintState", "Printer"]
