"""The form page: sections of fields, what is wrong under each field, and a bar that saves when something changed."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from comptoir.apps.access.refusals import AccessRefusal

from .page import OfficePage


class OfficeForm(forms.Form):
    """A form with sections: `sections = [("Prix", ["price", "vat"])]`. Fields in `wide` take the whole row."""

    sections: Sequence[tuple[str, Sequence[str]]] = ()
    wide: Sequence[str] = ()
    required_css_class = "required"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.error_messages["required"] = _("À remplir pour continuer.")
            if field.help_text:
                field.widget.attrs["aria-describedby"] = f"{self[name].auto_id}_help"

    def drawn(self) -> list[dict[str, Any]]:
        """The sections with their bound fields; what no section names comes in a last one without title."""
        named = [name for _title, names in self.sections for name in names]
        rest = [name for name in self.fields if name not in named and not self[name].is_hidden]
        sections = [*self.sections, *([("", rest)] if rest else [])]
        return [
            {"title": title, "fields": [{"field": self[name], "wide": name in self.wide} for name in names if name in self.fields]}
            for title, names in sections
        ]  # fmt: skip


class FormPage(OfficePage):
    """Reads a form and hands what it holds to a service (`save`). What the service refuses is shown, and nothing is kept."""

    template_name = "office/form.html"
    form_class: type[OfficeForm]
    edit_right = ""  # asked besides `required_right` to save; empty: the same
    saved_text = ""
    guarded = False  # True: nothing is saved over what changed since the page was drawn
    refusals: tuple[type[Exception], ...] = (AccessRefusal, ValueError)

    def initial(self) -> dict[str, Any]:
        return {}

    def standing(self) -> Any:
        """What the page shows of what is stored: a guarded page is refused once this is no longer the same."""
        return self.initial()

    def make_form(self, *args: Any, **kwargs: Any) -> OfficeForm:
        return self.form_class(*args, **kwargs)

    def _drawn_form(self, *args: Any) -> OfficeForm:
        form = self.make_form(*args, initial=self.initial())
        if self.guarded:  # another tab, another person, a page gone back to, a button pressed twice
            digest = hashlib.sha256(json.dumps(self.standing(), sort_keys=True, default=str).encode()).hexdigest()[:16]
            form.fields["seen"] = forms.CharField(required=False, widget=forms.HiddenInput, initial=digest)
        return form

    def _is_current(self, form: OfficeForm) -> bool:
        return not self.guarded or form.cleaned_data.pop("seen") in ("", form.fields["seen"].initial)

    def save(self, data: dict[str, Any]) -> str:
        """Calls the service; returns the address to go to."""
        raise NotImplementedError

    def may_edit(self) -> bool:
        return self.may(self.edit_right or self.required_right)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self._drawn_form()
        if not self.may_edit():
            for field in form.fields.values():
                field.disabled = True
        return self.render_to_response(self.get_context_data(form=form, may_edit=self.may_edit()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.may_edit():
            return self.render_refused(request, form=self._drawn_form(), may_edit=False)
        form = self._drawn_form(request.POST, request.FILES)
        if form.is_valid() and not self._is_current(form):
            form.add_error(
                None,
                _(
                    "Cette page a été modifiée ailleurs depuis que vous l’avez ouverte : rien n’est enregistré. "
                    "Ouvrez-la de nouveau pour voir ce changement."
                ),
            )
        elif form.is_valid():
            try:
                address = self.save(form.cleaned_data)
            except self.refusals as refusal:
                field = getattr(refusal, "field", None)
                form.add_error(field if field in form.fields else None, str(refusal))
            else:
                if self.saved_text:
                    messages.success(request, str(self.saved_text))
                return HttpResponseRedirect(address)
        return self.render_refused(request, form=form, may_edit=True)
