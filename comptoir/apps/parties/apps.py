"""Declares the app "parties" and its append-only tables."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "comptoir.apps.parties"
    label = "parties"
    append_only: tuple[str, ...] = ()  # names of models whose rows are never updated nor deleted
