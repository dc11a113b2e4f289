"""The list page: search, filters, sort, columns of one's choice, pages and exports, from a table and a filter set.

Sort and filter names are those the table and the filter set declare, nothing of the request reaches the query by name
(ASVS 1.2.4). The whole state is in the address, so that a list can be kept as a bookmark or sent to a colleague.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, Sum
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django_tables2 import RequestConfig
from django_tables2.rows import BoundRow

from comptoir.engine.money import format_scaled

from .columns import OfficeColumn
from .days import named_days
from .page import OfficePage
from .preferences import chosen_columns, keep_columns
from .spreadsheets import csv_rows, xlsx_file

PAGE = 50
XLSX_ROWS = 1_048_575  # a sheet holds no more below its heading: the rest would be missing without a word
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class OfficeTable(tables.Table):
    """A table of the office; `totals` are the sums over all the rows found, by column, or None; `begin` leads from an empty
    list to what fills it."""

    totals: dict[str, int] | None = None
    begin: tuple[Any, str] | None = None

    @property
    def order_by(self) -> Any:
        return super().order_by

    @order_by.setter
    def order_by(self, names: Any) -> None:
        """Rows of one price or one name keep an order among themselves: without it PostgreSQL shows some on two pages, and
        others on none."""
        tables.Table.order_by.fset(self, names)
        rows = self.data.data
        if isinstance(rows, QuerySet) and rows.query.order_by and not rows.query.values_select:
            first = rows.query.order_by[0]
            newest_first = isinstance(first, str) and first.startswith("-")
            self.data.data = rows.order_by(*rows.query.order_by, "-pk" if newest_first else "pk")

    class Meta:
        template_name = "office/table.html"
        order_by_field = "tri"
        empty_text = _("Rien ne correspond. Élargissez la recherche ou effacez les filtres.")


class OfficeFilters(django_filters.FilterSet):
    """Filters of a list; `recherche` is the search field."""

    recherche = django_filters.CharFilter(
        method="search",
        label=_("Rechercher"),
        max_length=100,
        strip=True,
        widget=forms.TextInput(attrs={"type": "search"}),
    )

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset

    @property
    def form(self) -> forms.Form:
        form = super().form
        form.label_suffix = ""
        return form


class ListPage(OfficePage):
    template_name = "office/list.html"
    table_class: type[OfficeTable]
    filterset_class: type[OfficeFilters]
    nothing_yet: Any = ""  # what a list that never held anything says instead of « Rien ne correspond »
    begin: tuple[Any, str] | None = None  # the words and the route of what fills it
    begin_right = ""  # the right that this asks for, when it is not the page's own
    summed: tuple[str, ...] = ()  # columns whose total stands below the rows found

    def get_queryset(self) -> QuerySet:
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        every = self.get_queryset()
        filters = self.filterset_class(request.GET, queryset=every, request=request)
        rows = filters.qs if filters.is_valid() else every.none()
        wanted = request.GET.get("export")
        table = self._table(rows, everything=False)
        if wanted in ("csv", "xlsx"):
            return self._export(table, wanted)
        RequestConfig(request, paginate={"per_page": PAGE}).configure(table)
        found = table.paginator.count
        self.complete([row.record for row in table.paginated_rows])
        filtered = any(value not in (None, "", []) for value in (filters.form.cleaned_data or {}).values())
        table.totals = self._totals(rows) if filtered and found else None
        total = every.count() if filtered else found
        if not total and self.nothing_yet:
            table.empty_text = self.nothing_yet
            table.begin = self.begin if self.may(self.begin_right or self.required_right) else None
        context = self.get_context_data(
            table=table, filters=filters, found=found, total=total, filtered=filtered,
            chooser=self._chooser(table) if "colonnes" in request.GET else None, shortcuts=self._shortcuts(), **self._addresses(),
        )  # fmt: skip
        return self.render_to_response(context)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Keeps the columns that the person chose."""
        names = [name for name in self._optional() if name in request.POST.getlist("columns")]
        keep_columns(request.user, table=self.table_class.__name__, columns=None if "defaut" in request.POST else names)
        return HttpResponseRedirect(f"{request.path}?{self._query(without=('colonnes',))}")

    def _table(self, rows: QuerySet, *, everything: bool) -> OfficeTable:
        order = self.request.GET.get("tri", "")
        chosen = chosen_columns(self.request.user, table=self.table_class.__name__)
        hidden = [
            name
            for name, column in self._optional().items()
            if (name not in chosen if chosen is not None else not column.shown)
        ]
        table = self.table_class(rows, exclude=[*hidden, *self.withheld()])
        if order.lstrip("-") in table.columns.names():
            table.order_by = order
        return table

    def _totals(self, rows: QuerySet) -> dict[str, int] | None:
        """Asked for only when the list is narrowed: the sum of everything ever sold helps nobody and reads it all."""
        return (
            rows.order_by().aggregate(**{name: Sum(name, default=0) for name in self.summed}) if self.summed else None
        )

    def _shortcuts(self) -> list[dict[str, Any]]:
        """The named days, for a list that is filtered by day; the other filters stay."""
        if not {"du", "au"} <= set(self.filterset_class.base_filters):
            return []
        query, found = self.request.GET.copy(), []
        for name in ("page", "export", "colonnes"):
            query.pop(name, None)
        for days in named_days(timezone.localdate()):
            first, last = days.first.isoformat(), days.last.isoformat()
            here = (query.get("du"), query.get("au")) == (first, last)
            asked = query.copy()
            asked["du"], asked["au"] = first, last
            found.append({"label": days.label, "url": f"?{asked.urlencode()}", "here": here})
        return found

    def complete(self, records: Sequence[Any]) -> None:
        """Gives the rows about to be shown what their query does not carry, in one go."""

    def withheld(self) -> list[str]:
        """Columns that this person has no use of."""
        return []

    def _optional(self) -> dict[str, OfficeColumn]:
        return {
            name: column for name, column in self.table_class.base_columns.items() if getattr(column, "optional", False)
        }

    def _chooser(self, table: OfficeTable) -> list[dict[str, Any]]:
        shown = set(table.columns.names()) - set(table.exclude or ())
        return [
            {"name": name, "label": column.verbose_name, "on": name in shown}
            for name, column in self._optional().items()
        ]

    def _query(self, *, without: tuple[str, ...] = ()) -> str:
        query = self.request.GET.copy()
        for name in ("page", "export", *without):
            query.pop(name, None)
        return query.urlencode()

    def _addresses(self) -> dict[str, str]:
        query = self._query(without=("colonnes",))
        return {
            "list_query": query, "export_csv": f"?{query}&export=csv", "export_xlsx": f"?{query}&export=xlsx",
            "columns_on": f"?{query}&colonnes=1", "columns_off": f"?{query}",
        }  # fmt: skip

    def _export(self, table: OfficeTable, kind: str) -> HttpResponse:
        if not self.may("exports.create"):
            raise PermissionDenied
        if kind == "xlsx" and table.data.data.count() > XLSX_ROWS:
            told = _t("Un classeur ne tient que %s lignes : filtrez la liste, ou prenez le CSV.")
            messages.warning(self.request, told % format_scaled(XLSX_ROWS, 0, 0))
            return HttpResponseRedirect(f"{self.request.path}?{self._query()}")
        shown = [column for column in table.columns.iterall() if column.name not in (table.exclude or ())]
        columns = [column for column in shown if getattr(column.column, "exported", True)]
        heading = [str(column.header) for column in columns]
        name = f"{self.room}-{timezone.localdate():%Y-%m-%d}.{kind}"
        rows = self._export_rows(table, [column.name for column in columns])
        if kind == "xlsx":
            return FileResponse(
                xlsx_file(heading, rows, title=self.get_title()), as_attachment=True, filename=name, content_type=XLSX
            )
        answer = StreamingHttpResponse(csv_rows(heading, rows), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer

    def _export_rows(self, table: OfficeTable, names: list[str]) -> Iterator[list[Any]]:
        records = table.data.data.iterator(chunk_size=2_000)
        while several := list(islice(records, 2_000)):
            self.complete(several)
            for record in several:
                row = BoundRow(record, table=table)
                yield [row.get_cell_value(name) for name in names]
