"""A shop over several months, for tests of closings: each day is opened, sold, counted and closed on a soft till."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tests.apps.till.shop import LEA, Till, line, send

BREAD = line("Pain", price_e4=12_000)  # 1,20 at 5,5 %: net 114, VAT 6
SOAP = line("Savon", price_e4=45_000, vat_e4=2000)  # 4,50 at 20 %: net 375, VAT 75


def open_day(till: Till, day: str, *, float_minor: int = 10_000) -> None:
    till.clock.set_local(datetime.fromisoformat(f"{day}T09:00:00"))
    till.soft.open_session(business_date=day, operator=LEA, float_minor=float_minor)


def whole_day(
    till: Till, day: str, *, sales: Sequence[tuple[dict[str, Any], str]] = ((BREAD, "cash"),), counted: int | None = None,
    sent: bool = True,
) -> None:  # fmt: skip
    """Opens with 100,00, sells these lines against these tenders, counts the cash (right unless told) and closes."""
    open_day(till, day)
    for basket_line, tender in sales:
        till.sell(basket_line, tender=tender)
    expected = till.soft.report()["cash"]["expected_minor"]
    till.close({"tender": "cash", "amount_minor": expected if counted is None else counted, "pieces": None})
    if sent:
        send(till)
