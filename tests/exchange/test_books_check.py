"""The cross-check of the books: zero difference on a sound dossier; each table touched by raw SQL is named, with the ticket,
the day and both amounts. The shop is that of test_books.py."""

import zipfile
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from comptoir.apps.treasury.services.move_money import send_money
from comptoir.dossiers.binding import Dossier
from comptoir.exchange.archives.create import create_archive
from comptoir.exchange.books.cross_check import Check, cross_check
from comptoir.exchange.books.table import month_of
from tests.apps.access.people import one_of_each
from tests.apps.till.shop import NOON, enrolled_till, set_up_shop
from tests.exchange.archived import verified
from tests.exchange.test_books import first_day, second_day
from tests.tampering import tamper

NOVEMBER = month_of(2026, 11)


@pytest.fixture
def two_days(dossier_copy: Dossier) -> Dossier:
    """The two days, and 30,00 sent to the bank by the office."""
    set_up_shop("C1")
    till = enrolled_till()
    first_day(till)
    second_day(till)
    send_money(
        uuid4(),
        source="safe/1",
        target="transit/bank",
        amount_minor=3_000,
        label="Remise",
        by=one_of_each()["owner"],
        now=NOON + timedelta(days=1),
    )
    return dossier_copy


def told(check: Check) -> list[tuple]:
    return [
        (f"{one.day:%d/%m}", one.piece, one.what, one.sealed_minor, one.found_minor, tuple(one.culprits))
        for one in check.differences
    ]


@pytest.mark.feature("FISC-05", "CASH-06", "CASH-07")
def test_sound_books_agree_to_the_cent(two_days) -> None:
    """8,10 sold, of which 2,40 in cash; 41,50 + 1,20 + 20,00 in the drawer, 60,00 − 20,00 − 30,00 in the safe."""
    check = cross_check(NOVEMBER)
    assert told(check) == []
    assert (check.agrees, check.closings, check.tickets, tuple(check.sums)) == (True, 2, 4, (810, 810, 810, 240, 240))
    assert check.balance_minor == 6_270 + 1_000
    assert check.open_days == []


ONE_TICKET = "(SELECT id FROM till_ticket WHERE chain = 'C1-1-ticket' AND seq = 2)"
TICKET_2 = "Ticket C1-1-2 du 22/11/2026 : "
TOUCHED = {
    "a ticket": (
        "UPDATE till_ticket SET gross_minor = 400 WHERE id = " + ONE_TICKET,  # noqa: S608
        [("22/11", "C1-1-1", "Total TTC", 690, 640,
          (f"{TICKET_2}« tickets » dit 4,00\u00a0€ (TTC), la pièce scellée 4,50\u00a0€.",))],
    ),
    "a rate": (
        "UPDATE till_ticketvat SET vat_minor = 74 WHERE ticket_id = " + ONE_TICKET,  # noqa: S608
        [("22/11", "C1-1-1", "TVA 20\u00a0%", 75, 74,
          (f"{TICKET_2}« TVA des tickets » dit 0,74\u00a0€ (TVA), la pièce scellée 0,75\u00a0€.",))],
    ),
    "a tender": (
        "UPDATE till_ticketpayment SET amount_minor = 451 WHERE ticket_id = " + ONE_TICKET,  # noqa: S608
        [("22/11", "C1-1-1", "Règlement Carte", 450, 451,
          (f"{TICKET_2}« règlements » dit 4,51\u00a0€ (règlement), la pièce scellée 4,50\u00a0€.",))],
    ),
    "cash of a ticket": (
        "UPDATE treasury_cashtransfer SET amount = 100 WHERE code = 'sale' AND source ="
        " (SELECT id FROM fiscal_record WHERE chain = 'C1-1-ticket' AND seq = 4)",
        [("23/11", "C1-1-2", "Ventes en espèces", 120, 100,
          ("Ticket C1-1-4 du 23/11/2026 : « espèces » dit 1,00\u00a0€ (espèces), la pièce scellée 1,20\u00a0€.",))],
    ),
    "a movement taken away": (
        "DELETE FROM treasury_cashtransfer WHERE code = 'out'",
        [("22/11", "C1-1-1", "Entrées et sorties", -6_000, 0,
          ("Mouvement C1-1-cash-2 du 22/11/2026 : 0 lignes au lieu de 1 dans « espèces ».",))],
    ),
    "the row of a Z": (
        "UPDATE treasury_closing SET total_minor = 700 WHERE seq = 1",
        [("22/11", "C1-1-1", "Total du Z enregistré", 690, 700,
          ("Z C1-1-1 du 22/11/2026 : « Z » dit 7,00\u00a0€ (total), la pièce scellée 6,90\u00a0€.",))],
    ),
    "a deposit": (
        "UPDATE treasury_cashtransfer SET amount = 2000 WHERE code = 'sent'",
        [("23/11", "S-1-cash-1", "Mouvement du bureau", 3_000, 2_000,
          ("Mouvement S-1-cash-1 : le livre dit 20,00\u00a0€ de safe/1 vers transit/bank, la pièce scellée 30,00\u00a0€ de"
           " safe/1 vers transit/bank.",))],
    ),
    "money from nowhere": (
        "INSERT INTO treasury_cashtransfer (id, from_account, to_account, amount, code, source, at, recorded_at) VALUES"
        " ('0192f0c1aaaa70008000000000000001', 'outside', 'safe/1', 5000, 'move', NULL, '2026-11-23 10:00:00', '2026-11-23 10:00:00')",
        [("23/11", "", "Mouvement d’espèces", 0, 5_000,
          ("50,00\u00a0€ de outside vers safe/1 : aucune pièce scellée ne l’explique.",))],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TOUCHED)
def test_what_was_touched_is_named(two_days, what: str) -> None:
    statement, expected = TOUCHED[what]
    tamper(statement)
    assert told(cross_check(NOVEMBER)) == expected


def test_what_the_office_sealed_is_in_the_archive(two_days, tmp_path) -> None:
    """The chain S-1-cash is taken whole, and verified by the archive's own program."""
    made = create_archive(NOVEMBER.first, NOVEMBER.last, folder=tmp_path, now=datetime(2026, 12, 2, tzinfo=UTC))
    assert verified(made.path) == (0, [])
    with zipfile.ZipFile(made.path) as archive:
        [name] = [name for name in archive.namelist() if name.endswith("mouvements.csv")]
        rows = [row for row in archive.read(name).decode("utf-8-sig").splitlines() if "S-1-cash" in row]
    assert len(rows) == 1 and "sent" in rows[0] and "30,00" in rows[0]
