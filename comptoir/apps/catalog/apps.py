"""Declares the app "catalog" and its append-only tables."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "comptoir.apps.catalog"
    label = "catalog"
    append_only: tuple[str, ...] = ("PriceChange", "CatalogueVersion")
