"""July and September: a day without a server, a closing forgotten over a week-end."""

from tests.scenarios.year.books import check_z, sound, z_numbers
from tests.scenarios.year.closings import close_month, see_month
from tests.scenarios.year.gestures import by_card, close_day, in_cash, open_day
from tests.scenarios.year.shop import CASHIER, OWNER, SLUG, Year


def a_day_without_server(year: Year) -> None:
    """Saturday 17 July: the server dies after the first sale and stays dead until Monday.

    10  2 bols    24,00  card                       20 %: 4,00
    11  lampe     60,00  100,00 in cash, 40,00 back  20 %: 10,00
    12  pain       2,00  cash                       5,5 %: 2,00 × 5,5 / 105,5 = 0,104 -> 0,10
                  86,00  VAT 20 %: 14,00 in 84,00; cash 62,00: the drawer holds 162,00
    """
    till = year.morning("2027-07-17T08:55")
    open_day(till, OWNER)
    by_card(till, "bol", "bol", total=24_00)
    year.wait_for(lambda: len(year.sealed("ticket", slug=SLUG)) == 10)
    year.server.kill()
    in_cash(till, "lampe", total=60_00, given=100)
    in_cash(till, "pain", total=2_00)
    till.shows("2 tickets à envoyer")
    close_day(till, cash=162_00, card="24,00")
    till.shows("Z C1-1-5 scellé")
    year.close_browsers()
    assert z_numbers(year) == [1, 2, 3, 4]  # the server knows nothing of it yet

    till = year.morning("2027-07-19T08:50")
    till.shows("Caisse verrouillée")
    year.wait_for(lambda: z_numbers(year) == [1, 2, 3, 4, 5])
    check_z(
        year, 5, day="2027-07-17", tickets=3, total=86_00, vat={2000: (14_00, 84_00), 550: (10, 2_00)},
        tenders={"cash": 62_00, "card": 24_00}, perpetual=(260_00, 276_00), sale=(3, 86_00),
    )  # fmt: skip
    sound(year)
    year.evening()


def a_closing_forgotten(year: Year) -> None:
    """Friday 10 September: Hugo sells, switches everything off and leaves. Monday morning the till speaks of it first.

    13  3 miels   24,00  card    5,5 %: 24,00 × 5,5 / 105,5 = 1,251 -> 1,25    Friday's Z, sealed on Monday
    14  pain       2,00  cash    5,5 %: 0,10                                  Monday's own
    """
    till = year.morning("2027-09-10T09:00")
    open_day(till, CASHIER)
    by_card(till, "miel", "miel", "miel", total=24_00)
    year.evening(till)

    till = year.morning("2027-09-13T08:45")
    till.sign_in(OWNER)
    till.shows("La journée du vendredi 10 septembre n’est pas clôturée.")
    till.picture("year-forgotten")
    till.touch("Compter et clôturer cette journée")
    close_day(till, cash=100_00, card="24,00", asked=True)
    till.sent()
    check_z(
        year, 6, day="2027-09-10", tickets=1, total=24_00, vat={550: (1_25, 24_00)}, tenders={"card": 24_00},
        perpetual=(284_00, 300_00),
    )  # fmt: skip
    till.press("Escape")
    open_day(till, OWNER)
    in_cash(till, "pain", total=2_00)
    close_day(till, cash=102_00)
    till.sent()
    check_z(
        year, 7, day="2027-09-13", tickets=1, total=2_00, vat={550: (10, 2_00)}, tenders={"cash": 2_00},
        perpetual=(286_00, 302_00),
    )  # fmt: skip
    sound(year)
    year.evening(till)


def august_is_closed(year: Year) -> None:
    """On the same Monday, August, in which the shop was shut, and with it the three months before.

    July: TTC 86,00; 20 %: 14,00 in 84,00; 5,5 %: 0,10 in 2,00; HT 86,00 − 14,10 = 71,90
    """
    year.it_is("2027-09-13T18:30")
    year.server.start()
    office = year.office()
    close_month(
        office, "2027-08", "août 2027", told="Clôturé : mai 2027, juin 2027, juillet 2027, août 2027.",
        figures=["0,00 €", "0,00 €", "0", "0", "0,00 €"], vat=[],
    )  # fmt: skip
    see_month(
        office, "2027-07", figures=["86,00 €", "71,90 €", "3", "1", "0,00 €"],
        vat=[["20 %", "70,00", "14,00", "84,00"], ["5,5 %", "1,90", "0,10", "2,00"]],
    )  # fmt: skip
    year.evening()
