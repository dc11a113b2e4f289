"""Addresses inside a dossier: the middleware has already taken /d/<slug> away."""

from django.urls import include, path

from comptoir.config.login import log_in, log_out
from comptoir.config.public_receipt import public_receipt, public_receipt_pdf
from comptoir.config.till_page import till_file

urlpatterns = [
    path("api/till/", include("comptoir.api.urls")),
    path("caisse/", till_file, {"name": ""}, name="till"),
    path("caisse/<path:name>", till_file, name="till_file"),
    path("t/<str:number>/<str:token>", public_receipt, name="public_receipt"),
    path("t/<str:number>/<str:token>/ticket.pdf", public_receipt_pdf, name="public_receipt_pdf"),
    path("connexion/", log_in, name="login"),
    path("deconnexion/", log_out, name="logout"),
    path("", include("comptoir.backoffice.urls")),
]

handler400 = "comptoir.config.answers.bad_request"
handler403 = "comptoir.config.answers.forbidden"
handler404 = "comptoir.config.answers.not_found"
handler500 = "comptoir.config.answers.unexpected"
