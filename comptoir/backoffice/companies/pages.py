"""« Sauvegardes »: the copies of the dossier, how old the last one is, make one now, take one away."""

from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views import View

from comptoir.apps.access.refusals import AccessRefusal
from comptoir.dossiers.binding import required_dossier
from comptoir.dossiers.copies import KEPT, CopyRefused, copies_folder

from ..kit.handing_out import HandingOut
from ..kit.page import OfficePage
from ..kit.work import Progress, start_work
from .copying import copy_age, is_too_old, last_problem, make_copy, present_copies, take_copy

REASONS = {"daily": _("du jour"), "demand": _("à la demande"), "update": _("avant une mise à jour")}


class CopyList(OfficePage):
    required_right = "dossier.maintain"
    room = "copies"
    title = _("Sauvegardes")
    template_name = "office/copies.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        age = copy_age()
        rows = [{"copy": one, "reason": REASONS.get(one.manifest.reason, "")} for one in present_copies()]
        return super().get_context_data(
            rows=rows, age=age_words(), old=is_too_old(age), problem=last_problem(), kept=KEPT,
            folder=copies_folder(required_dossier()), slug=required_dossier().slug, **kwargs,
        )  # fmt: skip


class CopyMake(View):
    required_right = "dossier.maintain"
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        back = reverse("copy_list")

        def run(progress: Progress) -> tuple[str, str]:
            copy = make_copy(by=request.user)
            return back, _t("Copie faite et contrôlée : %(n)d enregistrements scellés.") % {"n": copy.manifest.records}

        address = start_work(
            _t("Copie du dossier"),
            run,
            by=request.user,
            back=back,
            room="copies",
            refusals=(CopyRefused, AccessRefusal),
        )
        return HttpResponseRedirect(address)


class CopyDownload(HandingOut):
    required_right = "dossier.maintain"
    back, refusal = "copy_list", CopyRefused

    def take(self, request: HttpRequest, **named: Any) -> Path:
        return take_copy(named["name"], by=request.user)


def age_words() -> str:
    """How old the last copy is, for people."""
    age = copy_age(now=timezone.now())
    if age is None:
        return _t("Aucune copie n’a encore été faite.")
    if age.days:
        return ngettext("Dernière copie il y a %d jour.", "Dernière copie il y a %d jours.", age.days) % age.days
    hours = age.seconds // 3600
    if not hours:
        return _t("Dernière copie il y a moins d’une heure.")
    return ngettext("Dernière copie il y a %d heure.", "Dernière copie il y a %d heures.", hours) % hours
