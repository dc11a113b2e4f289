"""April and May: a first day, a return, a wrong tender noticed in the evening. VAT is that of each ticket, rounded alone."""

from tests.scenarios.year.books import check_z, sound
from tests.scenarios.year.gestures import by_card, close_day, in_cash, open_day
from tests.scenarios.year.shop import CASHIER, OWNER, Year


def first_of_april(year: Year) -> None:
    """
    1  pain + miel           10,00  cash, exact               5,5 %: 10,00 × 5,5 / 105,5 = 0,521 -> 0,52
    2  bol + lampe           72,00  card                      20 %:  72,00 / 6 = 12,00
    3  2 miels               16,00  20,00 in cash, 4,00 back  5,5 %: 16,00 × 5,5 / 105,5 = 0,834 -> 0,83
                             98,00  VAT 5,5 %: 0,52 + 0,83 = 1,35 in 26,00; cash 26,00: the drawer holds 126,00
    """
    till = year.morning("2027-04-01T08:50")
    open_day(till, OWNER)
    in_cash(till, "pain", "miel", total=10_00)
    by_card(till, "bol", "lampe", total=72_00)
    in_cash(till, "miel", "miel", total=16_00, given=20)
    close_day(till, cash=126_00, card="72,00")
    till.sent()
    check_z(
        year, 1, day="2027-04-01", tickets=3, total=98_00, vat={2000: (12_00, 72_00), 550: (1_35, 26_00)},
        tenders={"cash": 26_00, "card": 72_00}, perpetual=(98_00, 98_00), sale=(3, 98_00), refund=(0, 0),
    )  # fmt: skip
    sound(year)
    year.evening(till)
