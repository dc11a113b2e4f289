"""Home: the day's figures and what is to be done. And the search that every page carries."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from comptoir.apps.access.rights import SIGNED_IN
from comptoir.apps.catalog.queries import search_articles
from comptoir.apps.fiscal.queries import open_kept
from comptoir.apps.printing.queries import waiting_counts
from comptoir.apps.settings.queries import registers
from comptoir.apps.till.queries import devices, tickets
from comptoir.apps.treasury.periods import MONTH, local_today, next_to_close
from comptoir.apps.treasury.queries import closings, sessions
from comptoir.engine.money import format_euro, format_unit_price

from ..companies.copying import copy_age, is_too_old
from ..companies.pages import age_words
from ..companies.refill import refill_notice
from ..kit.days import named_days
from ..kit.page import OfficePage
from ..tickets.pages import by_number, number_of
from .charts import NARROW, WIDE, Bar, columns_chart
from .figures import (
    best_sellers,
    change_percent,
    month_sales,
    sales_by_hour,
    span_figures,
    tender_shares,
    tickets_between,
    vat_shares,
    week_sales,
)
from .spans import Compared, compared_days

TURNED = timedelta(hours=20)  # a drawer open for longer than this was forgotten


class HomePage(OfficePage):
    required_right = "office.home"
    room = "home"
    template_name = "office/home.html"

    def get_title(self) -> str:
        return _("Bonjour %s") % self.request.user.name.split()[0]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.localtime()
        compared = compared_days(self.request.GET.get("periode", ""), now=now)
        days = compared.days
        figures = span_figures(days.first, days.last)
        before = span_figures(compared.first, compared.last, until=compared.until)
        changes = {name: change_percent(figures[name], before[name]) for name in ("gross", "n", "average")}
        return super().get_context_data(
            now=now, days=days, compared=compared, figures=figures, before=before, changes=changes, charts=charts_of(compared, now=now),
            shortcuts=[
                {"label": one.label, "url": f"?periode={one.code}", "here": one.code == days.code} for one in named_days(now.date())
            ],
            best=best_sellers(days.first, days.last), tenders=tender_shares(days.first, days.last),
            vat=vat_shares(days.first, days.last), todo=to_do(self.rights()), **kwargs,
        )  # fmt: skip


def charts_of(compared: Compared, *, now: datetime) -> list[dict[str, Any]]:
    """A day: its hours, then its week; a week: its days; a month: its days. Each with its title and what stands pale behind."""
    days, today = compared.days, now.date()
    if days.code.startswith("mois"):
        rows = month_sales(days.first, days.last, today=today)
        return [{"title": _("Ventes par jour, TTC"), "total": _sum(rows), "chart": columns_chart(rows), "before": ""}]
    week = week_sales(days.last)
    earlier = _("la semaine d’avant")
    of_week = {
        "title": _("Semaine, TTC"), "total": _sum(week), "before": earlier,
        "chart": columns_chart(week, before=earlier, widths=(WIDE, NARROW) if days.code == "semaine" else (NARROW,)),
    }  # fmt: skip
    if days.code == "semaine":
        return [of_week]
    sold, ago = tickets_between(days.first, days.last), tickets_between(compared.first, compared.last)
    hours = sales_by_hour(sold, before=ago, now=now.hour if days.last == today else None)
    words = _("7 jours plus tôt")
    by_hour = {
        "title": _("Ventes par heure, TTC"),
        "total": _sum(hours),
        "chart": columns_chart(hours, before=words),
        "before": words,
    }
    return [by_hour, of_week]


def _sum(rows: Sequence[Bar]) -> int:
    return sum(row.amount for row in rows)


def to_do(rights: frozenset[str]) -> list[dict[str, Any]]:
    """What asks for somebody, from what is stored: papers waiting, records set aside, drawers left open, Z that disagree."""
    found = [*_dossier(), *_records(), *_periods(), *_drawers(), *_papers(), *_tills()]
    return [row for row in found if row["right"] in rights]


def _dossier() -> list[dict[str, Any]]:
    """A copy put back that is not complete yet; copies that are too old."""
    rows = []
    notice = refill_notice()
    if notice is not None:
        names = ", ".join(one.name for one in notice.rows) or _("chaque caisse")
        what = _("Le dossier a été réparé") if notice.repaired else _("Une copie a été remise en place")
        rows.append(_row("bad", what, _("À ouvrir une fois : %s") % names, "inspection", "audit.view"))
    if is_too_old(copy_age()):
        rows.append(_row("bad", _("Sauvegarde à faire"), age_words(), "copy_list", "dossier.maintain"))
    return rows


def _records() -> list[dict[str, Any]]:
    rows = []
    kept = open_kept().count()
    if kept:
        rows.append(
            _row(
                "bad",
                ngettext("%d enregistrement mis de côté", "%d enregistrements mis de côté", kept) % kept,
                _("Rien n’est perdu, quelqu’un doit regarder"),
                "kept_list",
                "audit.view",
            )
        )
    wrong = closings().filter(agrees=False).count()
    if wrong:
        rows.append(
            _row(
                "bad",
                ngettext("%d Z à vérifier", "%d Z à vérifier", wrong) % wrong,
                _("La somme refaite n’est pas la même"),
                "closing_list",
                "closings.view",
            )
        )
    return rows


def _periods() -> list[dict[str, Any]]:
    month = next_to_close(MONTH)
    if month is None or month.last >= local_today():
        return []
    what = _("Clôture à faire : %s") % month.label
    return [
        _row("", what, _("Le mois est terminé, ses Z attendent d’être additionnés"), "period_list", "closings.view")
    ]


def _drawers() -> list[dict[str, Any]]:
    names = {register.code: register.name for register in registers()}
    now = timezone.now()
    rows = []
    for session in sessions().filter(closed=False)[:20]:
        old = now - session.opened_at > TURNED
        what = _("%s : Z à faire") if old else _("%s ouverte")
        when = timezone.localtime(session.opened_at)
        since = f"{when:%H:%M}" if when.date() == timezone.localdate() else _("le %s") % f"{when:%d/%m à %H:%M}"
        note = _("%(who)s, depuis %(since)s") % {"who": session.operator_name, "since": since}
        rows.append(
            _row(
                "" if old else "calm",
                what % names.get(session.register, session.register),
                note,
                "session_detail",
                "closings.view",
                session.pk,
            )
        )
    return rows


def _papers() -> list[dict[str, Any]]:
    return [
        _row(
            "",
            ngettext("%d papier attend l’imprimante", "%d papiers attendent l’imprimante", count) % count,
            _("Caisse %s") % code,
            "printer_list",
            "printing.view",
        )
        for code, count in sorted(waiting_counts(now=timezone.now()).items())
    ]


def _tills() -> list[dict[str, Any]]:
    attached = {device.register_id for device in devices() if device.revoked_at is None}
    return [
        _row(
            "",
            _("%s n’est pas rattachée") % register.name,
            _("Aucun appareil ne peut encore y vendre"),
            "register_list",
            "registers.enrol",
        )
        for register in registers()
        if register.active and register.code not in attached
    ]


def _row(tone: str, what: str, note: str, route: str, right: str, *of: Any) -> dict[str, Any]:
    return {"tone": tone, "what": what, "note": note, "url": reverse(route, args=of), "right": right}


class SearchEverywhere(OfficePage):
    """What Ctrl K finds: articles by words or barcode, tickets by number; only what the person may see."""

    required_right = SIGNED_IN
    template_name = "office/found.html"
    title = gettext_lazy("Recherche")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET.get("q", "").strip()[:100]
        found: list[dict[str, str]] = []
        if asked and self.may("catalog.view"):
            for article in search_articles(asked)[:8]:
                note = _("prix libre") if article.open_price else f"{format_unit_price(article.price_e4)} €"
                found.append({"title": article.name, "note": note, "url": reverse("article_form", args=[article.pk])})
        if asked and self.may("tickets.view") and any(character.isdigit() for character in asked):
            for ticket in by_number(tickets(), asked)[:5]:
                found.append(
                    {
                        "title": _("Ticket %s") % number_of(ticket),
                        "note": format_euro(ticket.gross_minor),
                        "url": reverse("ticket_detail", args=[ticket.pk]),
                    }
                )
        return {"asked": asked, "found": found}
