"""Addresses that misbehave, for the tests of answers."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

from comptoir.apps.access.rights import PUBLIC, declare
from comptoir.apps.parties.models import Customer
from comptoir.config.dossier_urls import handler400, handler403, handler404, handler500  # noqa: F401
from comptoir.config.dossier_urls import urlpatterns as usual


@declare(PUBLIC)
def fails(request: HttpRequest) -> HttpResponse:
    raise ValueError("le code 4971 d’un client")


@declare(PUBLIC)
def streams(request: HttpRequest) -> StreamingHttpResponse:
    def parts() -> Iterator[bytes]:
        for name in Customer.objects.order_by("code").values_list("name", flat=True).iterator():
            yield name.encode() + b"\n"

    return StreamingHttpResponse(parts())


def undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ouvert à tous les vents")


urlpatterns = [
    path("panne/", fails),
    path("api/panne/", fails),
    path("flot/", streams),
    path("oubli/", undeclared),
    *usual,
]
