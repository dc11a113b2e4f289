"""Declares the app "access" and its append-only tables."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "comptoir.apps.access"
    label = "access"
    append_only: tuple[str, ...] = ()  # names of models whose rows are never updated nor deleted
