"""« Clôtures »: the calendar, what blocks, closing a month or a year, a sealed period and its PDF."""

import json
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from comptoir.apps.treasury.models import PeriodClosing
from comptoir.apps.treasury.periods import (
    DAY,
    MONTH,
    YEAR,
    Period,
    automatic_closing,
    closing_of_period,
    fiscal_first_month,
    month_of,
    next_to_close,
    period_closings,
)
from comptoir.apps.treasury.services.close_due import set_automatic_closing
from comptoir.apps.treasury.services.close_period import PeriodRefused, close_periods, start_fiscal_year_in
from comptoir.engine.calendar import MONTHS
from comptoir.engine.seal import extract
from comptoir.exchange.sheets.drawing import Sheet, sheet_pdf
from comptoir.exchange.sheets.period import closing_sheet

from ..kit.action import Action
from ..kit.formpage import FormPage, OfficeForm
from ..kit.page import OfficePage
from ..tickets.pages import seal_state
from .calendar import around, months_of, shown_month, standing_of, weeks_of, year_shown, year_sums
from .checklist import checklist


def period_tabs(here: str) -> list[tuple[Any, str, bool]]:
    return [
        (_("Calendrier"), reverse("period_list"), here == "calendar"),
        (_("Relevé de période"), reverse("statement"), here == "statement"),
    ]


class PeriodCalendar(OfficePage):
    required_right = "closings.view"
    room = "periods"
    title = _("Clôtures")
    template_name = "office/periods.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        month = shown_month(self.request.GET.get("mois", ""))
        year = year_shown(month)
        here = standing_of(month)
        items = checklist(month, rights=self.rights()) if here["closing"] is None and here["tone"] == "warn" else []
        months = months_of(year)
        return super().get_context_data(
            month=month, weeks=weeks_of(month), here=here, months=months, whole=year_sums(months), year=standing_of(year),
            items=items, blocked=any(one["blocks"] for one in items), around=around(month), tabs=period_tabs("calendar"),
            automatic=automatic_closing(), **kwargs,
        )  # fmt: skip


class PeriodClose(Action):
    """Closes the month or the year asked for, and those before it; asked again after a crash, it goes on."""

    required_right = "closings.close_period"
    refusals = (PeriodRefused, *Action.refusals)

    def act(self, request: HttpRequest, **kwargs: Any) -> tuple[str, str]:
        period = _asked(request.POST)
        made = close_periods(period.kind, through=period, actor=request.user)
        closing = closing_of_period(period)
        if closing is None:
            raise ValueError(_("Cette période ne peut pas être clôturée."))
        words = ", ".join(Period(one.kind, one.first_date, one.last_date).label for one in made)
        sentence = _("Clôturé : %s.") % words if made else _("C’était déjà clôturé.")
        return reverse("period_detail", args=[closing.pk]), sentence

    def address(self, **kwargs: Any) -> str:
        first = self.request.POST.get("first", "")[:7]
        return f"{reverse('period_list')}?mois={first}"


def _asked(data: Any) -> Period:
    try:
        first = date.fromisoformat(data.get("first", ""))
    except ValueError as wrong:
        raise ValueError(_("Choisissez une période dans le calendrier.")) from wrong
    if data.get("kind") == MONTH:
        return month_of(first)
    following = next_to_close(YEAR)
    if following is not None and following.first == first:
        return following
    closed = period_closings(YEAR).filter(first_date=first).first()
    if closed is not None:
        return Period(YEAR, closed.first_date, closed.last_date)
    raise ValueError(_("Les exercices se clôturent dans l’ordre : commencez par le plus ancien."))


def period_of(pk: UUID) -> tuple[PeriodClosing, Period]:
    closing = PeriodClosing.objects.select_related("record").filter(pk=pk).first()
    if closing is None:
        raise Http404
    return closing, Period(closing.kind, closing.first_date, closing.last_date)


def period_title(closing: PeriodClosing, period: Period) -> str:
    words = {
        MONTH: _("Clôture du mois : %s"),
        YEAR: _("Clôture de l’exercice : %s"),
        DAY: _("Journée sans ouverture : %s"),
    }
    return str(words[closing.kind]) % period.label


def sheet_of(closing: PeriodClosing, period: Period) -> Sheet:
    body = json.loads(closing.record.body)
    short = extract({"signature": closing.record.signature})["extract"]
    return closing_sheet(body, title=period_title(closing, period), extract=short)


class PeriodDetail(OfficePage):
    required_right = "closings.view"
    room, back = "periods", "period_list"
    template_name = "office/period.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        closing, period = period_of(self.kwargs["pk"])
        self.title = period_title(closing, period)
        sheet = sheet_of(closing, period)
        return super().get_context_data(
            closing=closing, sheet=sheet, head=sheet["blocks"][0], blocks=sheet["blocks"][1:],
            seal=seal_state(closing.record), record=closing.record, **kwargs,
        )  # fmt: skip


class PeriodPdf(View):
    """The sealed period as a PDF: the same record, the same figures, whenever it is asked for."""

    required_right = "closings.reprint"

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        closing, period = period_of(pk)
        answer = HttpResponse(sheet_pdf(sheet_of(closing, period)), content_type="application/pdf")
        name = f"cloture-{closing.kind}-{closing.first_date}-{closing.last_date}.pdf"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer


class ClosingRulesForm(OfficeForm):
    first_month = forms.TypedChoiceField(
        label=_("L’exercice commence en"), coerce=int,
        choices=[(number, name.capitalize()) for number, name in enumerate(MONTHS, 1)],
        help_text=_("Janvier : l’année civile. Un changement vaut pour le prochain exercice à clôturer, et s’inscrit au journal."),
    )  # fmt: skip
    enabled = forms.BooleanField(
        label=_("Clôturer seul les mois et les exercices terminés"), required=False,
        help_text=_("Rien n’est forcé : ce qui est bloqué attend, et l’accueil le dit."),
    )  # fmt: skip
    after_days = forms.IntegerField(
        label=_("Jours d’attente après la fin"), min_value=1, max_value=31,
        help_text=_("Le temps que les caisses hors réseau envoient leurs derniers tickets."),
    )  # fmt: skip
    sections = ((_("Exercice"), ("first_month",)), (_("Clôture automatique"), ("enabled", "after_days")))


class ClosingRules(FormPage):
    required_right, edit_right = "closings.view", "settings.edit"
    room, back = "periods", "period_list"
    title = _("Règles de clôture")
    form_class = ClosingRulesForm
    saved_text = _("Règles enregistrées, et notées au journal.")

    def initial(self) -> dict[str, Any]:
        rule = automatic_closing()
        return {"first_month": fiscal_first_month(), "enabled": rule.enabled, "after_days": rule.after_days}

    def save(self, data: dict[str, Any]) -> str:
        before = self.initial()
        if data["first_month"] != before["first_month"]:
            start_fiscal_year_in(data["first_month"], by=self.request.user)
        if (data["enabled"], data["after_days"]) != (before["enabled"], before["after_days"]):
            set_automatic_closing(enabled=data["enabled"], after_days=data["after_days"], by=self.request.user)
        return reverse("period_list")
