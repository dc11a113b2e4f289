"""One's own open sessions of the office: where, since when, and a button to close each."""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comptoir.apps.access.queries import sessions_of
from comptoir.apps.access.rights import SIGNED_IN
from comptoir.apps.access.services.open_session import close_other_sessions, close_session
from comptoir.apps.access.session_store import stored_key

from ..kit.action import Action
from ..kit.page import OfficePage

# A browser names its ancestors too: the first of these found is the one at work.
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def device_words(agent: str) -> str:
    """« Firefox sur Windows » from what a browser says of itself; what is not known is said to be."""
    browser = next((name for mark, name in BROWSERS if re.search(rf"{mark}[A-Za-z]*/", agent)), _("Navigateur"))
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return _("%(browser)s sur %(system)s") % {"browser": browser, "system": system} if system else browser


class MyConnections(OfficePage):
    required_right = SIGNED_IN
    title = gettext_lazy("Mes connexions")
    template_name = "office/connections.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        here = stored_key(self.request.session.session_key or "")
        rows = [
            {"session": row, "device": device_words(row.device), "here": row.session_key == here}
            for row in sessions_of(self.request.user, now=timezone.now())
        ]
        return super().get_context_data(rows=rows, others=any(not row["here"] for row in rows), **kwargs)


class ConnectionClose(Action):
    required_right = SIGNED_IN

    def address(self, **kwargs: Any) -> str:
        return reverse("my_connections")

    def act(self, request: HttpRequest, key: str, **kwargs: Any) -> tuple[str, str]:
        done = close_session(key, by=request.user)
        return self.address(), _("Cet appareil est déconnecté.") if done else _("Cette connexion était déjà fermée.")

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if kwargs["key"] == stored_key(request.session.session_key or ""):
            request.session.flush()  # the one in hand: nothing is left to come back to
            return HttpResponseRedirect(reverse("login"))
        return super().post(request, **kwargs)


class ConnectionsCloseOthers(ConnectionClose):
    def act(self, request: HttpRequest, **kwargs: Any) -> tuple[str, str]:
        count = close_other_sessions(request.session, by=request.user)
        return self.address(), _("%d connexion(s) fermée(s). Celle-ci reste ouverte.") % count

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return Action.post(self, request, **kwargs)
