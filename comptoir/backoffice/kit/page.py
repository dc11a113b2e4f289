"""The frame of every page of the office: who is there, which rooms they may enter, what stands open."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from comptoir.apps.access.queries import rights_of
from comptoir.apps.settings.models import Company, Establishment
from comptoir.apps.settings.queries import main_establishment, registers
from comptoir.apps.treasury.queries import sessions

from .navigation import rooms_for


class OfficePage(TemplateView):
    """A page; a subclass says its `required_right`, `room`, `title` and template."""

    required_right = ""  # a view that declares nothing opens for nobody
    room = ""
    title = ""
    subtitle = ""
    back = ""  # name of the route of the list this page comes from

    def get_title(self) -> str:
        return str(self.title)

    def rights(self) -> frozenset[str]:
        if not hasattr(self, "_rights"):
            self._rights = rights_of(self.request.user.role)
        return self._rights

    def may(self, right: str) -> bool:
        return right in self.rights()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        frame = {
            "rooms": rooms_for(self.rights(), here=self.room), "shop_name": shop_name(), "open_sessions": standing_open(),
            "rights": {code.replace(".", "_"): True for code in self.rights()},
        }  # fmt: skip
        return super().get_context_data(
            **{"frame": frame, "title": self.get_title(), "subtitle": self.subtitle, "back": self.back} | kwargs
        )

    def render_refused(self, request: HttpRequest, **context: Any) -> HttpResponse:
        """The page again, with what was typed and why it was not taken."""
        return self.render_to_response(self.get_context_data(**context), status=422)


def shop_name() -> str:
    try:
        return main_establishment().name
    except (Company.DoesNotExist, Establishment.DoesNotExist):
        return _("Comptoir")


def standing_open() -> list[dict[str, Any]]:
    """Registers whose drawer is open now, with who opened it; `day` when it is an earlier day's."""
    names = {register.code: register.name for register in registers()}
    latest: dict[str, Any] = {}
    for session in sessions().filter(closed=False)[:50]:
        latest.setdefault(session.register, session)
    today = timezone.localdate()
    return [
        {
            "register": names.get(code, code),
            "who": session.operator_name,
            "since": session.opened_at,
            "id": session.id,
            "day": None if session.business_date >= today else session.business_date,
        }
        for code, session in sorted(latest.items())
    ]
