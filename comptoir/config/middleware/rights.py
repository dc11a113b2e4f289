"""Opens a view to whoever has the right it declares; a view that declares nothing opens for nobody."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode

from comptoir.apps.access.models import Anonymous, User
from comptoir.apps.access.queries import has_right, user_by_id
from comptoir.apps.access.rights import PUBLIC, SIGNED_IN, declared_right
from comptoir.apps.access.session_store import DOSSIER_KEY, USER_KEY
from comptoir.config.answers import refusal
from comptoir.dossiers.binding import required_dossier


class RightsGate:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.user = SimpleLazyObject(lambda: _person(request))
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if request.device_only:  # the API checks the till's token itself
            return None
        right = declared_right(view)
        if right == PUBLIC:
            return None
        if right is None:
            return refusal(request, 403, code="right_not_declared")
        if not request.user.is_authenticated:
            return _to_login(request)
        if right != SIGNED_IN and not has_right(request.user, right):
            return refusal(request, 403, code="right_missing")
        return None


def _person(request: HttpRequest) -> User | Anonymous:
    session = getattr(request, "session", None)
    if session is None or session.get(USER_KEY) is None:
        return Anonymous()
    user = user_by_id(session[USER_KEY])
    if session.get(DOSSIER_KEY) != str(required_dossier().uuid) or user is None or not user.active:
        session.flush()
        return Anonymous()
    return user


def _to_login(request: HttpRequest) -> HttpResponse:
    login = reverse(settings.LOGIN_URL)
    if request.headers.get("HX-Request"):  # a fragment cannot log in: the whole page goes
        answer = refusal(request, 401, code="login_needed")
        answer["HX-Redirect"] = login
        return answer
    if request.method != "GET" or "text/html" not in request.headers.get("Accept", "text/html"):
        return refusal(request, 401, code="login_needed", login=login)
    return HttpResponseRedirect(f"{login}?{urlencode({'next': request.get_full_path()})}")
