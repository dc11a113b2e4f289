"""Returns, credit notes and tickets that print by themselves: the owner's rules."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from comptoir.apps.settings.models import ReturnReason, TenderType
from comptoir.apps.settings.models.returns import DISPOSITIONS
from comptoir.apps.settings.queries import main_establishment
from comptoir.apps.settings.services.change_return_rules import change_return_rules

from ..kit.amounts import ScaledField
from ..kit.formpage import FormPage, OfficeForm
from .rooms import ROOM, tabs

RULES = ("return_days", "credit_note_days", "print_from_minor", "print_with_customer")
FRESH_ROWS = 2


class ReturnsForm(OfficeForm):
    """The rules, then a label and a destination for each reason, with empty rows at the end."""

    return_days = forms.IntegerField(
        label=_("Délai de retour, en jours"), min_value=1, max_value=3650, required=False,
        help_text=_("Vide : aucun. Passé ce délai, la caisse le dit et demande le code d’un responsable."),
    )  # fmt: skip
    credit_note_days = forms.IntegerField(
        label=_("Validité d’un avoir, en jours"), min_value=1, max_value=3650, required=False,
        help_text=_("Vide : sans date. Les avoirs déjà émis gardent la leur."),
    )  # fmt: skip
    print_from_minor = ScaledField(
        label=_("Imprimer dès"), digits=2, suffix="€", required=False,
        help_text=_("Vide : aucun montant n’oblige à imprimer."),
    )  # fmt: skip
    print_with_customer = forms.BooleanField(label=_("Imprimer quand un client est nommé"), required=False)
    always_for = forms.MultipleChoiceField(
        label=_("Imprimer pour ces règlements"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = [*ReturnReason.objects.filter(active=True).values_list("code", flat=True), *[""] * FRESH_ROWS]
        self.fields["always_for"].choices = list(TenderType.objects.filter(active=True).values_list("code", "label"))
        names = []
        for place in range(1, len(self.codes) + 1):
            self.fields[f"label_{place}"] = forms.CharField(label=_("Motif %d") % place, max_length=60, required=False)
            self.fields[f"goods_{place}"] = forms.ChoiceField(label=_("Les articles vont"), choices=DISPOSITIONS)
            names += [f"label_{place}", f"goods_{place}"]
        self.sections = (
            (_("Retours et avoirs"), ("return_days", "credit_note_days")),
            (_("Impression sans demande"), ("print_from_minor", "print_with_customer", "always_for")),
            (_("Motifs de retour"), names),
        )

    def reasons(self, data: dict[str, Any]) -> list[tuple[str, str, str]]:
        return [
            (code, data[f"label_{place}"], data[f"goods_{place}"]) for place, code in enumerate(self.codes, start=1)
        ]


class ReturnsPage(FormPage):
    required_right, edit_right = "settings.view", "settings.edit"
    room = ROOM
    title = _("Retours, avoirs et impression")
    form_class = ReturnsForm
    guarded = True  # rows are known by their place: on a page gone stale, each name would be written on its neighbour
    template_name = "office/settings_form.html"
    saved_text = _("Réglages enregistrés. Les caisses les reçoivent à leur prochain échange.")

    def initial(self) -> dict[str, Any]:
        place = main_establishment()
        known = {name: getattr(place, name) for name in RULES}
        known["always_for"] = list(TenderType.objects.filter(print_always=True).values_list("code", flat=True))
        for row, reason in enumerate(ReturnReason.objects.filter(active=True), start=1):
            known |= {f"label_{row}": reason.label, f"goods_{row}": reason.disposition}
        return known

    def standing(self) -> list[Any]:
        return [self.initial(), list(ReturnReason.objects.filter(active=True).values_list("code", flat=True))]

    def make_form(self, *args: Any, **kwargs: Any) -> OfficeForm:
        self.drawn_form = super().make_form(*args, **kwargs)
        return self.drawn_form

    def save(self, data: dict[str, Any]) -> str:
        change_return_rules(
            main_establishment(), by=self.request.user, reasons=self.drawn_form.reasons(data),
            always_for=data["always_for"], **{name: data[name] for name in RULES},
        )  # fmt: skip
        return reverse("return_rules")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tabs=tabs("return_rules"), **kwargs)
