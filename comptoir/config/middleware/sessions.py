"""Opens and keeps the web session of the bound dossier. A till's calls carry a token and never touch a session."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from comptoir.apps.access.session_store import SessionStore
from comptoir.config.cookies import cookie_name
from comptoir.dossiers.binding import current_dossier

DEVICE_PATHS = "/api/till/"


class DossierSessions:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.device_only = request.path_info.startswith(DEVICE_PATHS)
        if current_dossier() is None or request.device_only:
            request.session = None
            return self.get_response(request)
        request.session = SessionStore(request.COOKIES.get(cookie_name(request, "session")))
        request.session.device = request.headers.get("User-Agent", "")
        response = self.get_response(request)
        self._keep(request, response)
        return response

    def _keep(self, request: HttpRequest, response: HttpResponse) -> None:
        session, name = request.session, cookie_name(request, "session")
        if not session.accessed and not session.modified:
            return
        patch_vary_headers(response, ("Cookie",))
        if session.is_empty():
            if name in request.COOKIES:
                response.delete_cookie(name, path="/", samesite=settings.SESSION_COOKIE_SAMESITE)
                response.cookies[name]["secure"] = request.is_secure()
            return
        if response.status_code >= 500 or not (session.modified or session.must_be_written()):
            return
        try:
            session.save()
        except UpdateError:  # closed elsewhere while this page was made: it stays closed
            response.delete_cookie(name, path="/", samesite=settings.SESSION_COOKIE_SAMESITE)
            return
        response.set_cookie(
            name, session.session_key, path="/", secure=request.is_secure(), httponly=True,
            samesite=settings.SESSION_COOKIE_SAMESITE,
        )  # fmt: skip
