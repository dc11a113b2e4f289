"""Connects the installation of triggers to the end of `migrate`."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DossiersConfig(AppConfig):
    name = "comptoir.dossiers"
    label = "dossiers"

    def ready(self) -> None:
        from comptoir.dossiers.append_only import install_after_migrate

        post_migrate.connect(install_after_migrate, dispatch_uid="comptoir.dossiers.append_only")
