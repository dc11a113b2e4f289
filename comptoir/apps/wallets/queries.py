"""What others may ask of the credit notes: what was issued, moved, and is left."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import BigIntegerField, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Concat

from .models import CreditNote, WalletTransfer
from .projection import account_of


class Move(NamedTuple):
    """A move of one note: `amount_minor` is positive when value is put on it. `source` is the ticket's record."""

    code: str
    amount_minor: int
    at: object
    source: object


def _moved(column: str) -> Coalesce:
    """Sum of the transfers into or out of the note's account, in a subquery."""
    account = Concat(Value("credit/"), OuterRef("reference"))
    found = WalletTransfer.objects.filter(**{column: account}).order_by().values(column)
    return Coalesce(Subquery(found.annotate(total=Sum("amount")).values("total")), 0, output_field=BigIntegerField())


def credit_notes() -> QuerySet[CreditNote]:
    """Every note, latest first, with its `balance_minor`; below zero when two tills apart spent it twice."""
    notes = CreditNote.objects.annotate(taken_minor=_moved("from_account"), put_minor=_moved("to_account"))
    return notes.annotate(balance_minor=F("put_minor") - F("taken_minor")).order_by("-at", "-record_id")


def credit_note(reference: str) -> CreditNote | None:
    """One note with its balance, or None."""
    return credit_notes().filter(reference=reference).first()


def balances(references: Iterable[str]) -> dict[str, int]:
    """What stands on each account, in minor units; a note that nobody issued has only what was spent."""
    accounts = {account_of(reference): reference for reference in references}
    left = dict.fromkeys(accounts.values(), 0)
    for column, sign in (("to_account", 1), ("from_account", -1)):
        rows = WalletTransfer.objects.filter(**{f"{column}__in": list(accounts)}).values_list(column)
        for account, total in rows.annotate(total=Sum("amount")).order_by():
            left[accounts[account]] += sign * int(total)
    return left


def moves(reference: str) -> list[Move]:
    """The moves of a note in the order in which they happened."""
    account = account_of(reference)
    rows = WalletTransfer.objects.filter(from_account=account) | WalletTransfer.objects.filter(to_account=account)
    return [
        Move(row.code, row.amount if row.to_account == account else -row.amount, row.at, row.source)
        for row in rows.order_by("at", "id")
    ]
