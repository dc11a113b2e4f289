"""One log line a request, and the id by which a person can quote a failure."""

import logging
import re
import secrets
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

logger = logging.getLogger("comptoir.requests")
# The end of a receipt's public address is its key: it is not written down.
_TOKEN = re.compile(r"^(/d/[^/]+/t/[^/]+/).+")


class RequestJournal:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = secrets.token_hex(6)
        started = time.perf_counter_ns()
        response = self.get_response(request)
        response["X-Request-Id"] = request.request_id
        if not request.path.startswith("/static/"):
            fields = self._fields(request, response, started)
            logger.log(logging.ERROR if response.status_code >= 500 else logging.INFO, "request", extra=fields)
        return response

    def _fields(self, request: HttpRequest, response: HttpResponse, started: int) -> dict[str, object]:
        fields = {
            "request_id": request.request_id,
            "method": request.method,
            "path": _TOKEN.sub(r"\1…", request.path),
            "status": response.status_code,
            "ms": (time.perf_counter_ns() - started) // 1_000_000,
        }
        session = getattr(request, "session", None)
        user = session.get("user") if session is not None and session.accessed else None
        return fields | ({"user": user} if user else {})
