"""December to March: Christmas, a copy put back in place of a dead disk, the end of the year."""

import shutil

from tests.scenarios.year.books import check_z, sound
from tests.scenarios.year.gestures import by_card, close_day, in_cash, open_day
from tests.scenarios.year.shop import OWNER, SLUG, Year


def christmas_eve(year: Year) -> None:
    """Friday 24 December. Before opening, Anna copies the file of the dossier on a stick.

    15  lampe + bol + miel  80,00  card                       20 %: 72,00 / 6 = 12,00   5,5 %: 0,42
    16  miel + pain         10,00  20,00 in cash, 10,00 back  5,5 %: 0,52
    """
    shutil.copyfile(year.books_file(), year.folder / "stick.comptoir")
    till = year.morning("2027-12-24T08:40")
    open_day(till, OWNER)
    by_card(till, "lampe", "bol", "miel", total=80_00)
    in_cash(till, "miel", "pain", total=10_00, given=20)
    close_day(till, cash=110_00, card="80,00")
    till.sent()
    check_z(
        year, 8, day="2027-12-24", tickets=2, total=90_00, vat={2000: (12_00, 72_00), 550: (94, 18_00)},
        tenders={"cash": 10_00, "card": 80_00}, perpetual=(376_00, 392_00),
    )  # fmt: skip
    sound(year)
    year.evening(till)


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
    check_z(
        year, 8, day="2027-12-24", tickets=2, total=90_00, vat={2000: (12_00, 72_00), 550: (94, 18_00)},
        tenders={"cash": 10_00, "card": 80_00}, perpetual=(376_00, 392_00),
    )  # fmt: skip
    found = year.command("verify", SLUG, "--anchors")
    print("VERIFY AFTER", found.returncode, found.stdout, found.stderr)
    sound(year)
    year.evening()
