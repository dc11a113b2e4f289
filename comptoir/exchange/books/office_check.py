"""The office's sealed cash records of some days, each held against its row and its transfers."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from comptoir.apps.fiscal.chains import SERVER
from comptoir.apps.fiscal.models import Record
from comptoir.apps.fiscal.queries import chain_names, envelope_of
from comptoir.apps.fiscal.sealed import Fault, read_sealed
from comptoir.apps.treasury.models import CashTransfer, OfficeMove
from comptoir.apps.treasury.office_projection import office_transfers
from comptoir.apps.treasury.projection import derived_id
from comptoir.engine.money import format_euro

from .table import Span

BOOK = "Livre de caisse"


def office_differences(span: Span) -> Iterator[tuple[date, str, str, str, int, int, list[str]]]:
    """As the fields of cross_check.Difference: day, piece, what, book, sealed, found, culprits."""
    chains = [name for name in chain_names() if name.startswith(f"{SERVER}-") and name.endswith("-cash")]
    rows = Record.objects.filter(chain__in=chains, business_date__range=span).order_by("chain", "seq")
    for record in rows.iterator(chunk_size=200):
        piece = f"{record.chain}-{record.seq}"
        try:
            body_moves = _sealed_moves(record)
        except Fault as fault:
            yield (
                record.business_date,
                piece,
                "Mouvement du bureau",
                BOOK,
                0,
                0,
                [f"Le contenu scellé a été touché ({fault.detail})."],
            )
            continue
        stored = _stored_moves(record)
        for place in sorted(body_moves.keys() | stored.keys()):
            sealed, said = body_moves.get(place, ("", "", 0)), stored.get(place, ("", "", 0))
            if sealed != said:
                text = f"Mouvement {piece} : le livre dit {_words(said)}, la pièce scellée {_words(sealed)}."
                yield record.business_date, piece, "Mouvement du bureau", BOOK, sealed[2], said[2], [text]
        moved = OfficeMove.objects.filter(pk=record.pk).values_list("amount_minor", flat=True).first()
        amount = read_sealed(envelope_of(record)).body["amount_minor"]
        if moved != amount:
            text = (
                f"Mouvement {piece} : la ligne dit {format_euro(moved or 0)}, la pièce scellée {format_euro(amount)}."
            )
            yield record.business_date, piece, "Mouvement du bureau", "Coffre", amount, moved or 0, [text]


def _sealed_moves(record: Record) -> dict[str, tuple[str, str, int]]:
    rows = office_transfers(read_sealed(envelope_of(record)), recorded_at="")
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def _stored_moves(record: Record) -> dict[str, tuple[str, str, int]]:
    ids = [derived_id(str(record.pk), place=place) for place in (1, 2)]
    return {
        str(one.pk): (one.from_account, one.to_account, one.amount) for one in CashTransfer.objects.filter(pk__in=ids)
    }


def _words(move: tuple[str, str, Any]) -> str:
    return f"{format_euro(move[2])} de {move[0]} vers {move[1]}" if move[2] else "rien"
