"""The journal of technical events with its public codes and our own, and the records set aside. Read only, exportable."""

import json
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from comptoir.apps.fiscal.event_codes import PRIVATE_FROM, event_codes
from comptoir.apps.fiscal.models import Event, KeptRecord
from comptoir.apps.fiscal.queries import journal, open_kept

from ..closings.pages import DayFilters
from ..kit.columns import InstantColumn, NumberColumn, OfficeColumn, WordColumn
from ..kit.listing import ListPage, OfficeFilters, OfficeTable
from .words import detail_words


class EventTable(OfficeTable):
    at = InstantColumn(_("Date"), optional=False)
    code = NumberColumn(_("Code"), card="hidden")
    label = OfficeColumn(_("Événement"), card="title", optional=False)
    detail = OfficeColumn(_("Détail"), orderable=False)
    register = OfficeColumn(_("Caisse"))
    operator_name = OfficeColumn(_("Par"), card="hidden")

    class Meta(OfficeTable.Meta):
        model = Event
        fields = ("at", "code", "label", "detail", "register", "operator_name")

    def render_register(self, value: str) -> Any:
        return _("Serveur") if value == "S" else value

    def render_detail(self, value: str) -> str:
        return Truncator(self.value_detail(value)).chars(90)

    def value_detail(self, value: str) -> str:
        return detail_words(json.loads(value))


RANGES = {"public": _("Codes publics"), "private": _("Codes propres à Comptoir")}


class EventFilters(DayFilters):
    recherche = django_filters.CharFilter(method="search", label=_("Rechercher"), max_length=100, strip=True)
    plage = django_filters.ChoiceFilter(
        method="of_range", label=_("Codes"), empty_label=_("Tous"), choices=list(RANGES.items())
    )
    code = django_filters.ChoiceFilter(label=_("Événement"), empty_label=_("Tous"), choices=[])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["caisse"].extra["choices"] = [*self.filters["caisse"].extra["choices"], ("S", _("Serveur"))]
        self.filters["code"].extra["choices"] = [
            (str(code), f"{code} {row['label']}") for code, row in sorted(event_codes().items())
        ]

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(label__icontains=value) | Q(operator_name__icontains=value) | Q(detail__icontains=value)
        )

    def of_range(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(code__lt=PRIVATE_FROM) if value == "public" else queryset.filter(code__gte=PRIVATE_FROM)


def audit_tabs(here: str) -> list[tuple[Any, str, bool]]:
    return [
        (_("Contrôle"), reverse("inspection"), here == "inspection"),
        (_("Journal des événements"), reverse("event_list"), here == "events"),
        (_("Mis de côté"), reverse("kept_list"), here == "kept"),
        (_("Clés"), reverse("key_list"), here == "keys"),
        (_("Ancrages"), reverse("anchor_list"), here == "anchors"),
    ]


class EventList(ListPage):
    required_right = "audit.view"
    room = "events"
    title = _("Journal des événements")
    table_class = EventTable
    filterset_class = EventFilters

    def get_queryset(self) -> QuerySet[Event]:
        return journal()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tabs=audit_tabs("events"), **kwargs)


KEPT_WORDS = {
    "gap": (_("Numéro manquant avant lui"), "warn"), "bad_signature": (_("Signature inexacte"), "bad"),
    "conflict": (_("Numéro déjà pris"), "bad"), "unreadable": (_("Illisible"), "bad"), "foreign": (_("Autre caisse"), "bad"),
}  # fmt: skip


class KeptTable(OfficeTable):
    received_at = InstantColumn(_("Reçu le"), optional=False)
    chain = OfficeColumn(_("Chaîne"), card="title", optional=False)
    seq = NumberColumn(_("Numéro"), card="amount")
    code = WordColumn(_("Raison"), words=KEPT_WORDS)
    detail = OfficeColumn(_("Détail"), card="hidden")
    sender = OfficeColumn(_("Envoyé par"))

    class Meta(OfficeTable.Meta):
        model = KeptRecord
        fields = ("received_at", "chain", "seq", "code", "detail", "sender")
        empty_text = _("Rien n’est mis de côté : tout ce que les caisses ont envoyé est enregistré.")


class KeptFilters(OfficeFilters):
    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(chain__icontains=value)


class KeptList(ListPage):
    required_right = "audit.view"
    room = "events"
    title = _("Mis de côté")
    table_class = KeptTable
    filterset_class = KeptFilters

    def get_queryset(self) -> QuerySet[KeptRecord]:
        return open_kept()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            tabs=audit_tabs("kept"),
            intro=_(
                "Ce que le serveur a reçu sans pouvoir l’enregistrer. Rien n’est perdu : chaque pièce est gardée telle quelle."
            ),
            **kwargs,
        )
