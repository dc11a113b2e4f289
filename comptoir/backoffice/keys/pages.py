"""« Clés »: the keys that seal, and their change, which asks for the password again."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from comptoir.apps.access.refusals import AccessRefusal
from comptoir.apps.access.services.confirm_password import confirm_password
from comptoir.apps.fiscal.chains import SERVER
from comptoir.apps.settings.queries import registers
from comptoir.apps.till.services.enrol_register import CODE_LIFE
from comptoir.apps.till.services.rotate_keys import RotationRefused, rotate_register_key, rotate_server_key

from ..events.pages import audit_tabs
from ..kit.formpage import OfficeForm
from ..kit.page import OfficePage
from .facts import key_facts

STATES = {
    "current": (_("scelle maintenant"), "ok"),
    "former": (_("ne scelle plus"), ""),
    "missing": (_("absente de cet ordinateur"), "bad"),
}
TYPES = {
    "ticket": _("tickets"), "cash": _("caisse"), "z": _("Z"), "event": _("événements"), "enrolment": _("rattachements"),
    "duplicate": _("duplicatas"), "training": _("école"), "day": _("jours"), "month": _("mois"), "year": _("exercices"),
    "archive": _("archives"), "invoice": _("factures"), "provisional": _("provisoires"), "payproof": _("justificatifs"),
}  # fmt: skip


class KeyList(OfficePage):
    required_right = "audit.view"
    room = "events"
    title = _("Clés")
    template_name = "office/keys.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = [
            {
                "key": one,
                "state": STATES[one.state],
                "chains": [(TYPES.get(c.type, c.type), c.records) for c in one.chains],
            }
            for one in key_facts()
        ]
        return super().get_context_data(rows=rows, tabs=audit_tabs("keys"), **kwargs)


class KeyChangeForm(OfficeForm):
    lost = forms.BooleanField(
        label=_("La caisse est perdue ou volée"), required=False,
        help_text=_("Sans cela, son Z doit être fait d’abord : il scelle tout ce que l’ancienne clé a signé."),
    )  # fmt: skip
    password = forms.CharField(
        label=_("Votre mot de passe"), max_length=500, strip=False, help_text=_("Redemandé : un changement de clé ne se défait pas."),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip
    wide = ("lost",)


class KeyChange(OfficePage):
    """One page for the server's key and for a register's; the register's ends with the code by which its till comes back."""

    required_right = "keys.rotate"
    room, back = "events", "key_list"
    template_name = "office/key_change.html"
    of_server = False

    def get_title(self) -> str:
        if self.of_server:
            return _t("Changer la clé du serveur")
        return _t("Changer la clé de la caisse %s") % self.kwargs["code"]

    def make_form(self, data: Any = None) -> KeyChangeForm:
        form = KeyChangeForm(data)
        if self.of_server:
            del form.fields["lost"]
        return form

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=self.make_form(), of_server=self.of_server))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.make_form(request.POST)
        if not form.is_valid():
            return self.render_refused(request, form=form, of_server=self.of_server)
        try:
            confirm_password(request.user, password=form.cleaned_data["password"], now=timezone.now())
            return self._change(request, form)
        except AccessRefusal as refusal:
            form.add_error("password", str(refusal))
        except RotationRefused as refusal:
            form.add_error("lost" if refusal.code == "session_open" else None, _refusal_words(refusal.code))
        return self.render_refused(request, form=form, of_server=self.of_server)

    def _change(self, request: HttpRequest, form: KeyChangeForm) -> HttpResponse:
        if self.of_server:
            generation = rotate_server_key(by=request.user)
            messages.success(request, _t("Le serveur scelle maintenant par la clé %s.") % f"{SERVER}-{generation}")
            return HttpResponseRedirect(reverse("key_list"))
        if self.kwargs["code"] not in {one.code for one in registers()}:
            raise RotationRefused("no_device")
        secret = rotate_register_key(self.kwargs["code"], by=request.user, lost=form.cleaned_data["lost"])
        until = timezone.localtime(timezone.now() + CODE_LIFE)
        link = f"{request.build_absolute_uri(reverse('till'))}#code={secret}"
        shown = self.get_context_data(secret=secret, until=until, link=link, code=self.kwargs["code"])
        answer = self.response_class(
            request=request, template=["office/register_code.html"], context=shown, using=self.template_engine
        )
        answer["Cache-Control"] = "no-store"
        return answer


def _refusal_words(code: str) -> str:
    return {
        "no_device": _t("Cette caisse n’est pas rattachée : il n’y a pas de clé à changer."),
        "session_open": _t("La caisse est ouverte. Faites son Z d’abord, ou cochez cette case si elle est perdue."),
    }[code]
