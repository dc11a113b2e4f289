"""What every account of the ledger holds, computed; and what stands on its way from one place to another."""

from typing import NamedTuple

from django.db.models import Sum

from .accounts import ON_THE_WAY_TO_BANK, is_cash
from .models import CashPlace, CashTransfer, OfficeMove


def balances() -> dict[str, int]:
    """The balance of every account that ever moved, in minor units."""
    held: dict[str, int] = {}
    ledger = CashTransfer.objects.order_by()
    for account, total in ledger.values_list("to_account").annotate(total=Sum("amount")):
        held[account] = held.get(account, 0) + int(total)
    for account, total in ledger.values_list("from_account").annotate(total=Sum("amount")):
        held[account] = held.get(account, 0) - int(total)
    return held


class Holding(NamedTuple):
    """A place with what it holds; `negative` when the ledger says less than nothing, which no drawer can."""

    account: str
    name: str
    held_minor: int

    @property
    def negative(self) -> bool:
        return self.held_minor < 0 and is_cash(self.account)


def places(kind: str = "") -> list[CashPlace]:
    """The safes and banks in use, the main one first."""
    found = CashPlace.objects.filter(active=True).order_by("code")
    return list(found.filter(kind=kind) if kind else found)


def place_of(account: str) -> CashPlace | None:
    kind, _, code = account.partition("/")
    return CashPlace.objects.filter(kind=kind, code=code).first()


def safes() -> list[Holding]:
    held = balances()
    return [Holding(place.account, place.name, held.get(place.account, 0)) for place in places("safe")]


def sent_not_received() -> list[OfficeMove]:
    """Deposits and change that left the safe and that nobody said had arrived, oldest first."""
    answered = OfficeMove.objects.filter(origin__isnull=False).values("origin")
    waiting = OfficeMove.objects.filter(kind__in=("sent", "cheques"), to_account=ON_THE_WAY_TO_BANK)
    return list(waiting.exclude(pk__in=answered).order_by("at", "seq"))


def on_the_way_to_registers() -> list[Holding]:
    """Change prepared by the office and not yet taken by its till; negative: taken, but never prepared."""
    return [
        Holding(account, account.partition("/")[2], held)
        for account, held in sorted(balances().items())
        if account.startswith("transit/") and account != ON_THE_WAY_TO_BANK and held
    ]
