"""April and May: a first day, a return, a wrong tender noticed in the evening. VAT is that of each ticket, rounded alone."""

from tests.scenarios.year.books import check_z, sound
from tests.scenarios.year.closings import close_month
from tests.scenarios.year.gestures import by_card, close_day, correct_tender, give_back, in_cash, open_day
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


def a_return(year: Year) -> None:
    """Saturday 24 April: one of the two jars of ticket 3 comes back with its receipt.

    4  refund of a miel  − 8,00  cash   5,5 %: 16,00 gave 0,83; the share of half of it is − 0,42
    5  bol                12,00  cash   20 %: 2,00
                           4,00  the drawer holds 104,00; perpetual 98,00 + 4,00 = 102,00, absolute 98,00 + 8,00 + 12,00 = 118,00
    """
    till = year.morning("2027-04-24T09:10")
    open_day(till, CASHIER)
    give_back(till, "C1-1-3", "miel", reason="A changé d’avis", refund=8_00)
    till.picture("year-return")
    till.press("Enter")
    till.shows("8,00 € remboursés (espèces).")
    in_cash(till, "bol", total=12_00)
    close_day(till, cash=104_00)
    till.sent()
    check_z(
        year, 2, day="2027-04-24", tickets=2, total=4_00, vat={2000: (2_00, 12_00), 550: (-42, -8_00)}, tenders={"cash": 4_00},
        perpetual=(102_00, 118_00), sale=(1, 12_00), refund=(1, -8_00),
    )  # fmt: skip
    year.evening(till)


def a_wrong_tender(year: Year) -> None:
    """Monday 3 May: the lamp was taken as cash, the customer had paid by card. Noticed at once, put right before the Z.

    6  lampe       60,00  cash, by mistake                20 %: 10,00
    7  correction   0,00  − 60,00 cash, + 60,00 card
    8  2 pains      4,00  cash                            5,5 %: 4,00 × 5,5 / 105,5 = 0,209 -> 0,21
                   64,00  cash 4,00: the drawer holds 104,00; perpetual 166,00, absolute 182,00
    """
    till = year.morning("2027-05-03T09:00")
    open_day(till, CASHIER)
    in_cash(till, "lampe", total=60_00)
    correct_tender(till, "C1-1-6", "Carte", code=MANAGER)
    till.shows("60,00 € passés")
    in_cash(till, "pain", "pain", total=4_00)
    close_day(till, cash=104_00, card="60,00")
    till.sent()
    check_z(
        year, 3, day="2027-05-03", tickets=3, total=64_00, vat={2000: (10_00, 60_00), 550: (21, 4_00)},
        tenders={"cash": 4_00, "card": 60_00}, perpetual=(166_00, 182_00), sale=(2, 64_00), correction=(1, 0),
    )  # fmt: skip
    year.evening(till)


def april_is_closed(year: Year) -> None:
    """On Monday 3 May before opening, in the office.

    TTC 98,00 + 4,00 = 102,00; 20 %: 12,00 + 2,00 = 14,00 in 84,00; 5,5 %: 1,35 − 0,42 = 0,93 in 18,00; HT 102,00 − 14,93 = 87,07
    """
    year.it_is("2027-05-03T08:20")
    year.server.start()
    office = year.office()
    close_month(
        office, "2027-04", "avril 2027", told="Clôturé : avril 2027.", figures=["102,00 €", "87,07 €", "5", "2", "0,00 €"],
        vat=[["20 %", "70,00", "14,00", "84,00"], ["5,5 %", "17,07", "0,93", "18,00"]],
    )  # fmt: skip
    year.evening()


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
    assert [body["format"] for body in year.sealed("training", slug=SLUG)] == [
        "event/1",
        "cash/1",
        "ticket/1",
        "ticket/1",
    ]
    assert z["report"]["training"] == {"amount_minor": 22_00, "count": 4}
    sound(year)
    year.evening(till)
