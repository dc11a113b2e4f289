"""What each role may do, side by side: read by who manages people, changed by the owner with the password typed again."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as gettext_now
from django.utils.translation import gettext_lazy as _

from comptoir.apps.access.models.user import ROLES
from comptoir.apps.access.queries import limit_of, rights_of
from comptoir.apps.access.rights import LIMITS, RIGHTS
from comptoir.apps.access.services.confirm_password import confirm_password
from comptoir.apps.access.services.manage_rights import change_roles, is_fixed

from ..kit.amounts import ScaledField
from ..kit.formpage import FormPage, OfficeForm
from ..kit.spreadsheets import csv_rows

PARTS = ((_("À la caisse"), True), (_("À la gestion"), False))


class RolesForm(OfficeForm):
    """A box for each right of each role, an amount for each limit of those who sell, and the password."""

    password = forms.CharField(
        label=_("Votre mot de passe"), max_length=256, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=_("Demandé avant de changer des droits. Chaque changement s’inscrit au journal."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for role, word in ROLES:
            held = rights_of(role)
            for code, right in RIGHTS.items():
                spoken = forms.CheckboxInput(attrs={"aria-label": f"{right.label} : {word}"})
                self.fields[f"{code}:{role}"] = forms.BooleanField(
                    required=False, initial=code in held, widget=spoken, disabled=is_fixed(role, right=code)
                )
            for code, limit in LIMITS.items():
                suffix = "%" if code.endswith("_e4") else "€"
                field = ScaledField(digits=2, suffix=suffix, initial=limit_of(role, code))
                field.widget.attrs["aria-label"] = f"{limit.label} : {word} ({suffix})"
                self.fields[f"{code}:{role}"] = field

    def drawn(self) -> list[dict[str, Any]]:
        """The password alone: the boxes stand in their tables."""
        return [{"title": "", "fields": [{"field": self["password"], "wide": False}]}]

    def parts(self) -> list[dict[str, Any]]:
        """The rights in two tables, for the template."""
        return [
            {
                "title": title,
                "rows": [
                    {"label": right.label, "cells": [self._cell(code, role) for role, _word in ROLES]}
                    for code, right in RIGHTS.items()
                    if code.startswith("till.") == at_till
                ],
            }
            for title, at_till in PARTS
        ]

    def _cell(self, code: str, role: str) -> dict[str, Any]:
        bound = self[f"{code}:{role}"]
        return {"field": bound, "on": bound.initial, "fixed": is_fixed(role, right=code)}

    def limit_rows(self) -> list[dict[str, Any]]:
        return [
            {
                "label": limit.label, "suffix": "%" if code.endswith("_e4") else "€",
                "cells": [self[f"{code}:{role}"] for role, _word in ROLES],
            }
            for code, limit in LIMITS.items()
        ]  # fmt: skip


class RolesPage(FormPage):
    required_right, edit_right = "users.view", "rights.manage"
    room, back = "people", "user_list"
    title = _("Droits des rôles")
    template_name = "office/roles.html"
    form_class, guarded = RolesForm, True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.GET.get("export") != "csv":
            return super().get(request, *args, **kwargs)
        if not self.may("exports.create"):
            raise PermissionDenied
        held = {role: rights_of(role) for role, _word in ROLES}
        rows = ([right.label, *[code in held[role] for role, _word in ROLES]] for code, right in RIGHTS.items())
        heading = [gettext_now("Action"), *[str(word) for _code, word in ROLES]]
        answer = StreamingHttpResponse(csv_rows(heading, rows), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="droits.csv"'
        return answer  # type: ignore[return-value]

    def standing(self) -> dict[str, Any]:
        """Every box is sent, those left alone too: a right withdrawn meanwhile would be granted again."""
        return {role: [sorted(rights_of(role)), [limit_of(role, code) for code in LIMITS]] for role, _word in ROLES}

    def save(self, data: dict[str, Any]) -> str:
        by = self.request.user
        confirm_password(by, password=data["password"], now=timezone.now())
        rights = {
            (role, code): data[f"{code}:{role}"]
            for role, _word in ROLES
            for code in RIGHTS
            if not is_fixed(role, right=code)
        }
        limits = {(role, code): data[f"{code}:{role}"] for role, _word in ROLES for code in LIMITS}
        changed = sum(change_roles(by=by, rights=rights, limits=limits))
        told = gettext_now("%d changement(s) de droits. Les caisses les reçoivent à leur prochain échange.") % changed
        messages.success(self.request, told if changed else gettext_now("Rien n’a changé."))
        return reverse("role_rights")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_export = self.may("exports.create")
        return super().get_context_data(roles=[word for _code, word in ROLES], may_export=may_export, **kwargs)
