"""« Relevé de période »: any days, a report that says it is no closing; on screen, as PDF and as CSV."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comptoir.apps.settings.queries import registers
from comptoir.apps.treasury.period_statement import period_statement
from comptoir.apps.treasury.periods import local_today
from comptoir.exchange.sheets.drawing import sheet_pdf, sheet_rows
from comptoir.exchange.sheets.period import statement_sheet

from ..kit.page import OfficePage
from ..kit.spreadsheets import csv_rows
from ..tickets.pages import DATE
from .pages import period_tabs

LONGEST_DAYS = 3_700


class DaysForm(forms.Form):
    du = forms.DateField(label=_("Du"), widget=DATE)
    au = forms.DateField(label=_("Au"), widget=DATE)
    caisse = forms.ChoiceField(label=_("Caisse"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        names = [(register.code, register.name) for register in registers()]
        self.fields["caisse"].choices = [("", _("Toutes")), *names]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("du"), data.get("au")
        if first and last and last < first:
            self.add_error("au", _("Le dernier jour vient avant le premier."))
        elif first and last and (last - first).days > LONGEST_DAYS:
            self.add_error("au", _("Dix ans au plus."))
        return data


def default_days() -> tuple[date, date]:
    """The last seven days."""
    today = local_today()
    return today - timedelta(days=6), today


class StatementPage(OfficePage):
    required_right = "closings.view"
    room = "periods"
    title = _("Relevé de période")
    template_name = "office/statement.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        first, last = default_days()
        form = DaysForm(request.GET if "du" in request.GET else {"du": first, "au": last, "caisse": ""})
        wanted = request.GET.get("export")
        sheet = self._sheet(form.cleaned_data) if form.is_valid() else None
        if sheet is not None and wanted in ("pdf", "csv"):
            return self._file(sheet, wanted, form.cleaned_data)
        query = request.GET.copy()
        query.pop("export", None)
        return self.render_to_response(
            self.get_context_data(
                form=form, sheet=sheet, tabs=period_tabs("statement"), query=query.urlencode(),
                head=sheet["blocks"][0] if sheet else None, blocks=sheet["blocks"][1:] if sheet else [],
            ),
            status=200 if sheet else 422,
        )  # fmt: skip

    def _sheet(self, data: dict[str, Any]) -> dict[str, Any]:
        statement = period_statement(data["du"], data["au"], register=data["caisse"] or None)
        title = str(_("Du %(first)s au %(last)s")) % {
            "first": f"{data['du']:%d/%m/%Y}",
            "last": f"{data['au']:%d/%m/%Y}",
        }
        return statement_sheet(statement, title=title, made=f"{timezone.localtime():%d/%m/%Y à %H:%M}")

    def _file(self, sheet: dict[str, Any], wanted: str, data: dict[str, Any]) -> HttpResponse:
        if not self.may("exports.create"):
            raise PermissionDenied
        name = f"releve-{data['du']}-{data['au']}.{wanted}"
        if wanted == "pdf":
            answer: Any = HttpResponse(sheet_pdf(sheet), content_type="application/pdf")
        else:
            rows = sheet_rows(sheet)
            answer = StreamingHttpResponse(csv_rows(next(rows), rows), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer
