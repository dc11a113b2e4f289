"""Means of payment: what tills offer, what they ask for, and the account each is booked on."""

from typing import Any

from django import forms
from django.db import transaction
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from comptoir.apps.settings.models import TenderType
from comptoir.apps.settings.models.tender import KINDS
from comptoir.apps.settings.queries import company
from comptoir.apps.settings.services.change_tenders import ADDED_KINDS, add_tender, change_tender
from comptoir.apps.treasury.book_accounts import Chart
from comptoir.apps.treasury.services.save_places import choose_accounts

from ..kit.amounts import ScaledField
from ..kit.formpage import FormPage, OfficeForm
from ..kit.page import OfficePage
from .rooms import ROOM, tabs

KIND_WORDS = dict(KINDS)
RULES = ("label", "position", "cap_minor", "opens_drawer", "needs_reference", "eligible_only", "print_always", "active")


class TenderList(OfficePage):
    required_right = "settings.view"
    room = ROOM
    title = _("Règlements")
    template_name = "office/tenders.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        chart = Chart(company().country)
        rows = [
            {"tender": row, "kind": KIND_WORDS[row.kind], "account": chart.tender(row.code, kind=row.kind)}
            for row in TenderType.objects.order_by("-active", "position", "code")
        ]
        return super().get_context_data(
            tabs=tabs("tender_list"), rows=rows, may_edit=self.may("settings.edit"), **kwargs
        )


class TenderForm(OfficeForm):
    label = forms.CharField(label=_("Nom sur la caisse"), max_length=40)
    kind = forms.ChoiceField(
        label=_("Nature"), choices=[(code, KIND_WORDS[code]) for code in ADDED_KINDS],
        help_text=_("Elle ne change plus ensuite : les tickets scellés la portent."),
    )  # fmt: skip
    position = forms.IntegerField(label=_("Place à l’écran"), min_value=1, max_value=99, required=False)
    cap_minor = ScaledField(
        label=_("Plafond par ticket"), digits=2, suffix="€", required=False,
        help_text=_("Vide : aucun. Les titres-restaurant prennent alors celui de la loi."),
    )  # fmt: skip
    account = forms.CharField(
        label=_("Compte comptable"), max_length=12, required=False, help_text=_("Vide : le compte habituel du pays.")
    )
    needs_reference = forms.BooleanField(label=_("Demander une référence"), required=False)
    opens_drawer = forms.BooleanField(label=_("Ouvrir le tiroir"), required=False)
    eligible_only = forms.BooleanField(
        label=_("Seulement les articles éligibles aux titres-restaurant"), required=False
    )
    print_always = forms.BooleanField(label=_("Imprimer toujours le ticket"), required=False)
    active = forms.BooleanField(label=_("Accepté en caisse"), required=False)
    sections = (
        ("", ("label", "kind", "position", "cap_minor", "account")),
        (_("À la caisse"), ("active", "needs_reference", "opens_drawer", "eligible_only", "print_always")),
    )


class TenderNew(FormPage):
    required_right = "settings.edit"
    room, back = ROOM, "tender_list"
    title = _("Nouveau règlement")
    form_class = TenderForm
    saved_text = _("Règlement enregistré. Les caisses le reçoivent à leur prochain échange.")

    def initial(self) -> dict[str, Any]:
        return {"active": True, "kind": "card"}

    def make_form(self, *args: Any, **kwargs: Any) -> OfficeForm:
        form = super().make_form(*args, **kwargs)
        del form.fields["position"]
        return _accounts_asked(form, page=self)

    def save(self, data: dict[str, Any]) -> str:
        fields = {name: data[name] for name in RULES if name in data}
        with transaction.atomic():  # a refused account leaves no tender behind
            row = add_tender(kind=data["kind"], by=self.request.user, **fields)
            _book(row, data, by=self.request.user)
        return reverse("tender_list")


class TenderPage(FormPage):
    required_right, edit_right = "settings.view", "settings.edit"
    room, back = ROOM, "tender_list"
    form_class, guarded = TenderForm, True
    saved_text = TenderNew.saved_text

    @cached_property
    def tender(self) -> TenderType:
        found = TenderType.objects.filter(pk=self.kwargs["code"]).first()
        if found is None:
            raise Http404
        return found

    def get_title(self) -> str:
        return self.tender.label

    def initial(self) -> dict[str, Any]:
        chart = Chart(company().country)
        chosen = chart.chosen.get(("tender", self.tender.code))
        return {name: getattr(self.tender, name) for name in (*RULES, "kind")} | {
            "account": chosen.number if chosen else ""
        }

    def make_form(self, *args: Any, **kwargs: Any) -> OfficeForm:
        form = super().make_form(*args, **kwargs)
        form.fields["kind"].choices = [(self.tender.kind, KIND_WORDS[self.tender.kind])]
        form.fields["kind"].disabled = True
        form.fields["position"].required = True
        usual = Chart(company().country).usual["tender"]
        found = usual.get(self.tender.code) or usual.get(self.tender.kind) or usual[""]
        form["account"].help_text = _("Vide : %(number)s, %(label)s.") % found._asdict()
        return _accounts_asked(form, page=self)

    def save(self, data: dict[str, Any]) -> str:
        with transaction.atomic():
            change_tender(self.tender, by=self.request.user, **{name: data[name] for name in RULES})
            _book(self.tender, data, by=self.request.user)
        return reverse("tender_list")


def _accounts_asked(form: OfficeForm, *, page: FormPage) -> OfficeForm:
    """The account is the accountant's right: who has not got it reads it."""
    form.fields["account"].disabled = not page.may("books.accounts")
    return form


def _book(row: TenderType, data: dict[str, Any], *, by: Any) -> None:
    chosen = Chart(company().country).chosen.get(("tender", row.code))
    number = data["account"].strip()
    if number != (chosen.number if chosen else ""):
        choose_accounts({("tender", row.code): (number, row.label)}, by=by)
