"""December to March: Christmas, a copy put back in place of a dead disk, the end of the year."""

import shutil

from tests.scenarios.year.books import check_z, sound
from tests.scenarios.year.closings import books_agree, close_year
from tests.scenarios.year.gestures import (
    CODE,
    basket,
    by_card,
    close_day,
    correct_tender,
    give_back,
    in_cash,
    open_day,
    pay_out,
)
from tests.scenarios.year.shop import CASHIER, MANAGER, OWNER, SLUG, Year

BOOKS = [  # month, Z, tickets
    ("2027-04", 2, 5), ("2027-05", 1, 3), ("2027-06", 1, 1), ("2027-07", 1, 3), ("2027-09", 2, 2), ("2027-12", 1, 4), ("2028-01", 1, 4),
    ("2028-02", 1, 3), ("2028-03", 1, 2),
]  # fmt: skip


def christmas_eve(year: Year) -> None:
    """Friday 24 December. Before opening, Anna copies the file of the dossier on a stick.

    15  lampe + bol + miel  80,00  card                       20 %: 72,00 / 6 = 12,00   5,5 %: 0,42
    16  miel + pain         10,00  20,00 in cash, 10,00 back  5,5 %: 0,52
    17  refund of the bol  −12,00  − 8,00 exchange, − 4,00 cash  20 %: − 2,00
    18  miel                 8,00  + 8,00 exchange               5,5 %: 0,42
                            86,00  VAT 20 %: 10,00 in 60,00; 5,5 %: 0,42 + 0,52 + 0,42 = 1,36 in 26,00
    Cash 10,00 − 4,00 = 6,00: the drawer holds 106,00. Perpetual 286,00 + 86,00 = 372,00; absolute 302,00 + 110,00 = 412,00
    """
    shutil.copyfile(year.books_file(), year.folder / "stick.comptoir")
    till = year.morning("2027-12-24T08:40")
    open_day(till, OWNER)
    by_card(till, "lampe", "bol", "miel", total=80_00)
    in_cash(till, "miel", "pain", total=10_00, given=20)
    give_back(till, "C1-1-15", "bol", reason="Taille ou modèle", refund=12_00)
    till.touch("Échanger")
    till.scan(CODE["miel"])
    till.figure(-4_00, label="À rendre")
    till.picture("year-exchange")
    till.press("F9")
    till.shows("Reprise C1-1-17, vente C1-1-18.")
    close_day(till, cash=106_00, card="80,00")
    till.sent()
    check_christmas(year)
    sound(year)
    year.evening(till)


def check_christmas(year: Year) -> None:
    check_z(
        year, 8, day="2027-12-24", tickets=4, total=86_00, vat={2000: (10_00, 60_00), 550: (1_36, 26_00)},
        tenders={"cash": 6_00, "card": 80_00}, perpetual=(372_00, 412_00), sale=(3, 98_00), refund=(1, -12_00),
    )  # fmt: skip
    refund, sale = year.sealed("ticket", slug=SLUG)[16:18]
    assert refund["exchange"] == sale["exchange"]
    assert (refund["origin"]["seq"], refund["seq"], sale["seq"]) == (15, 17, 18)


def a_copy_put_back(year: Year) -> None:
    """In the night the disk dies; on Monday 27 the installer puts Christmas Eve's copy back. The anchors, kept outside the
    dossier, say what it lacks; then the till is switched on and hands over again what it kept."""
    book = year.books_file()
    for beside in book.parent.glob(f"{book.name}*"):
        beside.unlink()
    shutil.copyfile(year.folder / "stick.comptoir", book)
    year.it_is("2027-12-27T08:30")
    found = year.command("verify", SLUG, "--anchors")
    assert found.returncode == 1, found.stdout
    print("VERIFY", found.stdout, found.stderr)
    till = year.morning("2027-12-27T08:40")
    till.shows("Caisse verrouillée")
    year.wait_for(lambda: len(year.sealed("z", slug=SLUG)) == 8)
    check_christmas(year)
    found = year.command("verify", SLUG, "--anchors")
    print("VERIFY AFTER", found.returncode, found.stdout, found.stderr)
    sound(year)
    year.evening()


