"""Addresses inside a dossier: the middleware has already taken /d/<slug> away."""

from django.urls import include, path

from comptoir.config.till_page import till_page

urlpatterns = [
    path("api/till/", include("comptoir.api.urls")),
    path("caisse/", till_page, name="till"),
    path("", include("comptoir.backoffice.urls")),
]
