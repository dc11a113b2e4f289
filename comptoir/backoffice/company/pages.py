"""The company and its establishment: what stands at the head and the foot of receipts."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from comptoir.apps.settings.models import Establishment
from comptoir.apps.settings.queries import company, main_establishment
from comptoir.apps.settings.services.change_company import COMPANY_FIELDS, PLACE_FIELDS, change_company

from ..kit.formpage import FormPage, OfficeForm
from .rooms import ROOM, tabs


class CompanyForm(OfficeForm):
    legal_name = forms.CharField(label=_("Raison sociale"), max_length=200)
    legal_form = forms.CharField(label=_("Forme juridique et capital"), max_length=120, required=False)
    vat_number = forms.CharField(label=_("N° de TVA"), max_length=20, required=False)
    naf = forms.CharField(label=_("Code NAF"), max_length=10, required=False)
    registration = forms.CharField(label=_("SIREN ou numéro BCE"), required=False, disabled=True)
    number = forms.CharField(
        label=_("SIRET ou numéro d’unité"),
        required=False,
        disabled=True,
        help_text=_("Les tickets scellés portent ce numéro : il ne change plus."),
    )
    name = forms.CharField(label=_("Enseigne"), max_length=120)
    address = forms.CharField(label=_("Adresse"), max_length=200, required=False)
    address_more = forms.CharField(label=_("Complément d’adresse"), max_length=200, required=False)
    postcode = forms.CharField(label=_("Code postal"), max_length=10, required=False)
    city = forms.CharField(label=_("Ville"), max_length=100, required=False)
    phone = forms.CharField(label=_("Téléphone"), max_length=30, required=False)
    print_policy = forms.ChoiceField(
        label=_("Impression du ticket"), choices=Establishment._meta.get_field("print_policy").choices
    )
    language = forms.ChoiceField(
        label=_("Langue des tickets et des Z"), choices=Establishment._meta.get_field("language").choices
    )
    texts = forms.CharField(
        label=_("Pied du ticket"),
        required=False,
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Une ligne par ligne de ticket, huit au plus."),
    )
    sections = (
        (_("Entreprise"), ("legal_name", "legal_form", "registration", "number", "vat_number", "naf")),
        (_("Établissement"), ("name", "address", "address_more", "postcode", "city", "phone")),
        (_("Ticket"), ("print_policy", "language", "texts")),
    )
    wide = ("texts",)


class CompanyPage(FormPage):
    required_right, edit_right = "settings.view", "settings.edit"
    room = ROOM
    title = _("Réglages")
    form_class, guarded = CompanyForm, True
    template_name = "office/settings_form.html"
    saved_text = _("Réglages enregistrés. Les prochains tickets les portent.")

    def initial(self) -> dict[str, Any]:
        owner, place = company(), main_establishment()
        texts = "\n".join(row.text for row in place.receipt_texts.all())
        return {name: getattr(owner, name) for name in (*COMPANY_FIELDS, "registration")} | {
            name: getattr(place, name) for name in (*PLACE_FIELDS, "number")
        } | {"texts": texts}  # fmt: skip

    def save(self, data: dict[str, Any]) -> str:
        fields = {name: data[name] for name in COMPANY_FIELDS | PLACE_FIELDS}
        change_company(main_establishment(), by=self.request.user, texts=data["texts"].splitlines(), **fields)
        return reverse("company_form")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tabs=tabs("company_form"), **kwargs)
