"""Many articles at once: chosen in the list, told before it is done, undone while nobody went over it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from comptoir.apps.access.refusals import AccessRefusal
from comptoir.apps.catalog.models import Article
from comptoir.apps.catalog.naming import CatalogRefused
from comptoir.apps.catalog.queries import articles
from comptoir.apps.catalog.services.change_many import MOST, Changed, change_many, undo_many

from ..kit.action import Action
from ..kit.page import OfficePage
from .lists import ArticleFilters
from .offers import UNDO, read_change, undo_offered

SHOWN = 20


class ManyArticles(OfficePage):
    """Tells what will change and for which articles; the second press does it."""

    required_right = "catalog.edit"
    room, back = "articles", "article_list"
    title = gettext_lazy("Changer plusieurs articles")
    template_name = "office/many_articles.html"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            field, value, words = read_change(request.POST.get("change", ""))
            ids = self.chosen()
            if "confirme" in request.POST:
                return self.done(change_many(ids, field=field, value=value, by=request.user), words)
        except (AccessRefusal, CatalogRefused) as refusal:
            messages.warning(request, str(refusal))
            return HttpResponseRedirect(reverse("article_list"))
        names = list(Article.objects.filter(pk__in=ids).order_by("name").values_list("name", flat=True)[:SHOWN])
        return self.render_to_response(
            self.get_context_data(
                ids=ids, names=names, more=len(ids) - len(names), words=words, change=request.POST["change"]
            )
        )

    def chosen(self) -> list[UUID]:
        """The articles ticked, or all that the list held when « tous » is."""
        if "tous" in self.request.POST:
            found = self.listed(QueryDict(self.request.POST.get("liste", "")))
            ids = list(found.order_by().values_list("pk", flat=True)[: MOST + 1])
            if len(ids) > MOST:
                raise CatalogRefused(_("Mille articles à la fois au plus. Filtrez d’abord la liste."), field="ids")
            return ids
        try:
            ids = [UUID(text) for text in self.request.POST.getlist("choisi")]
        except ValueError:
            ids = []
        if not ids:
            raise CatalogRefused(_("Cochez d’abord des articles dans la liste."), field="ids")
        return ids

    def listed(self, query: QueryDict) -> QuerySet[Article]:
        filters = ArticleFilters(query, queryset=articles())
        return filters.qs if filters.is_valid() else articles().none()

    def done(self, changed: Changed, words: str) -> HttpResponse:
        count = len(changed.before)
        if count:  # the list says it, beside the button that takes it back
            kept = {**changed._asdict(), "words": words, "count": count, "at": int(timezone.now().timestamp())}
            self.request.session[UNDO] = kept
        else:
            messages.info(self.request, _("Ces articles étaient déjà ainsi : rien n’a changé."))
        return HttpResponseRedirect(reverse("article_list"))


class ManyUndo(Action):
    required_right = "catalog.edit"

    def address(self, **kwargs: Any) -> str:
        return reverse("article_list")

    def act(self, request: HttpRequest, **kwargs: Any) -> tuple[str, str]:
        kept = undo_offered(request)
        request.session.pop(UNDO, None)
        if kept is None:
            return self.address(), _("Il n’y a plus rien à annuler.")
        back = undo_many(Changed(kept["field"], kept["version"], kept["before"]), by=request.user)
        left = kept["count"] - back
        told = ngettext("%d article remis comme avant.", "%d articles remis comme avant.", back) % back
        since = ngettext("%d changé depuis, laissé ainsi.", "%d changés depuis, laissés ainsi.", left) % left
        return self.address(), f"{told} {since}" if left else told
