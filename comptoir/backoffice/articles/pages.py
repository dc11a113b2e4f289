"""Pages of one article and of one family; every write goes through the catalogue's services."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from comptoir.apps.catalog.models import Article, Family
from comptoir.apps.catalog.queries import articles, families
from comptoir.apps.catalog.services.save_article import (
    create_article,
    deactivate_article,
    reactivate_article,
    update_article,
)
from comptoir.apps.catalog.services.save_family import save_family, set_keys
from comptoir.apps.catalog.services.set_photo import set_photo
from comptoir.apps.fiscal.identifiers import uuid7

from ..kit.action import Action
from ..kit.formpage import FormPage, OfficeForm
from .forms import REFUSALS, ArticleForm, FamilyForm, asked, shown, usual_rate


class ArticleNew(FormPage):
    required_right = "catalog.edit"
    room, back = "articles", "article_list"
    title = _("Nouvel article")
    form_class = ArticleForm
    refusals = REFUSALS

    def initial(self) -> dict[str, Any]:
        return {"id": uuid7(), "kind": "goods", "unit": "pce", "discountable": True, "vat_e4": usual_rate()}

    def save(self, data: dict[str, Any]) -> str:
        article = create_article(asked(data, active=True), by=self.request.user, article_id=self.free_id(data))
        return reverse("article_form", args=[article.pk])

    def free_id(self, data: dict[str, Any]) -> UUID | None:
        """The id that the page was drawn with, so that a form sent twice makes one article. Who goes back to the page and
        writes another article on it gets another id."""
        other = Article.objects.filter(pk=data["id"]).exclude(code=data["code"].strip()).exists()
        return None if other else data["id"]


class ArticlePage(FormPage):
    required_right, edit_right = "catalog.view", "catalog.edit"
    room, back = "articles", "article_list"
    form_class = ArticleForm
    template_name = "office/article.html"
    saved_text = _("Article enregistré. Les caisses le reçoivent à leur prochain échange.")
    refusals = REFUSALS

    @cached_property
    def article(self) -> Article:
        found = articles().select_related("deposit").prefetch_related("barcodes").filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def get_title(self) -> str:
        return self.article.name

    def initial(self) -> dict[str, Any]:
        return shown(self.article)

    def save(self, data: dict[str, Any]) -> str:
        wanted = asked(data, active=self.article.active)
        update_article(self.article.pk, asked=wanted, by=self.request.user, seen=data["seen"])
        return reverse("article_form", args=[self.article.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        history = list(self.article.price_changes.order_by("-version")[:6])
        return super().get_context_data(article=self.article, history=history, **kwargs)


class ArticlePhoto(Action):
    """A new picture, or none; the catalogue reads it, whatever its name says, and encodes it again."""

    required_right = "catalog.edit"
    refusals = (*REFUSALS, Article.DoesNotExist)

    def address(self, pk: UUID, **kwargs: Any) -> str:
        return reverse("article_form", args=[pk])

    def act(self, request: HttpRequest, pk: UUID, **kwargs: Any) -> tuple[str, str]:
        file = request.FILES.get("photo")
        if "remove" in request.POST:
            set_photo(pk, by=request.user, picture=None)
            return self.address(pk), _("La photo est retirée.")
        if file is None:
            return self.address(pk), _("Aucune photo n’a été choisie : rien n’a changé.")
        set_photo(pk, by=request.user, picture=file.read())
        return self.address(pk), _("La photo est changée.")


class ArticleActive(Action):
    required_right = "catalog.edit"
    refusals = (*REFUSALS, Article.DoesNotExist)

    def address(self, pk: UUID, **kwargs: Any) -> str:
        return reverse("article_form", args=[pk])

    def act(self, request: HttpRequest, pk: UUID, **kwargs: Any) -> tuple[str, str]:
        if request.POST.get("active") == "1":
            reactivate_article(pk, by=request.user)
            return self.address(pk), _("L’article est remis en vente.")
        deactivate_article(pk, by=request.user)
        return self.address(pk), _("L’article est retiré de la vente. Ses anciens tickets restent lisibles.")


class FamilyNew(FormPage):
    required_right = "catalog.edit"
    room, back = "families", "family_list"
    title = _("Nouvelle famille")
    form_class = FamilyForm
    refusals = REFUSALS
    saved_text = _("Famille enregistrée.")

    def initial(self) -> dict[str, Any]:
        return {"colour": 1, "position": families().count() + 1}

    def make_form(self, *args: Any, **kwargs: Any) -> OfficeForm:
        form = super().make_form(*args, **kwargs)
        del form.fields["keys"]
        return form

    def save(self, data: dict[str, Any]) -> str:
        family = save_family(
            data["code"], by=self.request.user, name=data["name"], colour=data["colour"], position=data["position"],
            fresh=True,
        )  # fmt: skip
        return reverse("family_form", args=[family.code])


class FamilyPage(FormPage):
    required_right, edit_right = "catalog.view", "catalog.edit"
    room, back = "families", "family_list"
    form_class, guarded = FamilyForm, True
    refusals = REFUSALS
    saved_text = _("Famille enregistrée.")

    @cached_property
    def family(self) -> Family:
        found = families().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def get_title(self) -> str:
        return self.family.name

    def make_form(self, *args: Any, **kwargs: Any) -> OfficeForm:
        form = super().make_form(*args, **kwargs)
        form.fields["code"].disabled = True
        return form

    def initial(self) -> dict[str, Any]:
        rows = (
            Article.objects.filter(keys__family=self.family.code).order_by("keys__position").values_list("code", "name")
        )
        keys = "\n".join(f"{code}  {name}" for code, name in rows)
        return {
            "name": self.family.name,
            "code": self.family.code,
            "colour": self.family.colour,
            "position": self.family.position,
            "keys": keys,
        }

    def save(self, data: dict[str, Any]) -> str:
        with transaction.atomic():  # both, or neither when the keys are refused
            save_family(
                self.family.code,
                by=self.request.user,
                name=data["name"],
                colour=data["colour"],
                position=data["position"],
            )
            set_keys(self.family.code, by=self.request.user, articles=data["keys"])
        return reverse("family_form", args=[self.family.code])
