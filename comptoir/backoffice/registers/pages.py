"""Registers, and the devices that sell as them: a one-time code lets one in, a press shuts it out."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comptoir.apps.settings.models import Register
from comptoir.apps.settings.queries import main_establishment, register_by_code, registers
from comptoir.apps.settings.services.change_registers import open_register, rename_register
from comptoir.apps.till.queries import devices
from comptoir.apps.till.services.enrol_register import (
    CODE_LIFE,
    EnrolmentRefused,
    NotAllowed,
    create_enrolment_code,
    revoke_device,
)

from ..kit.action import Action
from ..kit.formpage import FormPage, OfficeForm
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


class RegisterForm(OfficeForm):
    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=8,
        help_text=gettext_lazy("Il entre dans le numéro de chaque ticket et ne change plus. Par exemple C3."),
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("Nom"), max_length=60)
    sections = (("", ("code", "name")),)


class RegisterNew(FormPage):
    required_right = "settings.edit"
    room, back = "registers", "register_list"
    title = gettext_lazy("Nouvelle caisse")
    form_class = RegisterForm
    saved_text = gettext_lazy("Caisse ajoutée. Rattachez-lui un appareil pour vendre.")

    def initial(self) -> dict[str, Any]:
        taken = {row.code for row in registers()}
        return {"code": next(code for code in (f"C{n}" for n in range(1, 10_000)) if code not in taken)}

    def save(self, data: dict[str, Any]) -> str:
        open_register(data["code"], name=data["name"], establishment=main_establishment(), by=self.request.user)
        return reverse("register_list")


class RegisterPage(FormPage):
    """The name of a register."""

    required_right, edit_right = "settings.view", "settings.edit"
    room, back = "registers", "register_list"
    form_class = RegisterForm
    saved_text = gettext_lazy("Nom enregistré.")

    @cached_property
    def register(self) -> Register:
        found = register_by_code(self.kwargs["code"])
        if found is None:
            raise Http404
        return found

    def get_title(self) -> str:
        return f"{self.register.code} · {self.register.name}"

    def make_form(self, *args: Any, **kwargs: Any) -> OfficeForm:
        form = super().make_form(*args, **kwargs)
        form.fields["code"].disabled = True
        return form

    def initial(self) -> dict[str, Any]:
        return {"code": self.register.code, "name": self.register.name}

    def save(self, data: dict[str, Any]) -> str:
        rename_register(self.register, name=data["name"], by=self.request.user)
        return reverse("register_list")


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
