"""Registers, and the devices that sell as them: a one-time code lets one in, a press shuts it out."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comptoir.apps.settings.queries import registers
from comptoir.apps.till.queries import devices
from comptoir.apps.till.services.enrol_register import (
    CODE_LIFE,
    EnrolmentRefused,
    NotAllowed,
    create_enrolment_code,
    revoke_device,
)

from ..kit.action import Action
from ..kit.page import OfficePage


class RegisterList(OfficePage):
    required_right = "settings.view"
    room = "registers"
    title = gettext_lazy("Caisses")
    template_name = "office/registers.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        enrolled: dict[str, list[Any]] = {}
        for device in devices():
            enrolled.setdefault(device.register_id, []).append(device)
        rows = [{"register": register, "devices": enrolled.get(register.code, [])} for register in registers()]
        return super().get_context_data(rows=rows, **kwargs)


class RegisterCode(OfficePage):
    """Makes a code and shows it, this once: only its digest is kept."""

    required_right = "registers.enrol"
    room, back = "registers", "register_list"
    template_name = "office/register_code.html"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        self.title = _("Rattacher la caisse %s") % code
        try:
            secret = create_enrolment_code(code, by=request.user)
        except (EnrolmentRefused, NotAllowed):
            return self.render_refused(request, secret=None)
        link = f"{request.build_absolute_uri(reverse('till'))}#code={secret}"
        until = timezone.localtime(timezone.now() + CODE_LIFE)
        return self.render_to_response(self.get_context_data(secret=secret, until=until, link=link, code=code))


class DeviceRevoke(Action):
    required_right = "registers.enrol"
    refusals = (NotAllowed, ValueError)

    def address(self, **kwargs: Any) -> str:
        return reverse("register_list")

    def act(self, request: HttpRequest, code: str, generation: int, **kwargs: Any) -> tuple[str, str]:
        done = revoke_device(code, generation=generation, by=request.user)
        return self.address(), _("L’appareil ne peut plus vendre sous la caisse %s.") % code if done else _(
            "Cet appareil était déjà détaché."
        )
