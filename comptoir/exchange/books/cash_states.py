"""What each drawer and each safe holds, event after event.

Between two sessions the counted money of a register waits in `float/<register>`; the next opening is counted by hand. What
it counts more or less than was left is a difference of its own, or the first float of a new register, and the ledger's
transfers alone cannot tell it: a record says only what it counted. Here every opening starts again from what was counted."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import connection

from comptoir.apps.treasury.accounts import is_cash
from comptoir.apps.treasury.models import CashPlace, DrawerSession

from .cash_events import CLOSED, Event
from .ledger import DAY, SOURCES, instants_of


class Effect(NamedTuple):
    """What one event does to the shop's cash: `changes` by place (`drawer/C1`, `safe/1`), never zero."""

    event: Event
    changes: dict[str, int]


class CashStates:
    """The cash of each place; a drawer's place holds its float too, whether a session runs or not."""

    def __init__(self) -> None:
        self.held: dict[str, int] = {}

    def take(self, event: Event) -> Effect:
        """Applies one event and says what it changed."""
        changes: dict[str, int] = {}
        if event.code == "opening":
            _add(changes, event.target, event.amount_minor - self.held.get(event.target, 0))
        elif event.code not in ("closing", CLOSED):
            for account, amount_minor in ((event.source, -event.amount_minor), (event.target, event.amount_minor)):
                if is_cash(account):
                    _add(changes, _place(account), amount_minor)
        for account, amount_minor in changes.items():
            self.held[account] = self.held.get(account, 0) + amount_minor
        return Effect(event, {account: amount for account, amount in changes.items() if amount})


def states_before(first: date) -> CashStates:
    """The cash on the evening before this day: each safe from the beginning, each drawer from its last opening on."""
    states = CashStates()
    for register in DrawerSession.objects.filter(business_date__lt=first).values_list("register", flat=True).distinct():
        opening = (
            DrawerSession.objects.filter(register=register, business_date__lt=first)
            .order_by("business_date", "opened_at").last()
        )  # fmt: skip
        assert opening is not None
        moved = _moved((f"drawer/{register}", f"float/{register}"), before=first, since=opening)
        states.held[f"drawer/{register}"] = opening.opening_minor + moved
    for place in CashPlace.objects.filter(kind="safe"):
        states.held[place.account] = _moved((place.account, place.account), before=first)
    return states


def _moved(accounts: tuple[str, str], *, before: date, since: DrawerSession | None = None) -> int:
    """What came into these accounts less what went out, openings and their counterpart left out; of one session when it is
    given: a record names its session, whatever its clock said. One without session counts from its opening on."""
    where = ""
    parameters: list[Any] = [*accounts, before]
    if since is not None:
        opened = connection.ops.adapt_datetimefield_value(since.opened_at)
        stretch = instants_of(since.business_date, before - timedelta(days=1)) or (opened, opened)
        where = " AND t.at BETWEEN %s AND %s AND (r.session = %s OR (r.session IS NULL AND t.at >= %s))"
        parameters += [*stretch, DrawerSession._meta.pk.get_db_prep_value(since.pk, connection), opened]
    sums = []
    for column in ("to_account", "from_account"):
        sql = (
            f"SELECT COALESCE(SUM(t.amount), 0) FROM {SOURCES} WHERE t.{column} IN (%s, %s)"  # noqa: S608
            f" AND {DAY} < %s AND t.code NOT IN ('opening', 'closing'){where}"
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            sums.append(int(cursor.fetchone()[0]))
    return sums[0] - sums[1]


def _place(account: str) -> str:
    kind, _, code = account.partition("/")
    return f"drawer/{code}" if kind == "float" else account


def _add(changes: dict[str, int], account: str, amount_minor: int) -> None:
    changes[account] = changes.get(account, 0) + amount_minor
