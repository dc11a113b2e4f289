"""A shop with two past months for browser tests of the law's screens: one month in order, one that waits."""

from types import SimpleNamespace

from tests.apps.access.people import one_of_each
from tests.apps.till.shop import enrolled_till, send, set_up_shop
from tests.apps.treasury.months import BREAD, SOAP, open_day, whole_day


def two_months() -> SimpleNamespace:
    """September: C1 sells 1,20 cash and 4,50 card on the 3rd, 1,20 on the 4th, 0,05 short. October: C1 sells 4,50 on the
    5th; its drawer of the 15th stays open with 1,20 sold. C2 sells 4,50 on the 6th of October."""
    set_up_shop("C1", "C2")
    people = one_of_each()
    first, second = enrolled_till("C1"), enrolled_till("C2")
    whole_day(first, "2026-09-03", sales=[(BREAD, "cash"), (SOAP, "card")])
    whole_day(first, "2026-09-04", counted=10_115)
    whole_day(first, "2026-10-05", sales=[(SOAP, "cash")])
    whole_day(second, "2026-10-06", sales=[(SOAP, "card")])
    open_day(first, "2026-10-15")
    first.sell(BREAD)
    send(first)
    return SimpleNamespace(people=people, first=first, second=second)
