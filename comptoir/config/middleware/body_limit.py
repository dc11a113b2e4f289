"""Refuses an oversized request before reading it, and the methods nobody needs."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from comptoir.config.answers import refusal

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class BodyLimit:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            return refusal(request, 405, code="method_not_allowed")
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isascii() or not length.isdigit():
            return refusal(request, 400, code="bad_request")
        if len(length) > 12 or int(length) > settings.COMPTOIR_BODY_LIMIT:
            return refusal(request, 413, code="too_large")
        return self.get_response(request)
