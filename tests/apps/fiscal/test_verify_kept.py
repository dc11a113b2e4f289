"""Rows of the quarantine changed behind the application's back: what the journal sealed about them still tells."""
# ruff: noqa: S608 - whoever tampers writes SQL

import pytest

from comptoir.apps.fiscal.models import KeptRecord, Resolution
from comptoir.apps.fiscal.services.keep_records import set_kept_aside
from comptoir.apps.till.services.verify_dossier import verify_dossier
from tests.apps.till.shop import Till, enrolled_till, send, set_up_shop, statuses
from tests.tampering import tamper

ANA = {"id": "u1", "name": "Ana"}


@pytest.fixture
def kept(dossier_copy) -> Till:
    """Six tickets: the second and third waited behind a gap and were booked; the fifth and sixth wait for the fourth, one
    of them set aside by a person."""
    set_up_shop("C1")
    till = enrolled_till()
    opening = till.open()
    sold = [till.sell() for _ in range(6)]
    send(till, [opening])
    assert statuses(send(till, sold[1:3])) == ["kept gap", "kept gap"]
    assert statuses(send(till, [sold[0]])) == ["stored"]
    assert statuses(send(till, sold[4:])) == ["kept gap", "kept gap"]
    set_kept_aside(KeptRecord.objects.get(chain="C1-1-ticket", seq=6), reason="caisse volée", operator=ANA)
    assert sorted(Resolution.objects.values_list("kept__seq", "outcome")) == [
        (2, "booked"),
        (3, "booked"),
        (6, "set_aside"),
    ]
    assert verify_dossier().findings == []
    return till


def of(seq: int) -> str:
    return f"(SELECT id FROM fiscal_keptrecord WHERE seq = {seq})"


CHANGES = {
    "the text": ("UPDATE fiscal_keptrecord SET envelope = REPLACE(envelope, 'Pain', 'Pein') WHERE seq = 5", (5, "kept_changed")),
    "its number": ("UPDATE fiscal_keptrecord SET seq = 7 WHERE seq = 5", (7, "kept_changed")),
    "its digest": ("UPDATE fiscal_keptrecord SET digest = 'x' WHERE seq = 5", (5, "kept_changed")),
    "its reason": ("UPDATE fiscal_keptrecord SET code = 'conflict' WHERE seq = 5", (0, "kept_count")),
    "its sender": ("UPDATE fiscal_keptrecord SET sender = 'C2-1' WHERE seq = 5", (0, "kept_count")),
    "a row taken out": ("DELETE FROM fiscal_keptrecord WHERE seq = 5", (0, "kept_count")),
    "a person's reason": (f"UPDATE fiscal_resolution SET reason = 'autre' WHERE kept_id = {of(6)}", (0, "kept_changed")),
    "a person's name": (f"UPDATE fiscal_resolution SET operator = 'Zoé' WHERE kept_id = {of(6)}", (0, "kept_changed")),
    "an end taken out": (f"DELETE FROM fiscal_resolution WHERE kept_id = {of(6)}", (0, "kept_changed")),
    "a booking taken out": (f"DELETE FROM fiscal_resolution WHERE kept_id = {of(3)}", (3, "kept_changed")),
    "booked when it is not": (f"UPDATE fiscal_resolution SET kept_id = {of(5)} WHERE kept_id = {of(3)}", (5, "kept_changed")),
    "set aside without an event": (
        f"UPDATE fiscal_resolution SET outcome = 'set_aside', reason = 'x' WHERE kept_id = {of(3)}", (0, "kept_changed")),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_what_was_kept_is_held_against_the_journal(kept: Till, name: str) -> None:
    statement, expected = CHANGES[name]
    tamper(statement)
    assert expected in {(one.seq, one.code) for one in verify_dossier().findings}
    assert {one.chain for one in verify_dossier().findings} == {"C1-1-ticket"}
