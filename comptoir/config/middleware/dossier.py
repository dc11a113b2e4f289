"""Binds the dossier named by the path `/d/<slug>/…` for the length of a request.

The prefix becomes the script name: views and `reverse()` know nothing about it, and cannot point into another dossier.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import get_script_prefix, set_script_prefix

from comptoir.config.answers import refusal
from comptoir.config.middleware.sessions import DEVICE_PATHS
from comptoir.config.serving import obstacles
from comptoir.config.shop_clock import shop_clock
from comptoir.dossiers.binding import Dossier, bound
from comptoir.dossiers.registry import find_dossier

_PREFIX = re.compile(r"^/d/(?P<slug>[a-z0-9][a-z0-9-]{0,39})(?P<rest>/.*)?$")


class DossierMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        match = _PREFIX.match(request.path_info)
        if match is None:
            return self.get_response(request)
        if match["rest"] is None:
            return HttpResponseRedirect(request.path + "/")
        dossier = find_dossier(match["slug"])
        if dossier is None:
            return refusal(request, 404, code="unknown_dossier")
        if obstacles(dossier):
            return refusal(request, 503, code="dossier_unavailable")
        return self._inside(dossier, request, match["rest"])

    def _inside(self, dossier: Dossier, request: HttpRequest, rest: str) -> HttpResponse:
        before = get_script_prefix()
        set_script_prefix(f"/d/{dossier.slug}/")
        request.path_info = rest
        request.urlconf = settings.DOSSIER_URLCONF
        request.dossier_slug = dossier.slug
        try:
            with bound(dossier):
                # A till tells its own hours; asking for its shop's would cost each of its calls a query.
                clock = nullcontext() if rest.startswith(DEVICE_PATHS) else shop_clock()
                with clock:
                    response = self.get_response(request)
        finally:
            set_script_prefix(before)
        if response.streaming and not response.is_async:
            response.streaming_content = _while_bound(dossier, clock, response.streaming_content)
        return response


def _while_bound(
    dossier: Dossier, clock: AbstractContextManager[None], parts: Iterable[bytes]
) -> Iterator[bytes]:  # fmt: skip
    """A streamed answer is read after the middleware has returned: bind again for each of its parts."""
    iterator = iter(parts)
    while True:
        with bound(dossier), clock:
            try:
                part = next(iterator)
            except StopIteration:
                return
        yield part
