"""The books: one page a book, its days and filters, the same figures as PDF, Excel and CSV."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comptoir.apps.settings.models import TenderType
from comptoir.apps.settings.queries import company, registers
from comptoir.apps.treasury.balances import places
from comptoir.exchange.books.cash_book import cash_book
from comptoir.exchange.books.cross_check import cross_check
from comptoir.exchange.books.entries import journal_entries
from comptoir.exchange.books.outputs import TooLongForPaper, book_csv, book_pdf, book_xlsx, words_of
from comptoir.exchange.books.receipts_book import BE, FR, receipts_book
from comptoir.exchange.books.sales_journal import OPERATIONS, Wanted, sales_journal, tickets_wanted
from comptoir.exchange.books.table import CLOCK, COUNT, MONEY, Book, Line, Span, month_of
from comptoir.exchange.books.table import DAY as DAY_KIND

from ..kit.days import named_days
from ..kit.page import OfficePage
from .pieces import address_of

ROOM = "books"
PAGE = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


def tabs(here: str) -> list[tuple[Any, str, bool]]:
    return [
        (_("Livre de caisse"), reverse("cash_book"), here == "cash"),
        (_("Livre des recettes"), reverse("receipts_book"), here == "receipts"),
        (_("Journal des ventes"), reverse("sales_journal"), here == "sales"),
        (_("Écritures"), reverse("journal_entries"), here == "entries"),
        (_("Contrôle des livres"), reverse("books_check"), here == "check"),
        (_("Comptes comptables"), reverse("book_accounts"), here == "accounts"),
    ]


class BookFilters(forms.Form):
    """The month, or free days (`du` and `au` of the address); empty: this month."""

    mois = forms.CharField(label=_("Mois"), required=False, widget=forms.TextInput(attrs={"type": "month"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)

    def span(self) -> Span:
        try:
            first, last = (date.fromisoformat(self.data.get(name, "")) for name in ("du", "au"))
        except ValueError:
            first = last = date.min
        if date.min < first <= last:
            return Span(first, last)
        match = _MONTH.fullmatch(self.data.get("mois", ""))
        today = timezone.localdate()
        return month_of(int(match[1]), int(match[2])) if match else month_of(today.year, today.month)


class BookPage(OfficePage):
    """A subclass gives its filters and its book."""

    required_right = "books.view"
    room = ROOM
    template_name = "office/book.html"
    filters_class: type[BookFilters] = BookFilters
    here = ""

    def book(self, filters: Any, span: Span) -> Book:
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        span = BookFilters(request.GET).span()
        filters = self.filters_class({"mois": f"{span.first:%Y-%m}"} | request.GET.dict())
        filters.is_valid()
        wanted = request.GET.get("export", "")
        if wanted in ("pdf", "xlsx", "csv"):
            return self.export(self.book(filters, span), wanted)
        return self.render_to_response(self.get_context_data(filters=filters, span=span, **self.shown(filters, span)))

    def shown(self, filters: Any, span: Span) -> dict[str, Any]:
        book = self.book(filters, span)
        pages = Paginator(list(book.lines[:-1]), PAGE)
        page = pages.get_page(self.request.GET.get("page"))
        lines = [*page.object_list, *book.lines[-1:]] if page.number == pages.num_pages else page.object_list
        return {"book": book, "lines": drawn(book, lines), "page": page}

    def export(self, book: Book, kind: str) -> HttpResponse:
        if not self.may("exports.create"):
            raise PermissionDenied
        if kind == "xlsx":
            return FileResponse(book_xlsx(book), as_attachment=True, filename=book.file_name("xlsx"), content_type=XLSX)
        if kind == "csv":
            answer: HttpResponse = StreamingHttpResponse(book_csv(book), content_type="text/csv; charset=utf-8")  # type: ignore[assignment]
        else:
            try:
                answer = HttpResponse(book_pdf(book), content_type="application/pdf")
            except TooLongForPaper as problem:
                return HttpResponse(str(problem), status=422, content_type="text/plain; charset=utf-8")
        answer["Content-Disposition"] = (
            f'{"inline" if kind == "pdf" else "attachment"}; filename="{book.file_name(kind)}"'
        )
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        query = self.request.GET.copy()
        for name in ("export", "page"):
            query.pop(name, None)
        may_export = self.may("exports.create")
        return super().get_context_data(
            tabs=tabs(self.here),
            query=query.urlencode(),
            may_export=may_export,
            shortcuts=shortcuts(query, kwargs.get("span")),
            **kwargs,
        )


def shortcuts(query: QueryDict, span: Span | None) -> list[dict[str, Any]]:
    """The named days of a book; a month is asked for whole, the other filters stay."""
    found = []
    for days in named_days(timezone.localdate()):
        asked = query.copy()
        for name in ("mois", "du", "au"):
            asked.pop(name, None)
        whole = Span(days.first, days.last)
        if days.code.startswith("mois"):
            whole = month_of(days.first.year, days.first.month)
            asked["mois"] = f"{days.first:%Y-%m}"
        else:
            asked["du"], asked["au"] = days.first.isoformat(), days.last.isoformat()
        found.append({"label": days.label, "url": f"?{asked.urlencode()}", "here": span == whole})
    return found


def drawn(book: Book, lines: Any) -> list[dict[str, Any]]:
    """Lines in words, with the classes of their cells."""
    return [
        {
            "tone": line.tone,
            "cells": [
                {
                    "text": words_of(cell, column), "label": column.label, "number": column.kind in (MONEY, COUNT), "card": column.card,
                    "fixed": column.kind in (DAY_KIND, CLOCK) or column.label in ("Pièce", "Z", "Opération"),
                    "url": address_of(cell, heading=column.label, book=book, day=_day_of(line)),
                }
                for cell, column in zip(line.cells, book.columns, strict=True)
            ],
        }
        for line in lines
    ]  # fmt: skip


def _day_of(line: Line) -> date | None:
    return next((cell for cell in line.cells if type(cell) is date), None)


class CashFilters(BookFilters):
    lieu = forms.ChoiceField(label=_("Lieu"), required=False, choices=[])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        drawers = [(f"drawer/{row.code}", row.name) for row in registers()]
        safes = [(place.account, place.name) for place in places("safe")]
        self.fields["lieu"].choices = [("", _("Toutes les espèces")), *drawers, *safes]


class CashBookPage(BookPage):
    title = _("Livre de caisse")
    filters_class, here = CashFilters, "cash"

    def book(self, filters: Any, span: Span) -> Book:
        place = filters.cleaned_data.get("lieu", "")
        name = str(dict(filters.fields["lieu"].choices)[place])
        return cash_book(span, places=frozenset({place}) if place else None, name=name)


class ReceiptsFilters(BookFilters):
    modele = forms.ChoiceField(
        label=_("Présentation"),
        required=False,
        choices=[(FR, _("France : livre des recettes")), (BE, _("Belgique : journal des recettes"))],
    )


class ReceiptsBookPage(BookPage):
    title = _("Livre des recettes")
    filters_class, here = ReceiptsFilters, "receipts"

    def book(self, filters: Any, span: Span) -> Book:
        return receipts_book(span, layout=filters.cleaned_data.get("modele") or company().country)


class SalesFilters(BookFilters):
    du = forms.DateField(label=_("Du"), required=False, widget=DAY)
    au = forms.DateField(label=_("Au"), required=False, widget=DAY)
    caisse = forms.ChoiceField(label=_("Caisse"), required=False, choices=[])
    operation = forms.ChoiceField(
        label=_("Opération"), required=False, choices=[("", _("Toutes")), *OPERATIONS.items()]
    )
    mode = forms.ChoiceField(label=_("Règlement"), required=False, choices=[])
    taux = forms.RegexField(r"none|[0-9]{1,5}", label=_("Taux"), required=False, widget=forms.Select)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["caisse"].choices = [("", _("Toutes")), *[(row.code, row.name) for row in registers()]]
        self.fields["mode"].choices = [("", _("Tous")), *TenderType.objects.values_list("code", "label")]
        rates = [("2000", "20 %"), ("1000", "10 %"), ("550", "5,5 %"), ("210", "2,1 %"), ("0", "0 %")]
        if company().country == BE:
            rates = [("2100", "21 %"), ("1200", "12 %"), ("600", "6 %"), ("0", "0 %")]
        self.fields["taux"].widget.choices = [("", _("Tous")), *rates, ("none", _("Hors TVA"))]

    def days(self, span: Span) -> Span:
        """Free days when both were given, the month otherwise."""
        first, last = self.cleaned_data.get("du"), self.cleaned_data.get("au")
        return Span(first, last) if first and last and first <= last else span

    def wanted(self) -> Wanted:
        said = self.cleaned_data
        return Wanted(said.get("caisse", ""), said.get("operation", ""), said.get("mode", ""), said.get("taux", ""))


def without_accounts(book: Book) -> Book:
    """The journal as a screen shows it: the accounts, the same few on every line, stay on paper and in the files."""
    lines = [line._replace(cells=line.cells[:-1]) for line in book.lines]
    notes = (*book.notes, _("Les comptes de chaque ligne sont dans le PDF, Excel et CSV."))
    return book._replace(columns=book.columns[:-1], lines=lines, notes=notes)


class SalesJournalPage(BookPage):
    title = _("Journal des ventes")
    filters_class, here = SalesFilters, "sales"

    def book(self, filters: Any, span: Span) -> Book:
        return sales_journal(filters.days(span), country=company().country, wanted=filters.wanted())

    def shown(self, filters: Any, span: Span) -> dict[str, Any]:
        days, wanted = filters.days(span), filters.wanted()
        pages = Paginator(tickets_wanted(days, wanted), PAGE)
        page = pages.get_page(self.request.GET.get("page"))
        part = (page.start_index() - 1 if pages.count else 0, page.end_index())
        book = without_accounts(sales_journal(days, country=company().country, wanted=wanted, part=part))
        return {"book": book, "lines": drawn(book, book.lines), "page": page}


class EntriesPage(BookPage):
    title = _("Écritures de ventes")
    here = "entries"

    def book(self, filters: Any, span: Span) -> Book:
        return journal_entries(span, country=company().country)


class BooksCheck(OfficePage):
    """Zero difference, or who is to blame."""

    required_right = "books.view"
    room = ROOM
    title = _("Contrôle des livres")
    template_name = "office/books_check.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        span = BookFilters(self.request.GET).span()
        filters = BookFilters({"mois": f"{span.first:%Y-%m}"})
        return super().get_context_data(
            tabs=tabs("check"),
            filters=filters,
            check=cross_check(span),
            shortcuts=shortcuts(self.request.GET, span),
            **kwargs,
        )
