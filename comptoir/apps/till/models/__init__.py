"""Tables of the till app."""

from .duplicate import Duplicate
from .enrolment import Device, EnrolmentCode
from .parked import ParkedBasket
from .ticket import Ticket, TicketLine, TicketPayment, TicketVat

__all__ = ["Device", "Duplicate", "EnrolmentCode", "ParkedBasket", "Ticket", "TicketLine", "TicketPayment", "TicketVat"]
