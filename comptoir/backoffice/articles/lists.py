"""Articles and families, as lists."""

from typing import Any

import django_filters
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from comptoir.apps.catalog.models import Article, Family
from comptoir.apps.catalog.queries import articles, families, search_articles
from comptoir.engine.money import format_rate

from ..kit.columns import (
    CountColumn,
    FamilyColumn,
    LinkColumn,
    OfficeColumn,
    PriceColumn,
    RateColumn,
    SelectColumn,
    WordColumn,
)
from ..kit.listing import ListPage, OfficeFilters, OfficeTable
from ..templatetags.office import photo_address
from .offers import offered_changes, undo_offered

KIND_WORDS = {
    "goods": (_("Bien"), ""), "weighed": (_("Au poids"), ""), "service": (_("Service"), ""),
    "deposit": (_("Consigne"), ""), "stored_value": (_("Bon, carte"), ""),
}  # fmt: skip
UNITS = [("pce", _("Pièce")), ("kg", _("Kilogramme")), ("l", _("Litre")), ("m", _("Mètre")), ("h", _("Heure"))]


class UnitColumn(OfficeColumn):
    """The unit in words; an export keeps its code, which an import reads again."""

    def draw(self, value: str) -> Any:
        return dict(UNITS).get(value, value)


class PhotoColumn(OfficeColumn):
    kind = "photo"

    def render(self, value: str | None) -> Any:
        return (
            format_html(
                '<img class="thumb" src="{}" alt="" loading="lazy" width="32" height="32">', photo_address(value)
            )
            if value
            else ""
        )


class ArticleTable(OfficeTable):
    choice = SelectColumn(_("Choisir"), form="many")
    photo = PhotoColumn(_("Photo"), accessor="photo_id", orderable=False, card="hidden")
    name = LinkColumn(_("Article"), route="article_form")
    family = FamilyColumn(_("Famille"), order_by=("family__position", "name"))
    code = OfficeColumn(_("Référence"), card="hidden")
    barcodes = OfficeColumn(_("Codes-barres"), accessor="barcodes", orderable=False, card="hidden")
    kind = WordColumn(_("Nature"), words=KIND_WORDS, card="hidden", shown=False)
    price_e4 = PriceColumn(_("Vente TTC"), card="amount")
    vat_e4 = RateColumn(_("TVA"))
    unit = UnitColumn(_("Unité"), card="hidden")
    active = WordColumn(_("Statut"), words={True: (_("Actif"), ""), False: (_("Retiré"), "warn")}, card="hidden")

    class Meta(OfficeTable.Meta):
        model = Article
        fields = (
            "choice",
            "photo",
            "name",
            "family",
            "code",
            "barcodes",
            "kind",
            "price_e4",
            "vat_e4",
            "unit",
            "active",
        )
        order_by = ("name",)

    def render_price_e4(self, value: int, record: Article, column: Any) -> Any:
        return _("libre") if record.open_price else column.draw(value)

    def value_price_e4(self, value: int, record: Article, column: Any) -> Any:
        return _("libre") if record.open_price else column.value(value)

    def render_barcodes(self, value: Any) -> str:
        codes = [barcode.code for barcode in value.all()]
        return codes[0] + (f" + {len(codes) - 1}" if len(codes) > 1 else "") if codes else ""

    def value_barcodes(self, value: Any) -> str:
        return " ".join(barcode.code for barcode in value.all())

    def value_photo(self, value: Any) -> str:
        return str(_("oui") if value else _("non"))


class ArticleFilters(OfficeFilters):
    famille = django_filters.ModelChoiceFilter(
        field_name="family", queryset=families(), label=_("Famille"), empty_label=_("Toutes")
    )
    tva = django_filters.ChoiceFilter(field_name="vat_e4", label=_("TVA"), empty_label=_("Toutes"), choices=[])
    statut = django_filters.ChoiceFilter(
        field_name="active",
        label=_("Statut"),
        empty_label=_("Tous"),
        choices=[("True", _("Actifs")), ("False", _("Retirés"))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rates = Article.objects.exclude(vat_e4=None).order_by("-vat_e4").values_list("vat_e4", flat=True).distinct()
        self.filters["tva"].extra["choices"] = [(str(rate), format_rate(rate)) for rate in rates]

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(pk__in=search_articles(value).values("pk")) if value else queryset


class ArticleList(ListPage):
    required_right = "catalog.view"
    room = "articles"
    title = _("Articles")
    template_name = "office/article_list.html"
    table_class = ArticleTable
    filterset_class = ArticleFilters
    nothing_yet = _(
        "Aucun article pour l’instant. Créez le premier ; un fichier d’articles s’importe avec votre installateur."
    )
    begin, begin_right = (_("Nouvel article"), "article_new"), "catalog.edit"

    def get_queryset(self) -> QuerySet[Article]:
        return articles().prefetch_related("barcodes")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        new = [(_("Nouvel article"), "plus", reverse("article_new"))] if self.may("catalog.edit") else []
        many = offered_changes() if self.may("catalog.edit") else []
        # the bar's « all of this list » follows the rows when they are narrowed in place
        return super().get_context_data(
            page_actions=new,
            many=many,
            swapped="#many-scope" if many else "",
            undo=undo_offered(self.request),
            **kwargs,
        )

    def withheld(self) -> list[str]:
        return [] if self.may("catalog.edit") else ["choice"]


class FamilyTable(OfficeTable):
    name = LinkColumn(_("Famille"), route="family_form")
    code = OfficeColumn(_("Code"))
    position = CountColumn(_("Place à la caisse"), card="note")
    count = CountColumn(_("Articles"), card="amount")

    class Meta(OfficeTable.Meta):
        model = Family
        fields = ("name", "code", "position", "count")

    def render_name(self, value: str, record: Family, column: Any) -> Any:
        return format_html('<span class="dot fam-{}"></span>{}', record.colour, column.render(value, record))

    def value_name(self, value: str) -> str:
        return value


class FamilyFilters(OfficeFilters):
    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(name__icontains=value)


class FamilyList(ListPage):
    required_right = "catalog.view"
    room = "families"
    title = _("Familles")
    table_class = FamilyTable
    filterset_class = FamilyFilters
    nothing_yet = _("Aucune famille pour l’instant. Les familles rangent les articles, et les touches de la caisse.")
    begin, begin_right = (_("Nouvelle famille"), "family_new"), "catalog.edit"

    def get_queryset(self) -> QuerySet[Family]:
        return families().annotate(count=Count("articles"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        new = [(_("Nouvelle famille"), "plus", reverse("family_new"))] if self.may("catalog.edit") else []
        return super().get_context_data(page_actions=new, **kwargs)
