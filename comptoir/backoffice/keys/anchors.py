"""« Ancrages »: the heads of the chains written outside the dossier, whether they still agree, and who receives them by mail."""

from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views import View

from comptoir.apps.access.services.require_right import require_right
from comptoir.apps.fiscal.anchor_address import anchor_address
from comptoir.apps.fiscal.services.anchor_heads import anchor_heads, anchor_path, read_anchors
from comptoir.apps.fiscal.services.verify_anchors import verify_anchors
from comptoir.apps.outreach.queries import mail_settings
from comptoir.apps.outreach.services.change_anchor_address import change_anchor_address

from ..events.pages import audit_tabs
from ..kit.action import Action
from ..kit.formpage import FormPage, OfficeForm

SHOWN = 20
REASONS = {
    "z": _("après un Z"), "daily": _("du jour"), "demand": _("à la demande"), "restore": _("après une copie remise en place"),
    "repair": _("après une réparation"), "period": _("après une clôture"),
}  # fmt: skip


class AnchorRow(NamedTuple):
    at: Any
    reason: Any
    chains: int
    records: int


class AnchorForm(OfficeForm):
    address = forms.CharField(
        label=_("Adresse qui reçoit l’ancrage de chaque jour"), max_length=254, required=False,
        help_text=_("Votre comptable, ou une seconde boîte à vous. Vide : il n’est envoyé à personne."),
    )  # fmt: skip
    sections = ((_("Envoi de chaque jour"), ("address",)),)
    wide = ("address",)


class AnchorPage(FormPage):
    required_right, edit_right = "audit.view", "settings.edit"
    room = "events"
    title = _("Ancrages")
    template_name = "office/anchors.html"
    form_class = AnchorForm
    saved_text = _("Adresse enregistrée. Le prochain ancrage du jour y part.")

    def initial(self) -> dict[str, Any]:
        return {"address": anchor_address().address}

    def save(self, data: dict[str, Any]) -> str:
        try:
            change_anchor_address(data["address"], by=self.request.user)
        except ValidationError as problem:
            raise ValueError(" ".join(problem.messages)) from problem
        return reverse("anchor_list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        path, known = anchor_path(), mail_settings()
        lines = read_anchors(path)[0] if path.exists() else []
        findings = verify_anchors()[0]
        return super().get_context_data(
            tabs=audit_tabs("anchors"), rows=[_row(line) for line in reversed(lines[-SHOWN:])], count=len(lines),
            findings=findings, mailed=parse_datetime(f"{anchor_address().mailed}T12:00:00Z"), address=anchor_address().address,
            can_mail=bool(known.host and known.sender), **kwargs,
        )  # fmt: skip


class AnchorNow(Action):
    """Writes an anchor now: what one does before taking a copy away, or while an inspector looks."""

    required_right = "dossier.maintain"

    def address(self, **kwargs: Any) -> str:
        return reverse("anchor_list")

    def act(self, request: HttpRequest, **kwargs: Any) -> tuple[str, str]:
        require_right(request.user, right="dossier.maintain")
        anchor_heads(reason="demand")
        return self.address(), _t("Ancrage écrit.")


class AnchorLog(View):
    """The log itself, to be kept elsewhere; the middleware tells the export."""

    required_right = "exports.create"

    def get(self, request: HttpRequest) -> HttpResponse:
        path = anchor_path()
        if not path.exists():
            raise Http404
        return FileResponse(
            path.open("rb"), as_attachment=True, filename="ancrages.log", content_type="text/plain; charset=utf-8"
        )


def _row(line: dict[str, Any]) -> AnchorRow:
    reason = REASONS.get(line["reason"], line["reason"])
    return AnchorRow(parse_datetime(line["at"]), reason, len(line["heads"]), sum(head[1] for head in line["heads"]))
