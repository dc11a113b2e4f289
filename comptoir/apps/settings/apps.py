"""Declares the app "settings" and its append-only tables."""

from django.apps import AppConfig


class SettingsConfig(AppConfig):
    name = "comptoir.apps.settings"
    label = "settings"
    append_only: tuple[str, ...] = ()  # names of models whose rows are never updated nor deleted
