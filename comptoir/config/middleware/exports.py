"""Every file that leaves the office is an event 110: said here once, so that no page can forget it.

The event is written before the first byte leaves; a view that tells its own (archives) says so on its answer."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from comptoir.apps.fiscal.event_codes import EXPORTED
from comptoir.apps.fiscal.services.seal_on_server import log_event


class ExportEvents:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if is_export(answer) and not getattr(answer, "export_is_told", False):
            user = getattr(request, "user", None)
            if user is not None and user.is_authenticated:
                _tell(request, answer)
        return answer


def is_export(answer: HttpResponse) -> bool:
    """A file to keep, not a page to look at."""
    return answer.status_code == 200 and answer.get("Content-Disposition", "").startswith("attachment")


def _tell(request: HttpRequest, answer: HttpResponse) -> None:
    name = answer["Content-Disposition"].partition("filename=")[2].strip('"')[:120]
    asked = request.GET.urlencode()[:200]
    detail = {"kind": name.rsplit(".", 1)[-1].lower(), "file": name, "page": request.path_info[:120], "asked": asked}
    operator = {"id": str(request.user.pk), "name": request.user.name}
    log_event(EXPORTED, detail=detail, operator=operator)
