"""Declares the app "till" and its append-only tables."""

from django.apps import AppConfig


class TillConfig(AppConfig):
    name = "comptoir.apps.till"
    label = "till"
    append_only: tuple[str, ...] = ("Ticket", "TicketLine", "TicketPayment", "TicketVat", "Duplicate")
