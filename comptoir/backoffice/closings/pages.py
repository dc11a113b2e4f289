"""Drawer sessions, Z, the technical event journal and what was set aside: figures that were sealed, never changed here."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import django_filters
from django.db.models import Count, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views import View

from comptoir.apps.settings.models import TenderType
from comptoir.apps.settings.queries import registers
from comptoir.apps.till.queries import tickets
from comptoir.apps.treasury.models import Closing, ClosingSession, DrawerSession, PeriodClosing
from comptoir.apps.treasury.money_moves import IN_OR_OUT
from comptoir.apps.treasury.queries import closing_of, closings, entries_of, sessions
from comptoir.exchange.receipts.pdf import as_pdf

from ..home.charts import columns_chart
from ..home.figures import sales_by_hour
from ..kit.columns import (
    AmountColumn,
    CountColumn,
    DayColumn,
    GapColumn,
    InstantColumn,
    LinkColumn,
    OfficeColumn,
    WordColumn,
)
from ..kit.listing import ListPage, OfficeFilters, OfficeTable
from ..kit.page import OfficePage
from ..kit.papers import paper_of
from ..tickets.pages import DATE, seal_state, tickets_of

TICKETS = (_("ticket"), _("tickets"))
CASH_WORDS = {"opening": _("Ouverture"), "in": _("Entrée"), "out": _("Sortie"), "count": _("Comptage")}


class DayFilters(OfficeFilters):
    recherche = None
    du = django_filters.DateFilter(field_name="business_date", lookup_expr="gte", label=_("Du"), widget=DATE)
    au = django_filters.DateFilter(field_name="business_date", lookup_expr="lte", label=_("Au"), widget=DATE)
    caisse = django_filters.ChoiceFilter(field_name="register", label=_("Caisse"), empty_label=_("Toutes"), choices=[])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["caisse"].extra["choices"] = [(register.code, register.name) for register in registers()]


def _tabs(here: str) -> list[tuple[Any, str, bool]]:
    return [
        (_("Sessions"), reverse("session_list"), here == "sessions"),
        (_("Z de caisse"), reverse("closing_list"), here == "closings"),
    ]


class SessionZColumn(OfficeColumn):
    """The Z that closed the session, leading to it."""

    def render(self, value: Any) -> Any:
        if value is None:
            return ""
        return format_html('<a class="link" href="{}">{}</a>', reverse("closing_detail", args=[value.pk]), value)

    def value(self, value: Any) -> str:
        return "" if value is None else z_number(value)


class SessionTable(OfficeTable):
    business_date = LinkColumn(_("Journée"), route="session_detail")
    register = OfficeColumn(_("Caisse"))
    opened_at = InstantColumn(_("Ouverte le"), card="hidden")
    operator_name = OfficeColumn(_("Par"))
    opening_minor = AmountColumn(_("Fond de caisse"), card="hidden")
    sold_count = CountColumn(_("Tickets"), counted=TICKETS, orderable=False)
    sold_minor = AmountColumn(_("Ventes TTC"), card="amount", orderable=False)
    z = SessionZColumn(_("Z"), orderable=False)
    closed = WordColumn(_("État"), words={True: (_("Scellée"), "ok"), False: (_("Ouverte"), "info")})

    class Meta(OfficeTable.Meta):
        model = DrawerSession
        fields = (
            "business_date",
            "register",
            "opened_at",
            "operator_name",
            "opening_minor",
            "sold_count",
            "sold_minor",
            "z",
            "closed",
        )

    def render_business_date(self, value: Any, record: DrawerSession, column: Any) -> Any:
        return column.render(f"{value:%d/%m/%Y}", record)

    def value_business_date(self, value: Any) -> Any:
        return value


class SessionList(ListPage):
    required_right = "closings.view"
    room = "sessions"
    title = _("Sessions de caisse")
    table_class = SessionTable
    filterset_class = DayFilters
    nothing_yet = _("Aucune journée ouverte pour l’instant. Une journée s’ouvre à la caisse, en comptant le fond.")
    begin = (_("Ouvrir la caisse"), "till")

    def get_queryset(self) -> QuerySet[DrawerSession]:
        return sessions()

    def complete(self, records: Sequence[Any]) -> None:
        """What each session sold, and its Z."""
        ids = [record.pk for record in records]
        sold = {
            row["session"]: row
            for row in tickets()
            .filter(session__in=ids)
            .order_by()
            .values("session")
            .annotate(n=Count("pk"), gross=Sum("gross_minor"))
        }
        covered = ClosingSession.objects.filter(session__in=ids).select_related("closing")
        z = {row.session: row.closing for row in covered}
        for record in records:
            row = sold.get(record.pk, {"n": 0, "gross": 0})
            record.sold_count, record.sold_minor, record.z = row["n"], row["gross"], z.get(record.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tabs=_tabs("sessions"), **kwargs)


class ClosingTable(OfficeTable):
    seq = LinkColumn(_("Z"), route="closing_detail")
    business_date = DayColumn(_("Journée"))
    at = InstantColumn(_("Scellé le"), card="hidden")
    operator_name = OfficeColumn(_("Par"), card="hidden")
    ticket_count = CountColumn(_("Tickets"), counted=TICKETS)
    total_minor = AmountColumn(_("Total TTC"), card="amount")
    difference_minor = GapColumn(_("Écart"), said=_("écart"))
    perpetual_algebraic_minor = AmountColumn(_("Grand total perpétuel"), card="hidden")
    agrees = WordColumn(_("Contrôle"), words={True: (_("Juste"), "ok"), False: (_("À vérifier"), "bad")})

    class Meta(OfficeTable.Meta):
        model = Closing
        fields = (
            "seq", "business_date", "at", "operator_name", "ticket_count", "total_minor", "difference_minor", "perpetual_algebraic_minor", "agrees",
        )  # fmt: skip

    def render_seq(self, value: int, record: Closing, column: Any) -> Any:
        return column.render(z_number(record), record)

    def value_seq(self, value: int, record: Closing) -> str:
        return z_number(record)


def z_number(closing: Closing) -> str:
    return f"{closing.register}-{closing.generation}-{closing.seq}"


class ClosingList(ListPage):
    required_right = "closings.view"
    room = "sessions"
    title = _("Z de caisse")
    table_class = ClosingTable
    filterset_class = DayFilters
    nothing_yet = _("Aucun Z pour l’instant. Le Z se fait à la caisse, le soir, après avoir compté le tiroir.")
    begin = (_("Ouvrir la caisse"), "till")
    summed = ("ticket_count", "total_minor", "difference_minor")

    def get_queryset(self) -> QuerySet[Closing]:
        return closings().annotate(difference_minor=Sum("tenders__difference_minor", default=0))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tabs=_tabs("closings"), **kwargs)


def _closing(pk: UUID) -> Closing:
    found = closings().select_related("record").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _tender_rows(closing: Closing) -> list[dict[str, Any]]:
    labels = dict(TenderType.objects.values_list("code", "label"))
    return [{"label": labels.get(row.tender, row.tender), "row": row} for row in closing.tenders.order_by("id")]


def _cash_rows(session_ids: list[UUID]) -> list[dict[str, Any]]:
    rows = [entry for session in session_ids for entry in entries_of(session)]
    return [
        {
            "what": CASH_WORDS[entry.kind],
            "entry": entry,
            "sign": -1 if entry.kind == "out" else 1,
            "has_page": entry.kind in IN_OR_OUT,
        }
        for entry in rows
    ]


class ClosingDetail(OfficePage):
    required_right = "closings.view"
    room, back = "sessions", "closing_list"
    template_name = "office/closing.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        closing = _closing(self.kwargs["pk"])
        self.title = _("Z %s") % z_number(closing)
        ids = list(closing.sessions.values_list("session", flat=True))
        sold = tickets_of(closing)
        near = closings().filter(chain=closing.chain)
        tenders = _tender_rows(closing)
        return super().get_context_data(
            closing=closing, tenders=tenders, cash=_cash_rows(ids), receipt=paper_of(closing.record, kind="z"),
            seal=seal_state(closing.record), disagreements=json.loads(closing.disagreements), record=closing.record,
            chart=columns_chart(sales_by_hour(sold)), sessions=ids,
            month=PeriodClosing.objects.filter(kind="month", first_date__lte=closing.business_date, last_date__gte=closing.business_date).first(),
            difference_minor=sum(one["row"].difference_minor for one in tenders),
            before=near.filter(seq=closing.seq - 1).first(), after=near.filter(seq=closing.seq + 1).first(), **kwargs,
        )  # fmt: skip


class ClosingPdf(View):
    """The Z's paper again, as a PDF: the same sealed record, the same figures."""

    required_right = "closings.reprint"

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        closing = _closing(pk)
        answer = HttpResponse(as_pdf(paper_of(closing.record, kind="z")), content_type="application/pdf")
        answer["Content-Disposition"] = f'attachment; filename="Z-{z_number(closing)}.pdf"'
        return answer


class SessionDetail(OfficePage):
    required_right = "closings.view"
    room, back = "sessions", "session_list"
    template_name = "office/session.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        session = sessions().filter(pk=self.kwargs["pk"]).first()
        if session is None:
            raise Http404
        self.title = _("Session du %(day)s, %(register)s") % {
            "day": f"{session.business_date:%d/%m/%Y}",
            "register": session.register,
        }
        sold = tickets().filter(session=session.pk)
        by_tender = (
            sold.values("payments__tender", "payments__kind")
            .annotate(amount=Sum("payments__amount_minor"), n=Count("payments"))
            .order_by("payments__tender")
        )
        labels = dict(TenderType.objects.values_list("code", "label"))
        return super().get_context_data(
            session=session, closing=closing_of(session.pk), cash=_cash_rows([session.pk]), chart=columns_chart(sales_by_hour(sold)),
            totals=sold.aggregate(gross=Sum("gross_minor", default=0), net=Sum("net_minor", default=0), n=Count("pk")),
            tenders=[{"label": labels.get(row["payments__tender"], row["payments__tender"]), **row} for row in by_tender if row["payments__tender"]],
            **kwargs,
        )  # fmt: skip
