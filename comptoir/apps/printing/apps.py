"""Declares the app "printing" and its append-only tables."""

from django.apps import AppConfig


class PrintingConfig(AppConfig):
    name = "comptoir.apps.printing"
    label = "printing"
    append_only: tuple[str, ...] = ("PrintJob", "PrintState")
