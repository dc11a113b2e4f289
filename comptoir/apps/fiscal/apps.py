"""Declares the app "fiscal" and its append-only tables."""

from django.apps import AppConfig


class FiscalConfig(AppConfig):
    name = "comptoir.apps.fiscal"
    label = "fiscal"
    append_only: tuple[str, ...] = ("Record", "Event", "SealingKey", "KeptRecord", "Resolution")
