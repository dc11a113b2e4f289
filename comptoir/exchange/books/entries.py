"""The sales journal as accounting entries: one entry a Z, debit and credit equal to the cent.

Debit: each tender. Credit: sales and VAT by rate. The rounding of cash (Belgium), the movements of the day and what the count
found different follow, each against the drawer's account. Source: compliance notes, section 3.4."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from comptoir.apps.settings.models import CashReason, TenderType
from comptoir.apps.treasury.book_accounts import Account, Chart
from comptoir.apps.treasury.models import CashEntry, Closing, ClosingTender
from comptoir.engine.vat import tax_amounts

from .closed_sales import Sold, closed_sales
from .receipts_book import rate_name
from .table import DAY, MONEY, Book, Column, Line, Span

COLUMNS = (
    Column("Date", DAY, 2, "hidden"), Column("Journal", weight=1, card="hidden"), Column("Pièce", weight=2), Column("Compte", weight=2),
    Column("Intitulé", weight=5, card="title"), Column("Libellé", weight=6), Column("Débit", MONEY, 2), Column("Crédit", MONEY, 2),
)  # fmt: skip


class Entry(NamedTuple):
    """One line of an entry: an account, words, and a signed amount (debit positive)."""

    account: Account
    words: str
    amount_minor: int


def journal_entries(span: Span, *, country: str) -> Book:
    """The entries of every Z of these days."""
    chart, lines, debit, credit = Chart(country), [], 0, 0
    for sold in closed_sales(span):
        for entry in entries_of(sold, chart=chart):
            went, came = max(entry.amount_minor, 0), max(-entry.amount_minor, 0)
            debit, credit = debit + went, credit + came
            lines.append(
                Line(
                    (
                        sold.day,
                        "VT",
                        sold.number,
                        entry.account.number,
                        entry.account.label,
                        entry.words,
                        went or None,
                        came or None,
                    )
                )
            )
    lines.append(Line((span.last, "", "Total", "", "", "", debit, credit), "total"))
    notes = ("Une écriture par Z. Les comptes se choisissent dans « Comptes comptables ».",)
    return Book("ecritures-de-ventes", "Écritures de ventes", "par Z", span, COLUMNS, lines, notes)


def entries_of(sold: Sold, *, chart: Chart) -> list[Entry]:
    """The entry of a Z; its amounts sum to zero."""
    assert sold.closing is not None
    found = [*_sales(sold, chart), *_cash(sold.closing, chart)]
    return [entry for entry in found if entry.amount_minor]


def _sales(sold: Sold, chart: Chart) -> Iterator[Entry]:
    kinds = {row.code: row for row in TenderType.objects.all()}
    for code, amount_minor in sorted(sold.tenders.items()):
        kind = kinds.get(code)
        yield Entry(chart.tender(code, kind=kind.kind if kind else ""), kind.label if kind else code, amount_minor)
    for rate, one in sorted(sold.rates.items(), key=lambda pair: 1 if pair[0] is None else -1 - pair[0]):
        net = one.gross_minor if rate is None else one.base_minor
        yield Entry(chart.sales(rate), f"Ventes {rate_name(rate)}", -net)
        if rate:
            yield Entry(chart.vat(rate), f"TVA {rate_name(rate)}", -one.vat_minor)
    yield Entry(chart.side("rounding", gain=sold.rounding_minor > 0), "Arrondi des espèces", -sold.rounding_minor)


def _cash(closing: Closing, chart: Chart) -> Iterator[Entry]:
    drawer = chart.tender("cash", kind="cash")
    reasons = dict(CashReason.objects.values_list("code", "label"))
    sessions = closing.sessions.values_list("session", flat=True)
    moves = CashEntry.objects.filter(session__in=list(sessions), kind__in=("in", "out")).select_related("record")
    for row in moves.order_by("chain", "seq"):
        signed = row.amount_minor if row.kind == "in" else -row.amount_minor
        words = row.label or reasons.get(row.reason or "", "")
        vat_e4 = json.loads(row.record.body).get("vat_e4")
        tax = tax_amounts([-signed], vat_e4, "TTC")[3] if vat_e4 else 0
        yield Entry(drawer, words, signed)
        yield Entry(chart.reason(row.reason), words, -signed - tax)
        if vat_e4:
            yield Entry(chart.input_vat(vat_e4), f"TVA {rate_name(vat_e4)} · {words}", tax)
    for found in _differences(closing):
        yield Entry(drawer, "Écart de caisse", found)
        yield Entry(chart.side("difference", gain=found > 0), "Écart de caisse", -found)


def _differences(closing: Closing) -> list[Any]:
    cash = list(TenderType.objects.filter(kind="cash").values_list("code", flat=True))
    return list(
        ClosingTender.objects.filter(closing=closing, tender__in=cash).values_list("difference_minor", flat=True)
    )