def a_credit_note(year: Year) -> None:
    """Monday 31 January. The till has forgotten Christmas Eve, 38 days ago: the server tells it.

    19  correction           0,00  of ticket 16: − 10,00 cash, + 10,00 card, after its Z
    20  refund of the lampe −60,00  − 60,00 credit note AC1-1-20         20 %: − 10,00
    21  bol                 12,00  12,00 of the credit note; 48,00 left  20 %: 2,00
    22  bol                 12,00  cash                                  20 %: 2,00
                           −36,00  VAT 20 %: − 6,00; cash 2,00: the drawer holds 102,00
    Perpetual 372,00 − 36,00 = 336,00; absolute 412,00 + 60,00 + 12,00 + 12,00 = 496,00
    """
    till = year.morning("2028-01-31T09:00")
    open_day(till, MANAGER)
    correct_tender(till, "C1-1-16", "Carte")
    till.shows("10,00 € passés")
    give_back(till, "C1-1-15", "lampe", reason="Défectueux", refund=60_00)
    till.page.get_by_role("group", name="Rembourser par").get_by_role("button", name="Avoir").click()
    till.press("Enter")
    till.shows("Avoir AC1-1-20 remis : 60,00 €.")
    basket(till, "bol", total=12_00)
    till.scan("AC1-1-20")
    till.shows("Il y restera 48,00 €.")
    till.figure(12_00, label="Payé")
    in_cash(till, "bol", total=12_00)
    close_day(till, cash=102_00, card="10,00")
    till.sent()
    check_z(
        year, 9, day="2028-01-31", tickets=4, total=-36_00, vat={2000: (-6_00, -36_00)},
        tenders={"cash": 2_00, "card": 10_00, "credit_note": -48_00}, perpetual=(336_00, 496_00),
        sale=(2, 24_00), refund=(1, -60_00), correction=(1, 0),
    )  # fmt: skip
    sound(year)
    year.evening(till)


def a_leap_day(year: Year) -> None:
    """Tuesday 29 February: a ticket cancelled, a stamp bought from the drawer.

    23  miel            8,00  cash              5,5 %: 0,42
    24  cancel of 23  − 8,00  cash              5,5 %: − 0,42
    25  pain            2,00  cash              5,5 %: 0,10
                        2,00  VAT 0,10; 2,00 go out for a stamp: the drawer holds 100,00
    Perpetual 338,00; absolute 496,00 + 8,00 + 8,00 + 2,00 = 514,00
    """
    till = year.morning("2028-02-29T10:00")
    open_day(till, OWNER)
    in_cash(till, "miel", total=8_00)
    till.scan("TC1-1-23")
    till.shows("Ticket C1-1-23")
    till.touch("Annuler le ticket")
    till.page.locator("section.notice").get_by_role("button", name="Oui, l’annuler").click()
    till.shows("Ticket C1-1-23 annulé : 8,00 € rendus.")
    in_cash(till, "pain", total=2_00)
    pay_out(till, "2", reason="Petit achat", label="Timbre")
    close_day(till, cash=100_00)
    till.sent()
    check_z(
        year, 10, day="2028-02-29", tickets=3, total=2_00, vat={550: (10, 2_00)}, tenders={"cash": 2_00},
        perpetual=(338_00, 514_00), sale=(2, 10_00), cancel=(1, -8_00),
    )  # fmt: skip
    year.evening(till)


def the_last_day(year: Year) -> None:
    """Friday 31 March: the fiscal year ends on a round number.

    26  lampe  60,00  card   20 %: 10,00
    27  pain    2,00  cash   5,5 %: 0,10     62,00; perpetual 338,00 + 62,00 = 400,00, absolute 514,00 + 62,00 = 576,00
    """
    till = year.morning("2028-03-31T09:00")
    open_day(till, CASHIER)
    by_card(till, "lampe", total=60_00)
    in_cash(till, "pain", total=2_00)
    close_day(till, cash=102_00, card="60,00")
    till.sent()
    check_z(
        year, 11, day="2028-03-31", tickets=2, total=62_00, vat={2000: (10_00, 60_00), 550: (10, 2_00)},
        tenders={"cash": 2_00, "card": 60_00}, perpetual=(400_00, 576_00), sale=(2, 62_00),
    )  # fmt: skip
    sound(year)
    year.evening(till)


def the_year_is_closed(year: Year) -> None:
    """Saturday 1 April 2028: the year, and before it the seven months that were still open.

    102,00 + 64,00 + 8,00 + 86,00 + 0 + 26,00 + 0 + 0 + 86,00 − 36,00 + 2,00 + 62,00 = 400,00, in 27 tickets and 11 Z
    20 %:  14,00 + 10,00 + 14,00 + 10,00 − 6,00 + 10,00 = 52,00 in 84,00 + 60,00 + 84,00 + 60,00 − 36,00 + 60,00 = 312,00
    5,5 %: 0,93 + 0,21 + 0,42 + 0,10 + 1,35 + 1,36 + 0,10 + 0,10 = 4,57 in 18 + 4 + 8 + 2 + 26 + 26 + 2 + 2 = 88,00
    """
    year.it_is("2028-04-01T09:00")
    year.server.start()
    office = year.office()
    close_year(
        office, "2028-03", told="exercice du 01/04/2027 au 31/03/2028",
        figures=["400,00 €", "343,43 €", "27", "11", "0,00 €"],
        vat=[["20 %", "260,00", "52,00", "312,00"], ["5,5 %", "83,43", "4,57", "88,00"]],
    )  # fmt: skip
    sound(year)
    for month, closings, tickets in BOOKS:
        books_agree(office, month, closings=closings, tickets=tickets)
    year.evening()
