"""What is asked of an article and of a family."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comptoir.apps.access.refusals import AccessRefusal
from comptoir.apps.catalog.article_input import ArticleInput
from comptoir.apps.catalog.models import KINDS, Article
from comptoir.apps.catalog.naming import CatalogRefused
from comptoir.apps.catalog.queries import articles, containers, families
from comptoir.apps.settings.packs import vat_rates
from comptoir.apps.settings.queries import main_establishment

from ..kit.amounts import RateField, ScaledField, read_scaled
from ..kit.formpage import OfficeForm
from .lists import KIND_WORDS, UNITS


class ArticleForm(OfficeForm):
    id = forms.UUIDField(required=False, widget=forms.HiddenInput)  # of a new article: sent twice, it is made once
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)  # version of the article that the page shows
    name = forms.CharField(label=_("Désignation"), max_length=200)
    code = forms.CharField(label=_("Référence"), max_length=64)
    family = forms.ModelChoiceField(label=_("Famille"), queryset=None, required=False, empty_label=_("Sans famille"))
    kind = forms.ChoiceField(label=_("Nature"), choices=[(kind, KIND_WORDS[kind][0]) for kind in KINDS])
    unit = forms.ChoiceField(label=_("Unité de vente"), choices=UNITS)
    barcodes = forms.CharField(
        label=_("Codes-barres"), required=False, widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=_("Un par ligne, le principal en premier. Pour un lot : le code, un espace, le nombre (3760000999984 6)."),
    )  # fmt: skip
    price_e4 = ScaledField(label=_("Vente TTC, détail"), digits=4, required=False)
    vat_e4 = RateField(label=_("TVA"))
    eco_minor = ScaledField(label=_("Dont éco-participation"), digits=2, required=False)
    tare_milli = ScaledField(label=_("Tare, en kg"), digits=3, least=0, required=False)
    deposit = forms.ModelChoiceField(
        label=_("Consigne"), queryset=None, required=False, empty_label=_("Sans consigne"), to_field_name="code",
        help_text=_("Ajoutée au ticket avec l’article, hors TVA, rendue au retour de l’emballage."),
    )  # fmt: skip
    deposit_milli = ScaledField(label=_("Consignes par article"), digits=3, least=0, required=False)
    open_price = forms.BooleanField(label=_("Prix libre, saisi à la caisse"), required=False)
    discountable = forms.BooleanField(label=_("Remise permise"), required=False)
    meal_voucher = forms.BooleanField(label=_("Payable en titre-restaurant"), required=False)
    print_forced = forms.BooleanField(label=_("Ticket toujours imprimé"), required=False)
    sections = (
        ("", ("name", "code", "family", "kind", "unit", "barcodes")),
        (_("Prix"), ("price_e4", "vat_e4", "eco_minor", "tare_milli")),
        (_("Emballage consigné"), ("deposit", "deposit_milli")),
        (_("Règles de vente"), ("open_price", "discountable", "meal_voucher", "print_forced")),
    )
    wide = ("barcodes",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["family"].queryset = families()
        # what the article has stays offered, even a container taken off sale or a unit that came by an import
        self.fields["deposit"].queryset = containers() | articles().filter(code=self.initial.get("deposit"))
        unit = self.initial.get("unit")
        if unit not in dict(UNITS):
            self.fields["unit"].choices = [*UNITS, (unit, unit)]
        place = main_establishment()
        rates = {row["rate_e4"] for row in vat_rates(place.country, zone=place.zone, on=timezone.localdate())}
        now = self.initial.get("vat_e4")
        rates |= {now} if now is not None else set()
        self.fields["vat_e4"].offer(sorted(rates, reverse=True))

    def clean_barcodes(self) -> tuple[tuple[str, int], ...]:
        found = []
        for line in self.cleaned_data["barcodes"].splitlines():
            code, _space, count = line.strip().partition(" ")
            quantity = read_scaled(count, digits=3) if count.strip() else 1000
            if code and quantity is None:
                raise forms.ValidationError(_("« %(line)s » : écrivez le code, puis le nombre."), params={"line": line})
            if code:
                found.append((code, quantity))
        return tuple(found)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("price_e4") is None and "price_e4" not in self.errors and not data.get("open_price"):
            self.add_error("price_e4", _("Indiquez un prix, ou cochez « Prix libre »."))
        return data


def usual_rate() -> int:
    """The normal rate of the shop's zone today, proposed for a new article."""
    place = main_establishment()
    return vat_rates(place.country, zone=place.zone, on=timezone.localdate())[0]["rate_e4"]


