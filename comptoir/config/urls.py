"""Addresses outside any dossier."""

from django.urls import path

from comptoir.config.front_door import choose_dossier, health

urlpatterns = [
    path("", choose_dossier, name="choose_dossier"),
    path("sante", health, name="health"),
]

handler400 = "comptoir.config.answers.bad_request"
handler403 = "comptoir.config.answers.forbidden"
handler404 = "comptoir.config.answers.not_found"
handler500 = "comptoir.config.answers.unexpected"
