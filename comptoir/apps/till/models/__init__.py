"""Tables of the till app."""

from .duplicate import Duplicate
from .enrolment import Device, EnrolmentCode
from .ticket import Ticket, TicketLine, TicketPayment, TicketVat

__all__ = ["Device", "Duplicate", "EnrolmentCode", "Ticket", "TicketLine", "TicketPayment", "TicketVat"]