def asked(data: dict[str, Any], *, active: bool) -> ArticleInput:
    """The form's content as the catalogue takes it."""
    plain = {
        name: data[name]
        for name in (
            "name",
            "code",
            "kind",
            "unit",
            "vat_e4",
            "open_price",
            "discountable",
            "meal_voucher",
            "print_forced",
            "barcodes",
        )
    }
    return ArticleInput(
        **plain, price_e4=data["price_e4"] or 0, eco_minor=data["eco_minor"] or 0, tare_milli=data["tare_milli"] or 0,
        family=data["family"].code if data["family"] else None, active=active,
        deposit=data["deposit"].code if data["deposit"] else None, deposit_milli=data["deposit_milli"] or 1000,
    )  # fmt: skip


def shown(article: Article) -> dict[str, Any]:
    """An article as the form shows it."""
    names = (
        "name",
        "code",
        "kind",
        "unit",
        "price_e4",
        "vat_e4",
        "open_price",
        "discountable",
        "meal_voucher",
        "print_forced",
    )
    lines = [
        barcode.code if barcode.quantity_milli == 1000 else f"{barcode.code} {_pieces(barcode.quantity_milli)}"
        for barcode in article.barcodes.all()
    ]
    return {name: getattr(article, name) for name in names} | {
        "family": article.family_id, "barcodes": "\n".join(lines), "eco_minor": article.eco_minor or None,
        "tare_milli": article.tare_milli or None, "deposit": article.deposit.code if article.deposit else None,
        "deposit_milli": article.deposit_milli, "seen": article.version,
    }  # fmt: skip


def _pieces(quantity_milli: int) -> str:
    whole, rest = divmod(quantity_milli, 1000)
    return f"{whole},{rest:03d}".rstrip("0").rstrip(",")


COLOURS = [(1, _("Ocre")), (2, _("Brique")), (3, _("Vert")), (4, _("Canard")), (5, _("Violet")), (6, _("Pierre"))]


class FamilyForm(OfficeForm):
    name = forms.CharField(label=_("Nom"), max_length=200)
    code = forms.CharField(label=_("Code"), max_length=64, help_text=_("Ne change plus ensuite."))
    colour = forms.TypedChoiceField(label=_("Couleur"), choices=COLOURS, coerce=int)
    position = forms.IntegerField(label=_("Place à la caisse"), min_value=0, max_value=999)
    keys = forms.CharField(
        label=_("Touches de la caisse"), required=False, widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_("La référence d’un article par ligne, dans l’ordre des touches."),
    )  # fmt: skip
    sections = (("", ("name", "code", "colour", "position")), (_("Touches"), ("keys",)))
    wide = ("keys",)

    def clean_keys(self) -> list[Any]:
        codes = [line.split()[0] for line in self.cleaned_data["keys"].splitlines() if line.strip()]
        ids = dict(Article.objects.filter(code__in=codes).values_list("code", "id"))
        unknown = [code for code in codes if code not in ids]
        if unknown:
            raise forms.ValidationError(
                _("Aucun article ne porte la référence %(codes)s."), params={"codes": ", ".join(unknown[:5])}
            )
        return [ids[code] for code in codes]


REFUSALS = (CatalogRefused, AccessRefusal)
