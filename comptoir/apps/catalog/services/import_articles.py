"""Many articles at once: created or, when their code is known, made what the row asks. All or nothing unless told."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils.translation import gettext as _

from comptoir.apps.access.services.require_right import require_right
from comptoir.apps.fiscal.identifiers import uuid7
from comptoir.apps.fiscal.raw_rows import insert_rows
from comptoir.apps.fiscal.services.seal_on_server import now_text

from ..article_input import ArticleInput, checked_article
from ..models import Article, Barcode, Family
from ..naming import CatalogRefused, folded
from ..tables import ARTICLES, BARCODES, CHANGED, PRICES
from .next_version import next_version

BATCH = 2_000
_CHANGED = [ARTICLES.columns.index(column) for column in CHANGED.columns]
# One statement a row: an UPDATE of many rows by cases takes minutes for a catalogue of 100,000.
_CHANGE = (
    f'UPDATE "{CHANGED.name}" SET '  # noqa: S608 - names of models
    + ", ".join(f"{column} = %s" for column in CHANGED.quoted[:-1])
    + f" WHERE {CHANGED.quoted[-1]} = %s"
)


class Refusal(NamedTuple):
    """A row that was not taken: its place in what was given, the field and why, in French."""

    index: int
    field: str
    reason: str


class Imported(NamedTuple):
    """What an import did; nothing at all when there are refusals and bad rows were not to be skipped."""

    created: int
    updated: int
    refusals: list[Refusal]
    version: int


class _Known:
    """What the dossier holds before the import, and what the rows taken so far add to it."""

    def __init__(self) -> None:
        self.articles: dict[str, tuple[Any, int, int | None]] = {
            code: (key, price_e4, vat_e4)
            for code, key, price_e4, vat_e4 in Article.objects.values_list(
                "code", "id", "price_e4", "vat_e4"
            ).iterator()
        }
        self.barcodes = {code: str(key) for code, key in Barcode.objects.values_list("code", "article_id").iterator()}
        self.containers = {
            code: str(key) for code, key in Article.objects.filter(kind="deposit").values_list("code", "id").iterator()
        }
        self.in_use = set(Article.objects.exclude(deposit=None).values_list("deposit__code", flat=True))
        self.families = set(Family.objects.values_list("code", flat=True))
        self.seen: set[str] = set()


def import_articles(rows: Iterable[ArticleInput], *, by: Any, skip_refused: bool = False) -> Imported:
    """Imports the rows in one transaction and one catalogue version.

    A row is refused for what `create_article` would refuse, and for a code or barcode that an earlier row has taken.
    With refusals nothing is written, unless `skip_refused`: then the other rows are. Needs `catalog.import`; raises
    RightMissing."""
    require_right(by, right="catalog.import")
    with transaction.atomic():
        version = next_version("import")
        known = _Known()
        taken, refusals = _sort_out(rows, known)
        if refusals and not skip_refused:
            transaction.set_rollback(True)
            return Imported(0, 0, refusals, version - 1)
        created = _create([one for one in taken if one[2] is None], version=version, operator=by.name)
        updated = _update([one for one in taken if one[2] is not None], version=version, operator=by.name)
        return Imported(created, updated, refusals, version)


# id, what is asked, what was there, id of its container
Taken = tuple[str, ArticleInput, tuple[Any, int, int | None] | None, str | None]


def _sort_out(rows: Iterable[ArticleInput], known: _Known) -> tuple[list[Taken], list[Refusal]]:
    taken: list[Taken] = []
    refusals: list[Refusal] = []
    # Containers first: a row may name one that stands lower in the file.
    for index, asked in sorted(enumerate(rows), key=lambda one: one[1].kind != "deposit"):
        try:
            taken.append(_take(checked_article(asked), known))
        except CatalogRefused as refused:
            refusals.append(Refusal(index, refused.field, str(refused)))
    return taken, sorted(refusals)


def _take(asked: ArticleInput, known: _Known) -> Taken:
    before = known.articles.get(asked.code)
    key = str(before[0]) if before is not None else str(uuid7())
    if asked.code in known.seen:
        raise CatalogRefused(_("Le code %s est déjà plus haut.") % asked.code, field="code")
    if asked.family is not None and asked.family not in known.families:
        raise CatalogRefused(_("Cette famille n’existe pas."), field="family")
    for code, _quantity in asked.barcodes:
        if known.barcodes.get(code, key) != key:
            raise CatalogRefused(_("Le code-barres %s est déjà celui d’un autre article.") % code, field="barcodes")
    if asked.kind != "deposit" and asked.code in known.in_use:
        raise CatalogRefused(_("Des articles portent cette consigne : elle en reste une."), field="kind")
    if asked.kind != "deposit" and asked.deposit is not None and asked.deposit not in known.containers:
        raise CatalogRefused(_("Aucune consigne ne porte la référence %s.") % asked.deposit, field="deposit")
    known.seen.add(asked.code)
    known.barcodes.update((code, key) for code, _quantity in asked.barcodes)
    if asked.kind == "deposit":
        known.containers[asked.code] = key
    else:
        known.containers.pop(asked.code, None)
        if asked.deposit is not None:
            known.in_use.add(asked.deposit)
    return key, asked, before, known.containers.get(asked.deposit or "")


def _create(taken: list[Taken], *, version: int, operator: str) -> int:
    now = now_text()
    for start in range(0, len(taken), BATCH):
        part = taken[start : start + BATCH]
        insert_rows(
            connection,
            [
                (ARTICLES, [_article_row(one, version=version, now=now) for one in part]),
                (PRICES, [(key, version, asked.price_e4, asked.vat_e4, now, operator) for key, asked, *_ in part]),
                (BARCODES, [row for key, asked, *_ in part for row in _barcode_rows(key, asked)]),
            ],
        )
    return len(taken)


def _article_row(taken: Taken, *, version: int, now: str) -> tuple[Any, ...]:
    key, asked, _before, container = taken
    return (
        key, asked.code, asked.name, folded(f"{asked.name} {asked.code}"), asked.family, asked.kind, asked.unit,
        asked.price_e4, asked.vat_e4, asked.open_price, asked.meal_voucher, asked.discountable, asked.print_forced,
        asked.eco_minor, asked.tare_milli, container, asked.deposit_milli, None, asked.active, version, now, now,
    )  # fmt: skip


def _barcode_rows(key: str, asked: ArticleInput) -> list[tuple[Any, ...]]:
    return [(code, key, quantity, position) for position, (code, quantity) in enumerate(asked.barcodes)]


def _changed_row(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple([row[index] for index in _CHANGED])


def _update(taken: list[Taken], *, version: int, operator: str) -> int:
    now = now_text()
    for start in range(0, len(taken), BATCH):
        part = taken[start : start + BATCH]
        rows = [_changed_row(_article_row(one, version=version, now=now)) for one in part]
        with connection.cursor() as cursor:
            cursor.executemany(_CHANGE, CHANGED.stored(rows, vendor=connection.vendor))
        Barcode.objects.filter(article_id__in=[key for key, *_ in part]).delete()
        prices = [
            (key, version, asked.price_e4, asked.vat_e4, now, operator)
            for key, asked, before, _container in part
            if before is not None and before[1:] != (asked.price_e4, asked.vat_e4)
        ]
        barcodes = [row for key, asked, *_ in part for row in _barcode_rows(key, asked)]
        insert_rows(connection, [(PRICES, prices), (BARCODES, barcodes)])
    return len(taken)
