"""The office: pages for people, over the services and queries of the business areas."""

from django.apps import AppConfig


class BackofficeConfig(AppConfig):
    name = "comptoir.backoffice"
    label = "backoffice"
    verbose_name = "gestion"
