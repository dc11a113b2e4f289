"""The receipts book: each day what came in, by VAT rate and by tender, with the Z that proves it.

France: livre des recettes, with base and VAT of each rate. Belgium: journal des recettes, the day's receipts VAT included by
rate and the VAT computed under the month (arrêté royal n° 1, art. 14)."""

from collections.abc import Iterable, Sequence
from typing import Any

from comptoir.apps.settings.models import TenderType
from comptoir.engine.money import format_euro, format_rate

from .closed_sales import Rate, Sold, closed_sales, sales_without_closing
from .table import COUNT, DAY, MONEY, Book, Column, Line, Span

FR, BE = "FR", "BE"
NOTHING = Rate(0, 0, 0)


def receipts_book(span: Span, *, layout: str) -> Book:
    """The book of these days in the layout of a country; raises KeyError for a layout that does not exist."""
    rows = sorted(
        [*closed_sales(span), *sales_without_closing(span)],
        key=lambda one: (one.day, one.register, one.number == ""),  # the Z of a day came in the order of their numbers
    )
    make = {FR: _french, BE: _belgian}[layout]
    warnings = [
        f"{row.day:%d/%m/%Y}, caisse {row.register} : {row.count} ticket{'s' if row.count > 1 else ''} sans Z. Clôturez la journée sur le poste."
        for row in rows
        if not row.number
    ]
    return make(span, rows, warnings)


def rates_of(rows: Iterable[Sold]) -> list[int | None]:
    """The rates met, the highest first, what is outside VAT last."""
    met = {rate for row in rows for rate in row.rates}
    return sorted(met, key=lambda rate: 1 if rate is None else -1 - rate)


def tenders_of(rows: Iterable[Sold]) -> list[tuple[str, str]]:
    """The tenders met, code and label, in the order of the till's keys."""
    met = {tender for row in rows for tender in row.tenders}
    known = {row.code: row.label for row in TenderType.objects.order_by("position", "code")}
    return [(code, known[code]) for code in known if code in met] + [(code, code) for code in sorted(met - set(known))]


def rate_name(rate: int | None) -> str:
    return "hors TVA" if rate is None else format_rate(rate)


def _tickets(row: Sold) -> str:
    return "aucun" if not row.count else f"{row.first_seq} à {row.last_seq}" if row.count > 1 else str(row.first_seq)


def _tone(row: Sold) -> str:
    return "" if row.number else "bad"


def _french(span: Span, rows: Sequence[Sold], warnings: list[str]) -> Book:
    rates, tenders = rates_of(rows), tenders_of(rows)
    columns = [
        Column("Date", DAY, 3, "title"), Column("Z", weight=3), Column("Tickets", weight=3, card="hidden"),
        *[Column(f"{word} {rate_name(rate)}", MONEY, 3, "hidden") for rate in rates for word in _words(rate)],
        Column("Total HT", MONEY, 3), Column("Total TVA", MONEY, 3), Column("Total TTC", MONEY, 3, "amount"),
        *[Column(label, MONEY, 3) for _code, label in tenders],
    ]  # fmt: skip

    def cells(row: Sold) -> list[Any]:
        return [
            row.day, row.number or "sans Z", _tickets(row), *[part for rate in rates for part in _parts(rate, row.rates.get(rate, NOTHING))],
            row.net_minor, row.vat_minor, row.gross_minor, *[row.tenders.get(code, 0) for code, _label in tenders],
        ]  # fmt: skip

    lines = [Line(cells(row), _tone(row)) for row in rows]
    lines.append(_total(lines, span, columns))
    notes = [_rounding_note(rows), "Une ligne par Z. Les remboursements sont déduits du jour où ils ont été faits."]
    return Book(
        "livre-des-recettes", "Livre des recettes", "", span, columns, lines, [note for note in notes if note], warnings
    )


def _words(rate: int | None) -> tuple[str, ...]:
    return ("Montant",) if rate is None else ("HT", "TVA")


def _parts(rate: int | None, one: Rate) -> tuple[int, ...]:
    return (one.gross_minor,) if rate is None else (one.base_minor, one.vat_minor)


def _belgian(span: Span, rows: Sequence[Sold], warnings: list[str]) -> Book:
    rates, tenders = rates_of(rows), tenders_of(rows)
    columns = [
        Column("N°", COUNT, 1, "hidden"), Column("Date", DAY, 3, "title"), Column("Justificatif (Z)", weight=3),
        *[Column(f"Recettes {rate_name(rate)}", MONEY, 3) for rate in rates], Column("Recettes du jour", MONEY, 3, "amount"),
        *[Column(f"dont {label}", MONEY, 3) for _code, label in tenders],
    ]  # fmt: skip
    lines = [
        Line(
            [
                number, row.day, row.number or "sans Z", *[row.rates.get(rate, NOTHING).gross_minor for rate in rates], row.gross_minor,
                *[row.tenders.get(code, 0) for code, _label in tenders],
            ],
            _tone(row),
        )
        for number, row in enumerate(rows, start=1)
    ]  # fmt: skip
    lines.append(_total(lines, span, columns))
    rest = [None] * len(tenders)
    for word, part in (("Base imposable", "base_minor"), ("TVA comprise", "vat_minor")):
        sums = [sum(getattr(row.rates.get(rate, NOTHING), part) for row in rows) for rate in rates]
        lines.append(Line([None, span.last, word, *sums, sum(sums), *rest], "total"))
    notes = [_rounding_note(rows), "Montants TVA comprise ; la base et la TVA du mois sont sous le total."]
    return Book(
        "journal-des-recettes",
        "Journal des recettes",
        "",
        span,
        columns,
        lines,
        [note for note in notes if note],
        warnings,
    )


def _total(lines: Sequence[Line], span: Span, columns: Sequence[Column]) -> Line:
    cells: list[Any] = []
    for place, column in enumerate(columns):
        if column.kind == MONEY:
            cells.append(sum(line.cells[place] for line in lines))
        else:
            cells.append(span.last if column.kind == DAY else None)
    cells[next(place for place, column in enumerate(columns) if column.label in ("Z", "Justificatif (Z)"))] = "Total"
    return Line(cells, "total")


def _rounding_note(rows: Sequence[Sold]) -> str:
    """Cash rounding makes what is paid differ from what is sold."""
    total = sum(row.rounding_minor for row in rows)
    return (
        f"Arrondi des espèces : {format_euro(total)}, compris dans les règlements et hors du total TTC."
        if total
        else ""
    )
