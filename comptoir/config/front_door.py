"""The page at the root: with one dossier it opens it, with several it asks which."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comptoir import __version__
from comptoir.apps.access.rights import PUBLIC, declare
from comptoir.dossiers.registry import dossiers


@declare(PUBLIC)
@require_safe
def choose_dossier(request: HttpRequest) -> HttpResponse:
    known = dossiers()
    if len(known) == 1:
        return HttpResponseRedirect(f"/d/{known[0].slug}/")
    return render(request, "choose_dossier.html", {"dossiers": known})


@declare(PUBLIC)
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """For whoever watches the server: it answers, and tells nothing of the dossiers."""
    return JsonResponse({"name": "comptoir", "version": __version__})
