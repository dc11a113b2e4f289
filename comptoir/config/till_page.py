"""The till's page: the shell built by web/, the same for every dossier and register."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse


def till_page(request: HttpRequest) -> HttpResponse:
    shell = settings.BASE_DIR / "web" / "dist" / "till" / "index.html"
    if not shell.is_file():
        return HttpResponse(
            "La caisse n’est pas encore construite.", status=503, content_type="text/plain; charset=utf-8"
        )
    return HttpResponse(shell.read_bytes())
