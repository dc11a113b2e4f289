"""Stop waiting for a till that is gone, or leave a Z that contradicts itself out of the months: the owner, with a reason."""

from typing import Any

from django import forms
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from comptoir.apps.fiscal.queries import latest_generation
from comptoir.apps.till.services.enrol_register import revoke_device
from comptoir.apps.treasury.asides import contradiction_of
from comptoir.apps.treasury.queries import closings
from comptoir.apps.treasury.services.set_aside import set_closing_aside, set_enrolment_aside

from ..closings.pages import z_number
from ..kit.formpage import FormPage, OfficeForm


class ReasonForm(OfficeForm):
    reason = forms.CharField(
        label=_("Motif"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Il est scellé au journal avec votre nom, et se lit lors d’un contrôle."),
    )  # fmt: skip
    sure = forms.BooleanField(label=_("J’ai compris : cela ne se défait pas"))
    wide = ("reason",)


class AsidePage(FormPage):
    required_right = "closings.set_aside"
    room, back = "periods", "period_list"
    template_name = "office/aside.html"
    form_class = ReasonForm
    saved_text = _("C’est noté au journal. La clôture n’attend plus.")
    effects: tuple[Any, ...] = ()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(effects=self.effects, **kwargs)


class EnrolmentAside(AsidePage):
    effects = (
        _("Plus aucune clôture n’attend cet appareil, et il ne peut plus rien envoyer."),
        _("Ce qui était arrivé reste scellé et entre dans le mois, montré à part : « sans Z »."),
        _("Ce qui n’était pas arrivé est perdu. S’il y a une chance de le retrouver, ne faites rien."),
    )

    def get_title(self) -> str:
        code, generation = self.kwargs["code"], self.kwargs["generation"]
        if not 1 <= generation <= latest_generation(code):
            raise Http404
        return str(_("Ne plus attendre l’appareil n° %(n)s de la caisse %(code)s")) % {"n": generation, "code": code}

    def save(self, data: dict[str, Any]) -> str:
        place = {"generation": self.kwargs["generation"]}
        set_enrolment_aside(self.kwargs["code"], **place, reason=data["reason"], by=self.request.user)
        revoke_device(self.kwargs["code"], **place, by=self.request.user)
        return reverse("period_list")


class ClosingAside(AsidePage):
    effects = (
        _("Ce Z reste scellé, à sa place, et se relit toujours."),
        _("Le mois ne l’additionne pas : il additionne les tickets que ce Z couvre, un par un."),
    )

    def get_title(self) -> str:
        self.closing = closings().filter(pk=self.kwargs["pk"]).first()
        if self.closing is None or (self.closing.agrees and not contradiction_of(self.closing)):
            raise Http404
        return str(_("Écarter le Z %s des clôtures")) % z_number(self.closing)

    def save(self, data: dict[str, Any]) -> str:
        self.get_title()
        set_closing_aside(self.closing, reason=data["reason"], by=self.request.user)
        return f"{reverse('period_list')}?mois={self.closing.business_date:%Y-%m}"
