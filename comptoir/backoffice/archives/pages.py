"""« Archives »: make one for a month, a year or free days, see those made, download, verify, purge."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views import View

from comptoir.apps.access.services.confirm_password import confirm_password
from comptoir.apps.treasury.periods import Period, fiscal_year_of, local_today, month_of, period_closings
from comptoir.exchange.archives.check import take_archive, verify_archive
from comptoir.exchange.archives.create import ALL, ArchiveRefused, create_archive
from comptoir.exchange.archives.purge import purge_covered, purge_obstacle
from comptoir.exchange.archives.shelf import shelved_archive, shelved_archives

from ..kit.action import Action
from ..kit.handing_out import HandingOut
from ..kit.page import OfficePage
from ..kit.work import Progress, start_work
from ..periods.statement import DaysForm

REFUSALS = (ArchiveRefused, *Action.refusals)


def proposed_periods() -> list[Period]:
    """What one usually archives: the years closed last, the current year, the month before."""
    today = local_today()
    years = [Period("year", row.first_date, row.last_date) for row in period_closings("year")[:3]]
    current = fiscal_year_of(today)
    before = month_of(today.replace(day=1) - timedelta(days=1))
    return [*years, *([] if current in years else [current]), before]


def days_form(data: Any = None) -> DaysForm:
    """The form of the days to archive; the month before by default."""
    month = month_of(local_today().replace(day=1) - timedelta(days=1))
    return DaysForm(data if data and "du" in data else {"du": month.first, "au": month.last, "caisse": ""})


class ArchiveList(OfficePage):
    required_right = "audit.view"
    room = "archives"
    title = _("Archives fiscales")
    template_name = "office/archives.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = [{"archive": one, "purge_obstacle": purge_obstacle(one)} for one in shelved_archives()]
        return super().get_context_data(
            **{"rows": rows, "proposed": proposed_periods(), "form": days_form(self.request.GET)} | kwargs
        )


class ArchiveCreate(OfficePage):
    """Starts the archive of these days; its page follows it."""

    required_right = "exports.create"
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        form = DaysForm(request.POST)
        if not form.is_valid():
            messages.warning(request, _t("Indiquez deux jours, le premier avant le dernier."))
            return HttpResponseRedirect(reverse("archive_list"))
        data = form.cleaned_data
        title = _t("Archive du %(first)s au %(last)s") % _words(data["du"], data["au"])
        back = reverse("archive_list")

        def run(progress: Progress) -> tuple[str, str]:
            made = create_archive(
                data["du"], data["au"], scope=data["caisse"] or ALL, actor=request.user, progress=progress
            )
            found = len(made.manifest["ruptures"])
            if found:
                return back, _t("Archive %(n)s faite. Elle signale %(f)d rupture(s) : appelez votre installateur.") % {
                    "n": made.number, "f": found,
                }  # fmt: skip
            return back, _t("Archive %(n)s faite : %(r)d enregistrements.") % {"n": made.number, "r": made.records}

        address = start_work(title, run, by=request.user, back=back, room="archives", refusals=REFUSALS)
        return HttpResponseRedirect(address)


def _words(first: date, last: date) -> dict[str, str]:
    return {"first": f"{first:%d/%m/%Y}", "last": f"{last:%d/%m/%Y}"}


class ArchiveDownload(HandingOut):
    required_right = "exports.create"
    back, refusal = "archive_list", ArchiveRefused

    def take(self, request: HttpRequest, **named: Any) -> Path:
        return take_archive(named["pk"], by=request.user)


class ArchiveVerify(View):
    required_right = "exports.create"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        one, back = shelved_archive(pk), reverse("archive_list")
        if one is None:
            raise Http404

        def run(progress: Progress) -> tuple[str, str]:
            checked = verify_archive(pk, by=request.user, progress=progress)
            if checked.intact:
                return back, _t("Archive %(n)s intacte : %(r)d enregistrements relus.") % {
                    "n": one.number, "r": checked.records,
                }  # fmt: skip
            first = checked.findings[0]["detail"] if checked.findings else (checked.remarks or [""])[0]
            raise ArchiveRefused(_t("L’archive %(n)s a été touchée : %(what)s") % {"n": one.number, "what": first})

        title = _t("Vérification de l’archive %s") % one.number
        address = start_work(title, run, by=request.user, back=back, room="archives", refusals=REFUSALS)
        return HttpResponseRedirect(address)


class ArchivePurge(Action):
    required_right = "archives.purge"
    refusals = REFUSALS

    def act(self, request: HttpRequest, **kwargs: Any) -> tuple[str, str]:
        confirm_password(request.user, password=request.POST.get("password", ""), now=timezone.now())
        done = purge_covered(kwargs["pk"], by=request.user)
        return self.address(), _t("%d papiers d’impression purgés. Rien de scellé n’a été touché.") % done.papers

    def address(self, **kwargs: Any) -> str:
        return reverse("archive_list")
