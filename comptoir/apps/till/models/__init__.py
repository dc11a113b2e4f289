"""Tables of the till app."""

from .enrolment import Device, EnrolmentCode
from .ticket import Ticket, TicketLine, TicketPayment, TicketVat

__all__ = ["Device", "EnrolmentCode", "Ticket", "TicketLine", "TicketPayment", "TicketVat"]
