"""Families, and the keys that the till shows for them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from comptoir.apps.access.services.require_right import require_right

from ..models import Article, Family, GridKey
from ..naming import CatalogRefused, clean_code, clean_name
from .next_version import next_version

COLOURS = range(1, 7)


def save_family(
    code: str, *, by: Any, name: str, colour: int = 1, position: int = 0, fresh: bool = False
) -> Family:  # fmt: skip
    """Creates or changes a family; a `fresh` one is refused when its code is taken, rather than renaming who has it.

    Colours are 1 to 6, those of the theme. Needs `catalog.edit`. Raises RightMissing, CatalogRefused; nothing is written
    then."""
    require_right(by, right="catalog.edit")
    code, name = clean_code(code), clean_name(name)
    if code == "*":
        raise CatalogRefused(_("Ce code est réservé à la page d’accueil de la caisse."), field="code")
    if code in (".", ".."):  # an address that a browser shortens: its page could not be opened
        raise CatalogRefused(_("Choisissez un code avec au moins une lettre ou un chiffre."), field="code")
    if colour not in COLOURS:
        raise CatalogRefused(_("Cette couleur n’existe pas."), field="colour")
    with transaction.atomic():
        next_version("family")
        known = Family.objects.filter(code=code).first() if fresh else None
        if known is not None:
            raise CatalogRefused(
                _("Le code %(code)s est déjà celui de la famille « %(name)s ».") % {"code": code, "name": known.name},
                field="code",
            )
        values = {"name": name, "colour": colour, "position": position}
        return Family.objects.update_or_create(code=code, defaults=values)[0]


def set_keys(family: str, *, by: Any, articles: Sequence[UUID]) -> None:
    """The keys of a family's page, in order; family "*" is the page shown first. Needs `catalog.edit`. Raises RightMissing,
    CatalogRefused."""
    require_right(by, right="catalog.edit")
    with transaction.atomic():
        next_version("keys")
        if family != "*" and not Family.objects.filter(code=family).exists():
            raise CatalogRefused(_("Cette famille n’existe pas."), field="family")
        if len(set(articles)) != len(articles):
            raise CatalogRefused(_("Un article ne peut avoir deux touches sur la même page."), field="articles")
        if Article.objects.filter(id__in=articles).count() != len(articles):
            raise CatalogRefused(_("Un de ces articles n’existe pas."), field="articles")
        GridKey.objects.filter(family=family).delete()
        GridKey.objects.bulk_create(
            GridKey(article_id=article, family=family, position=position) for position, article in enumerate(articles)
        )
