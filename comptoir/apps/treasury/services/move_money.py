"""Money that the office moves: sealed on the server's chain, never taking from a safe more than it holds.

Every function takes the caller's `request` (a UUID): asked twice, it seals once and gives the same record back."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from comptoir.apps.access.services.require_right import require_right
from comptoir.apps.fiscal.raw_rows import insert_rows
from comptoir.apps.fiscal.services.seal_on_server import lock_chain, now_text, seal_on_server
from comptoir.apps.settings.queries import main_establishment
from comptoir.engine.money import format_euro

from ..accounts import ON_THE_WAY_TO_BANK, is_cash
from ..balances import place_of
from ..models import DepositedCheque, OfficeMove
from ..office_projection import cheque_rows, office_row, office_transfers
from ..queries import balance_of
from ..tables import CHEQUES, OFFICE_MOVES, TRANSFERS

LOCK = "office-money"
LARGEST_MINOR = 10**11
NOTHING_MORE: dict[str, Any] = {
    "expected_minor": None, "reason": None, "label": "", "reference": "", "value_date": None, "origin": None,
    "pieces": [], "cheques": [],
}  # fmt: skip


class Move(NamedTuple):
    """What is about to be sealed; `more` are the fields of NOTHING_MORE that it fills."""

    kind: str
    source: str
    target: str
    amount_minor: int
    more: dict[str, Any]


class MoneyRefused(ValueError):
    """Money that cannot be moved so: words for people, a code for programs, the field concerned if any."""

    def __init__(self, text: str, *, code: str, field: str = "") -> None:
        super().__init__(text)
        self.code, self.field = code, field


def move_money(
    request: UUID, *, source: str, target: str, amount_minor: int, label: str, by: Any, reason: str | None = None,
    pieces: list[dict[str, int]] | None = None, reference: str = "", now: datetime | None = None,
) -> OfficeMove:  # fmt: skip
    """Money from one account to another, at once (change from the bank, contribution of the owner, expense…).

    Raises RightMissing; MoneyRefused `amount`, `same_place`, `not_enough` (a safe never goes below zero), `pieces`
    (coins and notes that make another amount). Nothing is written then."""
    fields = {"reason": reason, "label": label, "pieces": pieces or [], "reference": reference}
    return seal_move(request, move=Move("move", source, target, amount_minor, fields), by=by, now=now)


def send_money(
    request: UUID, *, source: str, target: str, amount_minor: int, label: str, by: Any,
    pieces: list[dict[str, int]] | None = None, reference: str = "", now: datetime | None = None,
) -> OfficeMove:  # fmt: skip
    """Money that leaves a safe for a `transit/…` account: a bag for the bank, change for a register. Raises as `move_money`."""
    fields = {"label": label, "pieces": pieces or [], "reference": reference}
    return seal_move(request, move=Move("sent", source, target, amount_minor, fields), by=by, now=now)


def receive_money(
    request: UUID, *, origin: OfficeMove, target: str, amount_minor: int, by: Any, value_date: date,
    reason: str | None = None, reference: str = "", now: datetime | None = None,
) -> OfficeMove:  # fmt: skip
    """A sending that arrived, with what was counted there and on which day. Another amount than sent needs a reason, and
    the rest is booked as a difference. Raises as `move_money`, and MoneyRefused `received_already`, `reason`, `not_sent` for
    a move that nothing has to answer."""
    if origin.kind not in ("sent", "cheques") or origin.to_account != ON_THE_WAY_TO_BANK:
        raise MoneyRefused("Ce mouvement n’est pas une remise en banque : il n’y a rien à rapprocher.", code="not_sent")
    if amount_minor != origin.amount_minor and not reason:
        raise MoneyRefused("Dites pourquoi le montant diffère.", code="reason", field="reason")
    kind = "cheques_received" if origin.kind == "cheques" else "received"
    fields = {
        "expected_minor": origin.amount_minor, "reason": reason, "label": origin.label, "origin": str(origin.pk),
        "reference": reference or origin.reference, "value_date": value_date.isoformat(),
    }  # fmt: skip
    return seal_move(request, move=Move(kind, origin.to_account, target, amount_minor, fields), by=by, now=now)


def count_safe(
    request: UUID, *, account: str, pieces: list[dict[str, int]], by: Any, reason: str | None = None,
    now: datetime | None = None,
) -> OfficeMove:  # fmt: skip
    """A count of a safe, piece by piece: from then on the ledger holds what was found. A difference needs its reason.

    Raises RightMissing, MoneyRefused `reason` or `unknown_place`."""
    require_right(by, right="treasury.move")
    with transaction.atomic():
        lock_chain(LOCK)
        again = OfficeMove.objects.filter(request=request).first()
        if again is not None:
            return again
        place = place_of(account)
        if place is None or place.kind != "safe":
            raise MoneyRefused("Ce coffre n’existe pas.", code="unknown_place")
        expected, found = balance_of(account), sum(one["value_minor"] * one["count"] for one in pieces)
        if found != expected and not reason:
            size = format_euro(found - expected)
            raise MoneyRefused(
                f"Écart de {size} avec le livre : dites d’où il vient, ou comptez encore.",
                code="reason",
                field="reason",
            )
        fields = {
            "expected_minor": expected,
            "reason": reason or None,
            "label": f"Comptage · {place.name}",
            "pieces": pieces,
        }
        return _write(request, Move("count", account, account, found, fields), by=by, now=now)


def seal_move(request: UUID, *, move: Move, by: Any, now: datetime | None) -> OfficeMove:
    """Checks a move and seals it, one person at a time; what was asked already is given back. Raises as `move_money`,
    and MoneyRefused `deposited_already` for a cheque that stands on a slip."""
    require_right(by, right="treasury.move")
    with transaction.atomic():
        lock_chain(LOCK)
        again = OfficeMove.objects.filter(request=request).first()
        if again is not None:
            return again
        _check(move)
        return _write(request, move, by=by, now=now)


def _check(move: Move) -> None:
    least = 0 if move.kind in ("received", "cheques_received") else 1
    if not least <= move.amount_minor <= LARGEST_MINOR:
        raise MoneyRefused("Indiquez un montant.", code="amount", field="amount_minor")
    if move.source == move.target:
        raise MoneyRefused("L’argent doit changer de place.", code="same_place")
    pieces, origin = move.more.get("pieces"), move.more.get("origin")
    if pieces and sum(one["value_minor"] * one["count"] for one in pieces) != move.amount_minor:
        raise MoneyRefused("Les pièces et billets ne font pas ce montant.", code="pieces", field="amount_minor")
    if origin and OfficeMove.objects.filter(origin=origin).exists():
        raise MoneyRefused("Cette remise est déjà rapprochée.", code="received_already")
    for one in move.more.get("cheques", []):
        if DepositedCheque.objects.filter(ticket=one["ticket"], payment=one["payment"]).exists():
            raise MoneyRefused("Un de ces chèques est déjà sur un bordereau.", code="deposited_already")
    held = balance_of(move.source) if is_cash(move.source) else move.amount_minor
    if held < move.amount_minor:
        text = f"Le livre n’y trouve que {format_euro(held)}. Si le coffre contient plus, comptez-le d’abord."
        raise MoneyRefused(text, code="not_enough", field="amount_minor")


def _write(request: UUID, move: Move, *, by: Any, now: datetime | None) -> OfficeMove:
    said = {"kind": move.kind, "from": move.source, "to": move.target, "amount_minor": move.amount_minor}
    sealed = seal_on_server(
        "cash", fields={**NOTHING_MORE, **said, "request": str(request), **move.more},
        operator={"id": str(by.pk), "name": by.name}, establishment=main_establishment().number, now=now,
    )  # fmt: skip
    insert_rows(
        connection,
        [
            (OFFICE_MOVES, [office_row(sealed)]), (CHEQUES, cheque_rows(sealed)),
            (TRANSFERS, office_transfers(sealed, recorded_at=now_text(now))),
        ],
    )  # fmt: skip
    return OfficeMove.objects.get(pk=sealed.id)
