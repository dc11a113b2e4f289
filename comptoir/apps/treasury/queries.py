"""What others may ask of the treasury: balances, drawer sessions, closings."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet, Sum

from comptoir.apps.fiscal.raw_rows import fetch_rows

from .accounts import drawer
from .models import CashEntry, CashTransfer, Closing, ClosingSession, DrawerSession


def balance_of(account: str) -> int:
    """What an account holds, in minor units: everything that came in less everything that went out."""
    came = CashTransfer.objects.filter(to_account=account).aggregate(total=Sum("amount"))["total"] or 0
    went = CashTransfer.objects.filter(from_account=account).aggregate(total=Sum("amount"))["total"] or 0
    return came - went


def expected_cash(register: str) -> int:
    """The cash that a register's drawer should hold now, in minor units, as far as its records have arrived."""
    return balance_of(drawer(register))


def sessions() -> QuerySet[DrawerSession]:
    """Every drawer session, latest first; `closed` tells whether a Z covers it."""
    closed = ClosingSession.objects.filter(session=OuterRef("id"))
    return DrawerSession.objects.annotate(closed=Exists(closed)).order_by("-opened_at", "-id")


def open_session_of(register: str) -> DrawerSession | None:
    """The register's latest session that no booked Z covers."""
    return sessions().filter(register=register, closed=False).first()


def known_sessions(ids: Iterable[str]) -> set[str]:
    """Those of these session ids whose opening has arrived."""
    return {str(one) for one in DrawerSession.objects.filter(id__in=list(ids)).values_list("id", flat=True)}


def entries_of(session: UUID) -> QuerySet[CashEntry]:
    """The cash records of a session, in the order of its register."""
    return CashEntry.objects.filter(session=session).order_by("chain", "seq")


def closings() -> QuerySet[Closing]:
    """Every booked Z, latest first."""
    return Closing.objects.order_by("-at", "-record_id")


def closing_of(session: UUID) -> Closing | None:
    """The Z that closed a session."""
    return Closing.objects.filter(sessions__session=session).first()


def last_closed(chains: Iterable[str]) -> dict[str, int]:
    """The number of the last booked Z of each of these chains; a chain without any is absent."""
    names = list(chains)
    if not names:
        return {}
    one = "SELECT * FROM (SELECT chain, seq FROM treasury_closing WHERE chain = %s ORDER BY seq DESC LIMIT 1) AS last"
    return dict(fetch_rows(connection, " UNION ALL ".join([one] * len(names)), names))
