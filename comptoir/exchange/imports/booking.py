"""Writes what was read into the catalogue: families first, then every article, in one transaction."""

from typing import Any, NamedTuple

from django.db import transaction

from comptoir.apps.catalog.article_input import ArticleInput
from comptoir.apps.catalog.queries import articles, families
from comptoir.apps.catalog.services.import_articles import import_articles
from comptoir.apps.catalog.services.save_family import save_family

from .articles import Known, Reading
from .columns import plain
from .drafts import Draft
from .problems import Problem

COLOURS = 6
FAMILY_CODE_CHARACTERS = 24
FIELDS = {"barcodes": "barcode", "vat_e4": "vat", "price_e4": "price", "eco_minor": "eco", "deposit": "deposit"}
# Field of a file -> what it alone says of an article. Name and price are always said; the rate is the article's own
# when the file gives none, and goes with the price.
SAID_BY = {"family": "family", "unit": "unit", "kind": "kind", "eco": "eco_minor", "active": "active",
           "meal_voucher": "meal_voucher", "deposit": "deposit"}  # fmt: skip


class Outcome(NamedTuple):
    created: int
    updated: int
    problems: list[Problem]  # of the file and of the catalogue together
    written: bool


def known_articles(*, update: bool) -> Known:
    """What the dossier holds; with `update`, a known code is an article to change and not a problem."""
    if update:
        rates = articles().values_list("code", "vat_e4")
        return Known(frozenset(), frozenset(), dict(rates.iterator()))
    barcodes = articles().filter(barcodes__isnull=False).values_list("barcodes__code", flat=True)
    return Known(_codes(), frozenset(barcodes.iterator()))


def _codes() -> frozenset[str]:
    return frozenset(articles().values_list("code", flat=True).iterator())


def book_articles(reading: Reading, *, skip_bad: bool, dry_run: bool, by: Any) -> Outcome:
    """Imports the drafts of a reading. Nothing is written when a row is bad and bad rows are not to be skipped, nor in
    a dry run, which otherwise does everything. Needs `catalog.import`, and `catalog.edit` for new families; raises
    RightMissing."""
    if reading.problems and not skip_bad:
        return Outcome(0, 0, reading.problems, False)
    with transaction.atomic():
        codes = _families_of(reading.drafts, by=by)
        rows = _inputs(reading.drafts, families=codes)
        done = import_articles(rows, by=by, skip_refused=skip_bad)
        problems = reading.problems + [_problem(reading, refusal) for refusal in done.refusals]
        written = not dry_run and (skip_bad or not problems) and done.created + done.updated > 0
        if not written:
            transaction.set_rollback(True)
    return Outcome(done.created, done.updated, sorted(problems, key=lambda problem: problem.line), written)


def _problem(reading: Reading, refusal) -> Problem:
    draft = reading.drafts[refusal.index]
    heading = reading.columns.get(FIELDS.get(refusal.field, refusal.field))
    return Problem(draft.line, heading, None, refusal.reason[:1].lower() + refusal.reason[1:])


def _families_of(drafts: list[Draft], *, by: Any) -> dict[str, str]:
    """Name -> code of every family named, known by code or by name, created when it is neither."""
    found: dict[str, str] = {}
    position = 0
    for family in families():
        found[plain(family.name)] = found[plain(family.code)] = family.code
        position = max(position, family.position)
    codes: dict[str, str] = {}
    for name in dict.fromkeys(draft.family for draft in drafts if draft.family):
        if plain(name) not in found:
            position += 1
            code = _free_code(name, taken=set(found.values()))
            save_family(code, by=by, name=name[:80], colour=position % COLOURS + 1, position=position)
            found[plain(name)] = code
        codes[name] = found[plain(name)]
    return codes


def _free_code(name: str, *, taken: set[str]) -> str:
    base = plain(name).replace(" ", "-")[:FAMILY_CODE_CHARACTERS] or "famille"
    code, number = base, 1
    while code in taken:
        number += 1
        code = f"{base}-{number}"
    return code


def _inputs(drafts: list[Draft], *, families: dict[str, str]) -> list[ArticleInput]:
    known = _codes()
    there = _as_they_are(known & {draft.code for draft in drafts})
    taken = known | {draft.code for draft in drafts}
    number = 0
    rows = []
    for draft in drafts:
        code = draft.code
        while not code:  # neither a code nor a barcode in the file: ours
            number += 1
            code = "" if f"A{number:06d}" in taken else f"A{number:06d}"
        asked = _input(draft, code=code, family=families.get(draft.family))
        rows.append(_changed(there[code], asked, given=draft.given) if code in there else asked)
    return rows


def _as_they_are(codes: frozenset[str]) -> dict[str, ArticleInput]:
    """The articles of these codes as the dossier holds them."""
    if not codes:
        return {}
    barcodes: dict[str, list[tuple[str, int]]] = {}
    scanned = articles().filter(barcodes__isnull=False).order_by("barcodes__position")
    for code, barcode, quantity in scanned.values_list("code", "barcodes__code", "barcodes__quantity_milli"):
        barcodes.setdefault(code, []).append((barcode, quantity))
    plain = [name for name in ArticleInput._fields if name not in ("barcodes", "family", "deposit")]
    found = {}
    for family, deposit, *values in articles().values_list("family_id", "deposit__code", *plain).iterator():
        asked = dict(zip(plain, values, strict=True))
        code = asked["code"]
        if code in codes:
            found[code] = ArticleInput(**asked, family=family, deposit=deposit, barcodes=tuple(barcodes.get(code, ())))
    return found


def _changed(before: ArticleInput, asked: ArticleInput, *, given: frozenset[str]) -> ArticleInput:
    """An article with what the row says of it: of what the file does not say, nothing changes. Barcodes replace those
    of one piece; a pack's code, which a file cannot say, stays."""
    names = {"name", "price_e4", "open_price", "vat_e4"} | {SAID_BY[field] for field in given if field in SAID_BY}
    if "unit" in given and "weighed" in (before.kind, asked.kind):
        names.add("kind")
    changed = {name: getattr(asked, name) for name in names}
    if "barcode" in given:
        counted = dict(before.barcodes)
        now = [(code, counted.get(code, quantity)) for code, quantity in asked.barcodes]
        packs = [(code, quantity) for code, quantity in before.barcodes if quantity != 1_000]
        changed["barcodes"] = tuple(dict(now + packs).items())
    return before._replace(**changed)


def _input(draft: Draft, *, code: str, family: str | None) -> ArticleInput:
    return ArticleInput(
        code=code,
        name=draft.name,
        price_e4=draft.price_e4 or 0,
        vat_e4=draft.vat_e4,
        family=family,
        kind=draft.kind or ("weighed" if draft.unit == "kg" else "goods"),
        unit=draft.unit,
        open_price=draft.price_e4 is None,
        eco_minor=draft.eco_minor,
        active=draft.active,
        meal_voucher=draft.meal_voucher,
        deposit=draft.deposit or None,
        barcodes=tuple((barcode, 1_000) for barcode in draft.barcodes),
    )
