"""April and May: a first day, a return, a wrong tender noticed in the evening. VAT is that of each ticket, rounded alone."""

from tests.scenarios.year.books import check_z, sound
from tests.scenarios.year.closings import close_month
from tests.scenarios.year.gestures import by_card, close_day, in_cash, open_day
from tests.scenarios.year.shop import CASHIER, MANAGER, OWNER, SLUG, Year


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


def april_is_closed(year: Year) -> None:
    """On Monday 3 May, in the office.

    TTC 98,00 + 4,00 = 102,00; 20 %: 12,00 + 2,00 = 14,00 in 84,00; 5,5 %: 1,35 − 0,42 = 0,93 in 18,00; HT 102,00 − 14,93 = 87,07
    """
    office = year.office()
    close_month(
        office, "2027-04", "avril 2027", told="Clôturé : avril 2027.", figures=["102,00 €", "87,07 €", "5", "2", "0,00 €"],
        vat=[["20 %", "70,00", "14,00", "84,00"], ["5,5 %", "17,07", "0,93", "18,00"]],
    )  # fmt: skip


def a_training_day(year: Year) -> None:
    """Tuesday 15 June: Mona shows Hugo the till in its school, then he sells for good.

    school  pain + miel 10,00 and bol 12,00: in no total, in no drawer
    9  miel  8,00  10,00 in cash, 2,00 back  5,5 %: 8,00 × 5,5 / 105,5 = 0,417 -> 0,42; the drawer holds 108,00
    """
    till = year.morning("2027-06-15T14:00")
    open_day(till, MANAGER)
    till.palette("ec")
    till.shows("Mode école : rien n’est vendu, rien n’entre dans vos comptes")
    open_day(till, CASHIER)
    in_cash(till, "pain", "miel", total=10_00)
    by_card(till, "bol", total=12_00)
    till.picture("year-training")
    till.palette("ec")
    till.hides("Mode école")
    till.sign_in(CASHIER)
    till.shows("Scannez le premier article")
    in_cash(till, "miel", total=8_00, given=10)
    close_day(till, cash=108_00)
    till.sent()
    z = check_z(
        year, 4, day="2027-06-15", tickets=1, total=8_00, vat={550: (42, 8_00)}, tenders={"cash": 8_00},
        perpetual=(174_00, 190_00), sale=(1, 8_00),
    )  # fmt: skip
    assert [body["format"] for body in year.sealed("training", slug=SLUG)] == ["event/1", "cash/1", "ticket/1", "ticket/1"]
    assert z["report"]["training"] == {"amount_minor": 22_00, "count": 4}
    sound(year)
    year.evening(till)
