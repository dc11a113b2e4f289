"""The reasons that tills offer: one page, a row each, with empty rows to add some."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _

from comptoir.apps.settings.models import CashReason, DrawerReason
from comptoir.apps.settings.services.change_reasons import (
    Reason,
    change_reasons,
    missing_reasons,
    propose_missing_reasons,
)

from ..kit.action import Action
from ..kit.formpage import FormPage, OfficeForm
from .rooms import ROOM, tabs

FRESH_ROWS = 2
USES = {
    "in": _("Argent mis dans le tiroir"), "out": _("Argent sorti du tiroir"), "drawer": _("Tiroir ouvert sans vente"),
}  # fmt: skip


def _rows(use: str) -> list[Any]:
    """What the shop has for this use, what it no longer offers last; None for a row to fill in."""
    found = DrawerReason.objects.all() if use == "drawer" else CashReason.objects.filter(direction=use)
    return [*found.order_by("-active", "position", "code"), *[None] * FRESH_ROWS]


class ReasonsForm(OfficeForm):
    """For each row of each use: its name, whether it asks for words, whether it is offered."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = {use: _rows(use) for use in USES}
        for use, rows in self.rows.items():
            for place, row in enumerate(rows, start=1):
                self._add(use, place, row)

    def _add(self, use: str, place: int, row: Any) -> None:
        said = {"name": row.label} if row else {"name": gettext_now("motif à ajouter")}
        spoken = {
            "aria-label": gettext_now("Nom : %(name)s") % said,
            "placeholder": "" if row else gettext_now("Ajouter un motif"),
        }
        self.fields[f"label_{use}_{place}"] = forms.CharField(
            max_length=60, required=False, initial=row.label if row else "", widget=forms.TextInput(attrs=spoken)
        )
        ticks = [("active", gettext_now("Proposer : %(name)s"), row.active if row else True)]
        if use != "drawer":
            ticks.append(("words", gettext_now("Demander des mots : %(name)s"), row.needs_label if row else False))
        for name, words, initial in ticks:
            widget = forms.CheckboxInput(attrs={"aria-label": words % said})
            self.fields[f"{name}_{use}_{place}"] = forms.BooleanField(required=False, initial=initial, widget=widget)

    def parts(self) -> list[dict[str, Any]]:
        """The three tables, for the template."""
        return [
            {
                "title": words, "words": use != "drawer",
                "rows": [
                    {
                        "reason": row, "label": self[f"label_{use}_{place}"], "active": self[f"active_{use}_{place}"],
                        "words": self[f"words_{use}_{place}"] if use != "drawer" else None,
                    }
                    for place, row in enumerate(self.rows[use], start=1)
                ],
            }
            for use, words in USES.items()
        ]  # fmt: skip

    def reasons(self, use: str) -> list[Reason]:
        data = self.cleaned_data
        return [
            Reason(
                code=row.code if row else "", label=data[f"label_{use}_{place}"], active=data[f"active_{use}_{place}"],
                direction="" if use == "drawer" else use, needs_label=data.get(f"words_{use}_{place}", False),
            )
            for place, row in enumerate(self.rows[use], start=1)
        ]  # fmt: skip


class ReasonsPage(FormPage):
    required_right, edit_right = "settings.view", "settings.edit"
    room = ROOM
    title = _("Motifs de caisse")
    template_name = "office/reasons.html"
    form_class = ReasonsForm
    guarded = True  # rows are known by their place: on a page gone stale, each name would be written on its neighbour
    saved_text = _("Motifs enregistrés. Les caisses les reçoivent à leur prochain échange.")

    def standing(self) -> list[Any]:
        """The codes in their order, with what is shown of each."""
        shown = ("code", "label", "active")
        return [
            *CashReason.objects.order_by("position", "code").values(*shown, "needs_label"),
            *DrawerReason.objects.order_by("position", "code").values(*shown),
        ]

    def make_form(self, *args: Any, **kwargs: Any) -> OfficeForm:
        self.drawn_form = super().make_form(*args, **kwargs)
        return self.drawn_form

    def save(self, data: dict[str, Any]) -> str:
        form = self.drawn_form
        assert isinstance(form, ReasonsForm)
        cash = [*form.reasons("in"), *form.reasons("out")]
        change_reasons(by=self.request.user, cash=cash, drawer=form.reasons("drawer"))
        return reverse("reason_form")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        missing = [row["label"] for row in missing_reasons()]
        return super().get_context_data(tabs=tabs("reason_form"), missing=missing, **kwargs)


class ReasonsProposed(Action):
    """Adds the usual reasons that a shop set up earlier never had."""

    required_right = "settings.edit"

    def address(self, **kwargs: Any) -> str:
        return reverse("reason_form")

    def act(self, request: HttpRequest, **kwargs: Any) -> tuple[str, str]:
        added = propose_missing_reasons(by=request.user)
        return self.address(), gettext_now("Motifs ajoutés : %s.") % ", ".join(added) if added else gettext_now(
            "Aucun motif ne manquait."
        )
