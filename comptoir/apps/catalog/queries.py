"""What others may ask of the catalogue: search, version, what tills load, prices of the past."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import IntegerField, Max, Q, QuerySet, TextField
from django.db.models.functions import Cast

from .models import Article, Barcode, CatalogueVersion, Family, GridKey, Photo, PriceChange
from .naming import folded

OPEN_PRICE, MEAL_VOUCHER, DISCOUNTABLE, PRINT_FORCED, INACTIVE = 1, 2, 4, 8, 16


def articles() -> QuerySet[Article]:
    """Every article with its family, by name."""
    return Article.objects.select_related("family").order_by("name", "id")


def search_articles(text: str) -> QuerySet[Article]:
    """Articles that hold every word of the text in name or code, accents and capitals aside, or bear it as barcode."""
    found = articles()
    words = folded(text).split()
    if not words:
        return found
    named = Q()
    for word in words:
        named &= Q(folded__contains=word)
    return found.filter(named | Q(pk__in=Article.objects.filter(barcodes__code=text.strip()).values("pk")))


def families() -> QuerySet[Family]:
    return Family.objects.all()


def grid_keys() -> list[dict[str, Any]]:
    """The keys of the till, as bootstrap gives them."""
    rows = GridKey.objects.values_list("article_id", "family", "position").order_by("family", "position")
    return [{"article": str(article), "family": family, "position": position} for article, family, position in rows]


def containers() -> QuerySet[Article]:
    """The container deposits on sale, by name."""
    return articles().filter(kind="deposit", active=True)


def photo(digest: str) -> Photo | None:
    return Photo.objects.filter(digest=digest).first()


def catalogue_version() -> int:
    """The version of the catalogue now; 0 before anything is in it."""
    return CatalogueVersion.objects.aggregate(last=Max("version"))["last"] or 0


def article_tuples(*, since: int = 0) -> Iterator[list[Any]]:
    """Articles as tills load them (docs/developer/shapes.md section 4), in the order of their ids; those changed after
    version `since`. Photos come as digests: who serves them makes the address.

    Ids are read as the database writes them and flags as one number: a hundred thousand conversions of each cost more
    than the reading (decision 0125)."""
    barcodes = _barcodes(since=since)
    rows = Article.objects.filter(version__gt=since).order_by("id").values_list(
        _text("id"), "code", "name", "family_id", "kind", "unit", "price_e4", "vat_e4", _flags(), "eco_minor",
        "photo_id", _text("deposit_id"), "deposit_milli",
    )  # fmt: skip
    for key, *words, flags, eco_minor, picture, container, each in rows.iterator(chunk_size=500):
        yield [
            _dashed(key), *words, int(flags), list(barcodes.pop(key, ())), eco_minor, picture,
            None if container is None else [_dashed(container), each],
        ]  # fmt: skip


def _text(column: str) -> Cast:
    """An id as the database writes it: with dashes in PostgreSQL, without in SQLite."""
    return Cast(column, TextField())


def _dashed(key: str) -> str:
    return key if len(key) == 36 else f"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}"


def _flags() -> Cast:
    """The five flags as one number, added by the database and given as text: a number computed there would go through a
    conversion of its own."""
    bits = {
        "open_price": OPEN_PRICE,
        "meal_voucher": MEAL_VOUCHER,
        "discountable": DISCOUNTABLE,
        "print_forced": PRINT_FORCED,
    }
    flags: Any = (1 - Cast("active", IntegerField())) * INACTIVE
    for column, bit in bits.items():
        flags += Cast(column, IntegerField()) * bit
    return Cast(flags, TextField())


def count_changed(*, since: int) -> int:
    return Article.objects.filter(version__gt=since).count()


def _barcodes(*, since: int) -> dict[str, tuple[Any, ...]]:
    """Barcodes of the articles changed after a version, by id as `_text` gives it. Tuples: the collector of garbage soon
    leaves those of texts alone, and walks a hundred thousand lists again and again."""
    changed = Barcode.objects.filter(article__version__gt=since) if since else Barcode.objects.all()
    rows = changed.order_by("position").values_list(_text("article_id"), "code", "quantity_milli")
    found: dict[str, tuple[Any, ...]] = {}
    for key, code, quantity in rows.iterator(chunk_size=500):
        found[key] = (*found.get(key, ()), code if quantity == 1000 else [code, quantity])
    return found


def prices_at(ids: Iterable[str], *, version: int) -> dict[str, tuple[int, int | None, bool]]:
    """Price, rate and whether the price is open of these articles, as catalogue `version` had them.

    An article that version did not know is absent."""
    wanted = list(ids)
    found: dict[str, tuple[int, int | None, bool]] = {}
    older: dict[str, bool] = {}
    rows = Article.objects.filter(id__in=wanted).values_list("id", "price_e4", "vat_e4", "open_price", "version")
    for key, price_e4, vat_e4, open_price, changed in rows:
        if changed <= version:
            found[str(key)] = (price_e4, vat_e4, open_price)
        else:
            older[str(key)] = open_price
    history = PriceChange.objects.filter(article_id__in=list(older), version__lte=version).order_by("version")
    for key, price_e4, vat_e4 in history.values_list("article_id", "price_e4", "vat_e4"):
        found[str(key)] = (price_e4, vat_e4, older[str(key)])
    return found
