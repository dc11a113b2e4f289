"""« Contrôle »: choose days, and everything an inspection asks for is produced and listed on one page. It reads; each use
is an event 280."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views import View

from comptoir.apps.access.queries import rights_of
from comptoir.apps.fiscal.models import SealingKey
from comptoir.apps.treasury.asides import set_asides
from comptoir.apps.treasury.periods import local_today
from comptoir.exchange.archives.create import ArchiveRefused
from comptoir.exchange.attestation.making import AttestationRefused, attestation_sheet
from comptoir.exchange.sheets.drawing import sheet_pdf

from ..archives.pages import REFUSALS, days_form, proposed_periods
from ..companies.refill import refill_notice
from ..events.pages import audit_tabs
from ..kit.page import OfficePage
from ..kit.work import Progress, start_work
from ..periods.statement import DaysForm
from .bundle import bundle_parts, closed_in, zip_parts
from .papers import papers
from .running import inspection, inspections, open_inspection, run_inspection, verdict


class InspectionHome(OfficePage):
    required_right = "audit.view"
    room = "events"
    title = _("Contrôle")
    template_name = "office/inspection.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            tabs=audit_tabs("inspection"), form=days_form(self.request.GET), proposed=proposed_periods(),
            past=inspections()[:10], refill=refill_notice(), **kwargs,
        )  # fmt: skip


class InspectionRun(View):
    """Begins: the use is told first, then the work goes on beside the requests."""

    required_right = "exports.create"
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        form, back = DaysForm(request.POST), reverse("inspection")
        if not form.is_valid():
            messages.warning(request, _t("Indiquez deux jours, le premier avant le dernier."))
            return HttpResponseRedirect(back)
        data = form.cleaned_data
        span = {"first": f"{data['du']:%d/%m/%Y}", "last": f"{data['au']:%d/%m/%Y}"}
        open_inspection(data["du"], data["au"], scope=data["caisse"], by=request.user)

        def run(progress: Progress) -> tuple[str, str]:
            pk = run_inspection(data["du"], data["au"], scope=data["caisse"], by=request.user, progress=progress)
            found = inspection(pk)
            assert found is not None, "just written"
            return reverse("inspection_detail", args=[pk]), verdict(found)

        title = _t("Contrôle du %(first)s au %(last)s") % span
        address = start_work(
            title, run, by=request.user, back=back, room="events", refusals=(ArchiveRefused, *REFUSALS)
        )
        return HttpResponseRedirect(address)


class InspectionDetail(OfficePage):
    required_right = "audit.view"
    room, back = "events", "inspection"
    template_name = "office/inspection_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one = inspection(self.kwargs["pk"])
        if one is None:
            raise Http404
        self.title = _t("Contrôle du %(first)s au %(last)s") % {
            "first": f"{one.first:%d/%m/%Y}",
            "last": f"{one.last:%d/%m/%Y}",
        }
        handed = [
            {
                "label": row.label,
                "url": row.url,
                "files": [(kind.upper(), f"{reverse(row.route)}?{row.asked(kind)}") for kind in row.kinds],
            }
            for row in papers(one.first, one.last, rights=self.rights())
        ]
        return super().get_context_data(
            one=one, verdict=verdict(one), keys=SealingKey.objects.order_by("register", "generation"),
            asides=set_asides(), papers=handed, periods=closed_in(one) if self.may("closings.reprint") else [], **kwargs,
        )  # fmt: skip


class InspectionBundle(View):
    """All of it as one file; who took it is an event before the first byte leaves (the office's exports)."""

    required_right = "exports.create"

    def get(self, request: HttpRequest, pk: UUID) -> StreamingHttpResponse:
        one = inspection(pk)
        if one is None:
            raise Http404
        rights = rights_of(request.user.role)
        parts = bundle_parts(one, request, rights=rights, attestation=AttestationPdf)
        content = zip_parts(parts, at=timezone.localtime())
        answer = StreamingHttpResponse(content, content_type="application/zip")
        answer["Content-Disposition"] = f'attachment; filename="controle-{one.first}-{one.last}.zip"'
        return answer


class AttestationPdf(View):
    required_right = "exports.create"

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            content = sheet_pdf(attestation_sheet(local_today()))
        except AttestationRefused as refusal:
            messages.warning(request, str(refusal))
            return HttpResponseRedirect(reverse("inspection"))
        answer = HttpResponse(content, content_type="application/pdf")
        answer["Content-Disposition"] = 'attachment; filename="attestation.pdf"'
        return answer
